//! Signing keys.

use super::{Nodes, later, race};
use crate::samples;
use gatewright_domain::identifiers::KeyId;
use gatewright_domain::store::StoredKey;
use gatewright_protocol::jwe::EncryptionKey;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;

fn key(id: &str, created_s: u64) -> StoredKey {
    StoredKey { created_at: later(created_s), signs_from: later(created_s + 60), ..samples::key(id) }
}

async fn add(nodes: &Nodes, key: &StoredKey, expected: Option<&str>) -> bool {
    let expected = expected.map(samples::word::<KeyId>);
    nodes.here.keys.rotate(key, &[], expected.as_ref(), key.created_at).await.unwrap()
}

/// As they were stored.
pub async fn keys_are_listed_oldest_first(nodes: &Nodes) {
    let rs256 = StoredKey { algorithm: JwsAlgorithm::RS256.into(), ..key("rsa", 5) };
    assert!(add(nodes, &key("first", 0), None).await);
    assert!(add(nodes, &key("second", 10), Some("first")).await);
    assert!(add(nodes, &rs256, None).await);
    assert_eq!(nodes.there.keys.list().await.unwrap(), [key("first", 0), rs256, key("second", 10)]);
}

/// The new key comes, the old one gets its dates, what has dropped goes: a key that drops now stays.
pub async fn a_rotation_adds_changes_and_drops_in_one(nodes: &Nodes) {
    assert!(add(nodes, &key("dropped", 0), None).await);
    assert!(add(nodes, &key("retired", 10), Some("dropped")).await);
    let dates = |key: StoredKey, drops_s| StoredKey {
        signs_from: later(1),
        retired_at: Some(later(20)),
        drops_at: Some(later(drops_s)),
        sealed_jwk: "is not changed".to_owned(),
        ..key
    };
    let changed = [dates(key("dropped", 0), 99), dates(key("retired", 10), 100), dates(key("unknown", 0), 500)];
    let newest: KeyId = samples::word("retired");
    assert!(nodes.here.keys.rotate(&key("new", 100), &changed, Some(&newest), later(100)).await.unwrap());
    let retired = StoredKey { sealed_jwk: "sealed".to_owned(), ..changed[1].clone() };
    assert_eq!(nodes.there.keys.list().await.unwrap(), [retired, key("new", 100)]);
}

/// Whoever looked before another rotated changes nothing.
pub async fn a_rotation_after_another_is_refused_whole(nodes: &Nodes) {
    assert!(add(nodes, &key("first", 0), None).await);
    assert!(!add(nodes, &key("again", 1), None).await);
    assert!(add(nodes, &key("second", 10), Some("first")).await);
    let changed = [StoredKey { retired_at: Some(later(11)), ..key("first", 0) }];
    let first: KeyId = samples::word("first");
    assert!(!nodes.there.keys.rotate(&key("late", 11), &changed, Some(&first), later(11)).await.unwrap());
    assert_eq!(nodes.here.keys.list().await.unwrap(), [key("first", 0), key("second", 10)]);
}

/// In the same second, from the same look: with no key before, and with one.
pub async fn of_many_rotations_at_once_one_succeeds(nodes: &Nodes) {
    let mut newest: Option<KeyId> = None;
    for round in 0..2 {
        let expected = newest.clone();
        let rotated = race(nodes, move |number, stores| {
            let (new, expected) = (key(&format!("key-{round}-{number}"), 0), expected.clone());
            async move {
                let won = stores.keys.rotate(&new, &[], expected.as_ref(), later(0)).await.unwrap();
                won.then_some(new.id)
            }
        });
        let winners: Vec<KeyId> = rotated.await.into_iter().flatten().collect();
        assert_eq!(winners.len(), 1, "{winners:?}");
        newest = winners.into_iter().next();
    }
    assert_eq!(nodes.here.keys.list().await.unwrap().len(), 2);
}

/// A key to decrypt with is kept beside those that sign, and comes back as what it is.
pub async fn a_key_to_decrypt_with_is_one_of_its_own(nodes: &Nodes) {
    let rsa = |id| StoredKey { algorithm: EncryptionKey::Rsa.into(), ..key(id, 5) };
    assert!(add(nodes, &key("ec", 0), None).await);
    assert!(!add(nodes, &rsa("rsa"), Some("ec")).await);
    assert!(add(nodes, &rsa("rsa"), None).await);
    assert_eq!(nodes.there.keys.list().await.unwrap(), [key("ec", 0), rsa("rsa")]);
}

/// The newest key of another algorithm does not count.
pub async fn each_algorithm_rotates_by_itself(nodes: &Nodes) {
    assert!(add(nodes, &key("ec", 0), None).await);
    let rs256 = |id| StoredKey { algorithm: JwsAlgorithm::RS256.into(), ..key(id, 10) };
    assert!(!add(nodes, &rs256("rsa"), Some("ec")).await);
    assert!(add(nodes, &rs256("rsa"), None).await);
    assert!(add(nodes, &key("ec-2", 10), Some("ec")).await);
    assert!(add(nodes, &rs256("rsa-2"), Some("rsa")).await);
}
