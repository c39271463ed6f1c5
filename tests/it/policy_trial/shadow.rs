//! A shadow finds a planted difference in exactly the logins that have it, over nodes, and does nothing.

use super::{client, once, version};
use crate::policy_life::operator::Operator;
use crate::world::Browser;
use serde_json::Value;
use std::path::PathBuf;

/// Logins, and every how many is one of the client that the candidate treats otherwise.
const LOGINS: u64 = 9;
const PLANTED_EVERY: u64 = 3;

/// Version 0, with another claim for one client.
fn candidate(operator: &Operator, odd: &str) -> PathBuf {
    let folder = operator.version(0).with_file_name("candidate");
    crate::reload::folder::write_policy(&folder, 0);
    let says = "import \"lib/version\" as version;\n\nfn claims(about) {\n    \
        #{ policy_version: if about.client.id == \"ODD\" { 77 } else { version::number() } }\n}\n";
    std::fs::write(folder.join("claims.rhai"), says.replace("ODD", odd)).unwrap();
    folder
}

/// How often something was counted.
fn count(status: &Value, what: &str, hook: &str) -> u64 {
    let of = |row: &&Value| row["what"] == what && row["hook"] == hook;
    status["counts"].as_array().unwrap().iter().filter(of).map(|row| row["count"].as_u64().unwrap()).sum()
}

/// What must hold on one node and on several.
async fn finds_what_is_planted(operator: &Operator) {
    operator.put_live(0);
    let (odd, even) = (client(operator).await, client(operator).await);
    let folder = candidate(operator, &odd[0].client_id);
    let begun = operator.policy(&["shadow", "start", folder.to_str().unwrap(), "--note", "new claims", "--json"]);
    let digest = begun.json()["digest"].as_str().unwrap().to_owned();
    let twice = operator.policy(&["shadow", "start", &digest[..8]]);
    assert!(!twice.done && twice.error.contains("`gatewright policy shadow stop` ends it"), "{twice:?}");
    // Nodes look for themselves: one whose login is counted has taken it up.
    for at_node in &even {
        let before = count(&operator.policy(&["shadow", "status", "--json"]).json(), "asked", "claims");
        let mut counted = before;
        while counted == before {
            version(at_node, &Browser::new()).await;
            tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
            counted = count(&operator.policy(&["shadow", "status", "--json"]).json(), "asked", "claims");
        }
    }
    let before = count(&operator.policy(&["shadow", "status", "--json"]).json(), "asked", "claims");
    for number in 0..LOGINS {
        let clients = if number % PLANTED_EVERY == 0 { &odd } else { &even };
        let client = &clients[usize::try_from(number).unwrap() % clients.len()];
        assert_eq!(version(client, &Browser::new()).await, 0, "the live one decides");
    }
    let all = |status: &Value| count(status, "asked", "claims") >= before + LOGINS;
    let status = once(operator, &["shadow", "status", "--json"], all).await;
    assert_eq!(count(&status, "claims", "claims"), LOGINS / PLANTED_EVERY, "{status}");
    for other in ["acr", "decision", "token", "fault", "unrecorded"] {
        let hooks = ["select_acr", "authenticate", "after_authentication", "consent", "claims", "customize_token"];
        assert!(hooks.iter().all(|hook| count(&status, other, hook) == 0), "{other} in {status}");
    }
    let samples = operator.policy(&["shadow", "diff", "--json"]).json();
    let samples = samples["samples"].as_array().unwrap();
    let samples: Vec<_> = samples.iter().filter(|sample| sample["what"] == "claims").collect();
    assert_eq!(samples.len() as u64, LOGINS / PLANTED_EVERY);
    for sample in samples {
        assert_eq!(sample["difference"]["client"], odd[0].client_id.as_str(), "{sample}");
        assert_eq!(sample["difference"]["names"][0], "policy_version");
        assert_eq!(sample["difference"]["candidate"]["decision"]["claims"]["policy_version"], 77, "{sample}");
    }
    let shown = operator.policy(&["shadow", "status"]).out + &operator.policy(&["shadow", "diff"]).out;
    assert!(shown.contains("new claims") && shown.contains("claims (policy_version) in claims/claims"), "{shown}");
    stops(operator, &odd).await;
}

/// Ended, it is asked nothing more on any node.
async fn stops(operator: &Operator, odd: &[crate::world::RelyingParty]) {
    assert!(operator.policy(&["shadow", "stop", "--by", "bob"]).done);
    let ended = operator.policy(&["shadow", "status", "--json"]).json();
    assert_eq!(ended["trial"]["ended_by"], "bob");
    // What nodes have in hand is written; then each has looked.
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    let before = operator.policy(&["shadow", "status", "--json"]).json();
    for client in odd {
        version(client, &Browser::new()).await;
    }
    tokio::time::sleep(std::time::Duration::from_secs(3)).await;
    assert_eq!(operator.policy(&["shadow", "status", "--json"]).json(), before);
    let again = operator.policy(&["shadow", "stop"]);
    assert!(!again.done && again.error.contains("begin one"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shadow_finds_a_planted_difference_in_exactly_the_logins_that_have_it() {
    let directory = tempfile::tempdir().unwrap();
    finds_what_is_planted(&Operator::alone(directory.path())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_counts_of_two_nodes_add_up_and_both_end_it() {
    let directory = tempfile::tempdir().unwrap();
    let Some(operator) = Operator::of_two(directory.path(), "policy_shadow") else { return };
    finds_what_is_planted(&operator).await;
}
