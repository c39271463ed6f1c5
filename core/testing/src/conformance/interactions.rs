//! Interactions: a browser's unfinished trip, on whichever node it is at.

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::identifiers::InteractionId;
use gatewright_domain::store::{Claimed, DOCUMENT_BYTES_MAX, EXPIRED_TAKEN_MAX, StoredInteraction};
use gatewright_domain::token_hash::TokenHash;

fn id() -> InteractionId {
    samples::word("trip")
}

fn next(document: &str) -> StoredInteraction {
    StoredInteraction { version: 1, document: document.to_owned(), ..samples::interaction("trip") }
}

/// Until it is found nowhere under another id.
pub async fn an_interaction_is_found_as_it_began(nodes: &Nodes) {
    let begun = StoredInteraction { document: "{\"ä\":\"\\u0000\"}".to_owned(), ..samples::interaction("trip") };
    nodes.here.interactions.begin(&begun).await.unwrap();
    assert_eq!(nodes.there.interactions.find(&id()).await.unwrap(), Some(begun));
    assert_eq!(nodes.here.interactions.find(&samples::word("other")).await.unwrap(), None);
}

/// A second one of an id is a fault.
pub async fn of_many_beginnings_of_one_id_one_succeeds(nodes: &Nodes) {
    let begun =
        race(nodes, |_, stores| async move { stores.interactions.begin(&samples::interaction("trip")).await.is_ok() });
    assert_eq!(begun.await.iter().filter(|begun| **begun).count(), 1);
}

/// Whoever read an older version, or none, gets no claim.
pub async fn a_claim_needs_the_version_that_was_read(nodes: &Nodes) {
    nodes.here.interactions.begin(&samples::interaction("trip")).await.unwrap();
    for version in [-1, 1] {
        let claimed = nodes.here.interactions.claim(&id(), version, later(0), later(30)).await.unwrap();
        assert_eq!(claimed, Claimed::No, "version {version}");
    }
    let unknown = nodes.here.interactions.claim(&samples::word("other"), 0, later(0), later(30)).await.unwrap();
    assert_eq!(unknown, Claimed::No);
    assert_eq!(nodes.here.interactions.claim(&id(), 0, later(0), later(30)).await.unwrap(), Claimed::Yes);
}

/// To the second.
pub async fn a_claim_excludes_others_until_its_lease_ends(nodes: &Nodes) {
    nodes.here.interactions.begin(&samples::interaction("trip")).await.unwrap();
    assert_eq!(nodes.here.interactions.claim(&id(), 0, later(0), later(30)).await.unwrap(), Claimed::Yes);
    assert_eq!(nodes.there.interactions.claim(&id(), 0, later(29), later(60)).await.unwrap(), Claimed::No);
    assert_eq!(nodes.there.interactions.claim(&id(), 0, later(30), later(60)).await.unwrap(), Claimed::Yes);
}

/// Its effects happen once.
pub async fn of_many_claims_one_succeeds(nodes: &Nodes) {
    nodes.here.interactions.begin(&samples::interaction("trip")).await.unwrap();
    let claims =
        race(nodes, |_, stores| async move { stores.interactions.claim(&id(), 0, later(0), later(30)).await.unwrap() });
    assert_eq!(claims.await.iter().filter(|claim| **claim == Claimed::Yes).count(), 1);
}

/// On any node, with nothing changed.
pub async fn a_claim_that_is_given_back_can_be_made_again_at_once(nodes: &Nodes) {
    let begun = samples::interaction("trip");
    nodes.here.interactions.begin(&begun).await.unwrap();
    assert!(!nodes.here.interactions.release(&id(), 0, later(30)).await.unwrap(), "there is no claim");
    nodes.here.interactions.claim(&id(), 0, later(0), later(30)).await.unwrap();
    assert!(nodes.here.interactions.release(&id(), 0, later(30)).await.unwrap());
    assert_eq!(nodes.there.interactions.find(&id()).await.unwrap(), Some(begun));
    assert_eq!(nodes.there.interactions.claim(&id(), 0, later(0), later(30)).await.unwrap(), Claimed::Yes);
}

/// Not even of the same version, once the lease has run out and another holds it.
pub async fn nobody_gives_back_the_claim_of_another(nodes: &Nodes) {
    nodes.here.interactions.begin(&samples::interaction("trip")).await.unwrap();
    nodes.here.interactions.claim(&id(), 0, later(0), later(30)).await.unwrap();
    nodes.there.interactions.claim(&id(), 0, later(30), later(60)).await.unwrap();
    for (version, lease_until) in [(0, later(30)), (1, later(60))] {
        assert!(!nodes.here.interactions.release(&id(), version, lease_until).await.unwrap());
    }
    assert_eq!(nodes.here.interactions.claim(&id(), 0, later(59), later(90)).await.unwrap(), Claimed::No);
}

