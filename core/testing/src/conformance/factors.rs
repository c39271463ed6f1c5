//! Factors of end-users.

use super::{Nodes, RACERS, later, race};
use crate::samples;
use gatewright_domain::factor::{FACTORS_MAX, Factor};
use gatewright_domain::store::FactorRefused;

const SUBJECT: &str = samples::SUBJECT;

async fn with_user(nodes: &Nodes) {
    nodes.here.users.add(&samples::user(SUBJECT, "alice")).await.unwrap().unwrap();
}

async fn add(nodes: &Nodes, factor: &Factor) -> Result<(), FactorRefused> {
    nodes.here.factors.add(factor).await.unwrap()
}

async fn found(nodes: &Nodes, id: &str, seconds: u64) -> Option<Factor> {
    nodes.there.factors.find(&samples::word(id), later(seconds)).await.unwrap()
}

async fn referred(nodes: &Nodes, kind: &str, reference: &str) -> Option<Factor> {
    nodes.there.factors.find_by_reference(&samples::word(kind), reference).await.unwrap()
}

async fn listed(nodes: &Nodes, subject: &str) -> Vec<String> {
    let factors = nodes.there.factors.list(&samples::word(subject)).await.unwrap();
    factors.into_iter().map(|factor| factor.id.to_string()).collect()
}

fn of_reference(id: &str, reference: &str) -> Factor {
    Factor { reference: Some(reference.to_owned()), ..samples::factor(id, SUBJECT) }
}

fn enrolment(id: &str, ends_s: u64) -> Factor {
    Factor { pending_until: Some(later(ends_s)), ..samples::factor(id, SUBJECT) }
}

/// Oldest first; for its end-user alone.
pub async fn a_factor_is_found_and_listed_as_it_was(nodes: &Nodes) {
    with_user(nodes).await;
    let newer = Factor {
        label: "Größe \"x\"".to_owned(),
        created_at: later(5),
        used_at: Some(later(9)),
        version: 3,
        ..of_reference("a", "réf 'é\"\\ %")
    };
    add(nodes, &newer).await.unwrap();
    add(nodes, &samples::factor("b", SUBJECT)).await.unwrap();
    assert_eq!(found(nodes, "a", 0).await, Some(newer.clone()));
    assert_eq!(found(nodes, "c", 0).await, None);
    assert_eq!(referred(nodes, "badge", "réf 'é\"\\ %").await, Some(newer));
    assert_eq!(referred(nodes, "passkey", "réf 'é\"\\ %").await, None);
    assert_eq!(listed(nodes, SUBJECT).await, ["b", "a"]);
    assert!(listed(nodes, "other").await.is_empty());
}

/// To the second.
pub async fn an_enrolment_is_found_until_its_end_and_never_listed(nodes: &Nodes) {
    with_user(nodes).await;
    let pending = Factor { reference: Some("r".to_owned()), ..enrolment("a", 60) };
    add(nodes, &pending).await.unwrap();
    assert_eq!(found(nodes, "a", 59).await, Some(pending.clone()));
    assert_eq!(found(nodes, "a", 60).await, None);
    assert_eq!(referred(nodes, "badge", "r").await, None);
    assert!(listed(nodes, SUBJECT).await.is_empty());
    assert!(nodes.here.factors.replace(&Factor { pending_until: None, ..pending }).await.unwrap());
    assert!(found(nodes, "a", 1_000).await.is_some());
    assert!(referred(nodes, "badge", "r").await.is_some());
    assert_eq!(listed(nodes, SUBJECT).await, ["a"]);
}

/// Of another kind, or not confirmed, it may be there beside it.
pub async fn a_reference_is_of_one_confirmed_factor_of_a_kind(nodes: &Nodes) {
    with_user(nodes).await;
    add(nodes, &of_reference("a", "r")).await.unwrap();
    assert_eq!(add(nodes, &of_reference("b", "r")).await, Err(FactorRefused::ReferenceTaken));
    let passkey = Factor { kind: samples::word("passkey"), ..of_reference("c", "r") };
    add(nodes, &passkey).await.unwrap();
    let pending = Factor { pending_until: Some(later(60)), ..of_reference("d", "r") };
    add(nodes, &pending).await.unwrap();
    assert!(!nodes.here.factors.replace(&Factor { pending_until: None, ..pending }).await.unwrap());
    assert_eq!(referred(nodes, "badge", "r").await.unwrap().id, samples::word("a"));
    // Without a reference there may be as many as one likes.
    add(nodes, &samples::factor("e", SUBJECT)).await.unwrap();
    add(nodes, &samples::factor("f", SUBJECT)).await.unwrap();
}

