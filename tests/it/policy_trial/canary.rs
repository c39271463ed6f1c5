//! A canary: who begins on it, alike each time and on every node; promoted, it is live for all.

use super::{PATIENCE, client, version};
use crate::policy_life::operator::Operator;
use crate::world::{Browser, RelyingParty};
use std::time::Instant;

/// Logins until every node's begin on that version.
async fn begins_on(clients: &[RelyingParty], wanted: u64) {
    for client in clients {
        let begin = Instant::now();
        while version(client, &Browser::new()).await != wanted {
            assert!(begin.elapsed() < PATIENCE, "logins still do not begin on version {wanted}");
        }
    }
}

async fn takes_its_group_and_nobody_else(operator: &Operator) {
    operator.put_live(0);
    let (chosen, others) = (client(operator).await, client(operator).await);
    let digest = operator.push(1);
    let nobody = operator.policy(&["canary", "start", &digest]);
    assert!(!nobody.done && nobody.error.contains("--share 10"), "{nobody:?}");
    let id = chosen[0].client_id.as_str();
    let begun = operator.policy(&["canary", "start", &digest, "--client", id, "--claim", "group=staff"]);
    assert!(begun.done, "{begun:?}");
    begins_on(&chosen, 1).await;
    begins_on(&others, 0).await;
    let browser = Browser::new();
    assert_eq!(version(&chosen[0], &browser).await, 1);
    assert_eq!(version(&others[0], &browser).await, 0, "the session of a canary's login does not lead others onto it");
    let widened = operator.policy(&["canary", "widen", "50"]);
    assert!(!widened.done && widened.error.contains("named group"), "{widened:?}");
    let status = operator.policy(&["canary", "status"]).out;
    assert!(status.contains(&format!("client {id}, group=staff")), "{status}");
    assert!(operator.policy(&["canary", "stop"]).done);
    begins_on(&chosen, 0).await;

    let all = operator.policy(&["canary", "start", &digest, "--share", "100"]);
    assert!(all.done, "{all:?}");
    begins_on(&others, 1).await;
    assert_ne!(operator.serving().await[0].0, digest, "it is not what nodes say is live");
    let promoted = operator.policy(&["canary", "promote"]);
    assert!(promoted.done && promoted.out.contains("is live"), "{promoted:?}");
    assert!(operator.serving().await.iter().all(|(serving, _)| *serving == digest));
    begins_on(&chosen, 1).await;
    let over = operator.policy(&["canary", "stop"]);
    assert!(!over.done && over.error.contains("no canary runs"), "{over:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_takes_its_group_until_it_is_stopped_and_all_once_it_is_promoted() {
    let directory = tempfile::tempdir().unwrap();
    takes_its_group_and_nobody_else(&Operator::alone(directory.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_is_the_same_on_two_nodes() {
    let directory = tempfile::tempdir().unwrap();
    let Some(operator) = Operator::of_two(directory.path(), "policy_canary") else { return };
    takes_its_group_and_nobody_else(&operator).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_two_persons_are_needed_one_alone_begins_no_canary() {
    let directory = tempfile::tempdir().unwrap();
    let operator = Operator::alone(directory.path());
    let digest = operator.push(1);
    let two = [("GATEWRIGHT__POLICY__TWO_PERSONS", "true")];
    let alone = operator.policy_with(&["canary", "start", &digest, "--share", "100"], &two);
    assert!(!alone.done && alone.error.contains("ada pushed this bundle"), "{alone:?}");
    let other = operator.policy_with(&["canary", "start", &digest, "--share", "100", "--by", "bob"], &two);
    assert!(other.done, "{other:?}");
}