/// The next claim is of the new version; browser and bundle are what they were.
pub async fn a_save_raises_the_version_and_ends_the_lease(nodes: &Nodes) {
    let begun = samples::interaction("trip");
    nodes.here.interactions.begin(&begun).await.unwrap();
    nodes.here.interactions.claim(&id(), 0, later(0), later(30)).await.unwrap();
    let saved = StoredInteraction {
        browser: TokenHash::of("another browser"),
        bundle: samples::word("another"),
        expires_at: later(900),
        ..next("{\"step\":1}")
    };
    assert_eq!(nodes.here.interactions.save(&saved).await.unwrap(), Claimed::Yes);
    let found = nodes.there.interactions.find(&id()).await.unwrap().unwrap();
    assert_eq!(found, StoredInteraction { browser: begun.browser, bundle: begun.bundle, ..saved });
    assert_eq!(nodes.there.interactions.claim(&id(), 1, later(1), later(30)).await.unwrap(), Claimed::Yes);
}

/// Whoever was overtaken saves nothing.
pub async fn a_save_on_an_older_version_changes_nothing(nodes: &Nodes) {
    nodes.here.interactions.begin(&samples::interaction("trip")).await.unwrap();
    assert_eq!(nodes.here.interactions.save(&next("first")).await.unwrap(), Claimed::Yes);
    assert_eq!(nodes.there.interactions.save(&next("second")).await.unwrap(), Claimed::No);
    assert_eq!(nodes.here.interactions.find(&id()).await.unwrap(), Some(next("first")));
    let unknown = StoredInteraction { id: samples::word("other"), ..next("x") };
    assert_eq!(nodes.here.interactions.save(&unknown).await.unwrap(), Claimed::No);
}

/// At the version that was read, for one of all that finish it.
pub async fn an_interaction_finishes_once(nodes: &Nodes) {
    nodes.here.interactions.begin(&samples::interaction("trip")).await.unwrap();
    assert!(!nodes.here.interactions.finish(&id(), 1).await.unwrap(), "another version");
    let finished = race(nodes, |_, stores| async move { stores.interactions.finish(&id(), 0).await.unwrap() });
    assert_eq!(finished.await.iter().filter(|finished| **finished).count(), 1);
    assert_eq!(nodes.here.interactions.find(&id()).await.unwrap(), None);
}

/// The longest expired first, and no more than a batch.
pub async fn what_has_expired_is_taken_and_what_lives_stays(nodes: &Nodes) {
    let expiring = |name: &str, s| StoredInteraction { expires_at: later(s), ..samples::interaction(name) };
    for (name, s) in [("later", 5), ("first", 4), ("lives", 6)] {
        nodes.here.interactions.begin(&expiring(name, s)).await.unwrap();
    }
    let taken = nodes.there.interactions.take_expired(later(5)).await.unwrap();
    assert_eq!(taken, [expiring("first", 4), expiring("later", 5)]);
    assert_eq!(nodes.here.interactions.take_expired(later(5)).await.unwrap(), []);
    assert!(nodes.here.interactions.find(&samples::word("lives")).await.unwrap().is_some());
    for number in 0..EXPIRED_TAKEN_MAX {
        nodes.here.interactions.begin(&expiring(&number.to_string(), 1)).await.unwrap();
    }
    let mut taken = vec![];
    for _ in 0..3 {
        taken.push(nodes.there.interactions.take_expired(later(6)).await.unwrap().len());
    }
    assert_eq!(taken, [EXPIRED_TAKEN_MAX, 1, 0]);
}

/// On whichever nodes.
pub async fn of_many_that_take_what_has_expired_one_gets_each(nodes: &Nodes) {
    for number in 0..10 {
        nodes.here.interactions.begin(&samples::interaction(&number.to_string())).await.unwrap();
    }
    let taken =
        race(nodes, |_, stores| async move { stores.interactions.take_expired(later(600)).await.unwrap().len() });
    assert_eq!(taken.await.iter().sum::<usize>(), 10);
}

/// By one byte.
pub async fn a_document_over_the_limit_is_a_fault(nodes: &Nodes) {
    let largest = StoredInteraction { document: "x".repeat(DOCUMENT_BYTES_MAX), ..samples::interaction("trip") };
    let over = StoredInteraction { document: "x".repeat(DOCUMENT_BYTES_MAX + 1), ..samples::interaction("trip") };
    assert!(nodes.here.interactions.begin(&over).await.is_err());
    nodes.here.interactions.begin(&largest).await.unwrap();
    assert!(nodes.here.interactions.save(&StoredInteraction { version: 1, ..over }).await.is_err());
    assert_eq!(nodes.here.interactions.find(&id()).await.unwrap(), Some(largest));
}