/// Across nodes.
pub async fn of_many_that_take_a_reference_one_gets_it(nodes: &Nodes) {
    for number in 0..RACERS {
        let user = samples::user(&format!("s{number}"), &format!("user{number}"));
        nodes.here.users.add(&user).await.unwrap().unwrap();
    }
    let added = race(nodes, |number, stores| async move {
        let factor =
            Factor { subject: samples::word(&format!("s{number}")), ..of_reference(&format!("f{number}"), "r") };
        stores.factors.add(&factor).await.unwrap()
    });
    let added = added.await;
    assert_eq!(added.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert!(added.iter().all(|outcome| matches!(outcome, Ok(()) | Err(FactorRefused::ReferenceTaken))), "{added:?}");
}

/// The others are told that they were not.
pub async fn of_many_that_are_confirmed_with_one_reference_one_is(nodes: &Nodes) {
    with_user(nodes).await;
    let pending = |number: usize| Factor { pending_until: Some(later(60)), ..of_reference(&format!("f{number}"), "r") };
    for number in 0..RACERS {
        add(nodes, &pending(number)).await.unwrap();
    }
    let confirmed = race(nodes, |number, stores| async move {
        stores.factors.replace(&Factor { pending_until: None, ..pending(number) }).await.unwrap()
    });
    assert_eq!(confirmed.await.into_iter().filter(|confirmed| *confirmed).count(), 1);
    assert_eq!(listed(nodes, SUBJECT).await.len(), 1);
}

/// Nothing else than label, data, last use and end is changed.
pub async fn a_change_is_made_of_the_version_it_read(nodes: &Nodes) {
    with_user(nodes).await;
    let before = of_reference("a", "r");
    add(nodes, &before).await.unwrap();
    let after = Factor {
        label: "other".to_owned(),
        sealed: "other".to_owned(),
        used_at: Some(later(7)),
        subject: samples::word("mallory"),
        kind: samples::word("passkey"),
        reference: None,
        created_at: later(9),
        ..before.clone()
    };
    assert!(nodes.here.factors.replace(&after).await.unwrap());
    assert!(!nodes.there.factors.replace(&after).await.unwrap(), "of an older version");
    let Factor { label, sealed, used_at, .. } = after.clone();
    assert_eq!(found(nodes, "a", 0).await, Some(Factor { label, sealed, used_at, version: 1, ..before }));
    assert!(nodes.there.factors.replace(&Factor { version: 1, ..after.clone() }).await.unwrap());
    assert!(!nodes.here.factors.replace(&Factor { id: samples::word("unknown"), ..after }).await.unwrap());
}

/// Across nodes: so a code counts once.
pub async fn of_many_changes_of_one_version_one_is_made(nodes: &Nodes) {
    with_user(nodes).await;
    add(nodes, &samples::factor("a", SUBJECT)).await.unwrap();
    let made = race(nodes, |number, stores| async move {
        let change = Factor { sealed: format!("sealed {number}"), ..samples::factor("a", SUBJECT) };
        stores.factors.replace(&change).await.unwrap().then_some(change.sealed)
    });
    let made: Vec<String> = made.await.into_iter().flatten().collect();
    assert_eq!(made.len(), 1);
    assert_eq!(found(nodes, "a", 0).await.unwrap().sealed, made[0]);
}

/// Enrolments that can still be confirmed count.
pub async fn many_at_once_are_never_over_the_limit(nodes: &Nodes) {
    with_user(nodes).await;
    let few = 5;
    for number in 0..FACTORS_MAX - few {
        let id = format!("before{number}");
        let factor = if number % 2 == 0 { enrolment(&id, 60) } else { samples::factor(&id, SUBJECT) };
        add(nodes, &factor).await.unwrap();
    }
    let added = race(nodes, |number, stores| async move {
        stores.factors.add(&samples::factor(&format!("f{number}"), SUBJECT)).await.unwrap()
    });
    let added = added.await;
    assert_eq!(added.iter().filter(|outcome| outcome.is_ok()).count(), few);
    assert!(added.iter().all(|outcome| matches!(outcome, Ok(()) | Err(FactorRefused::TooMany))), "{added:?}");
}

/// From the second on in which they end.
pub async fn ended_enrolments_do_not_count(nodes: &Nodes) {
    with_user(nodes).await;
    for number in 0..FACTORS_MAX {
        add(nodes, &enrolment(&format!("f{number}"), 60)).await.unwrap();
    }
    let at = |seconds: u64| Factor { created_at: later(seconds), ..samples::factor("new", SUBJECT) };
    assert_eq!(add(nodes, &at(59)).await, Err(FactorRefused::TooMany));
    add(nodes, &at(60)).await.unwrap();
}

/// Once.
pub async fn a_factor_is_removed_by_its_end_user_alone(nodes: &Nodes) {
    with_user(nodes).await;
    add(nodes, &of_reference("a", "r")).await.unwrap();
    let remove =
        async |subject: &str| nodes.there.factors.remove(&samples::word(subject), &samples::word("a")).await.unwrap();
    assert!(!remove("mallory").await);
    assert!(found(nodes, "a", 0).await.is_some());
    assert!(remove(SUBJECT).await);
    assert!(!remove(SUBJECT).await);
    assert_eq!(found(nodes, "a", 0).await, None);
    add(nodes, &of_reference("b", "r")).await.unwrap();
}

/// None is added to an account that is gone, and what another has stays.
pub async fn factors_go_with_their_end_user_and_nobody_else_has_any(nodes: &Nodes) {
    with_user(nodes).await;
    nodes.here.users.add(&samples::user("stays", "bob")).await.unwrap().unwrap();
    add(nodes, &of_reference("a", "r")).await.unwrap();
    add(nodes, &enrolment("b", 60)).await.unwrap();
    add(nodes, &samples::factor("c", "stays")).await.unwrap();
    assert!(nodes.there.users.remove(&samples::word(SUBJECT)).await.unwrap());
    assert_eq!((found(nodes, "a", 0).await, found(nodes, "b", 0).await), (None, None));
    assert_eq!(referred(nodes, "badge", "r").await, None);
    assert_eq!(listed(nodes, "stays").await, ["c"]);
    assert_eq!(add(nodes, &samples::factor("d", SUBJECT)).await, Err(FactorRefused::NoAccount));
}
