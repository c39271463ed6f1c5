//! Rotation, and two nodes that rotate at once.

use super::*;
use crate::fakes::Nodes;
use gatewright_domain::encryption::{Content, Encrypter, JweRejected, Recipient};
use gatewright_domain::signing::{JwtRejected, Signer, TokenType};
use gatewright_protocol::jwe::{EncryptionKey, JweAlgorithm, JweEncryption};
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::registration::encryption::Encryption;
use serde_json::{Map, Value};

const ES256: JwsAlgorithm = JwsAlgorithm::ES256;
const DAY_S: i64 = 24 * 3600;

fn signed(keyring: &Keyring) -> String {
    keyring.sign(ES256, TokenType::Jwt, &Map::new()).unwrap()
}

fn published(keyring: &Keyring) -> Vec<String> {
    let jwks = keyring.jwks();
    jwks["keys"].as_array().unwrap().iter().map(|key: &Value| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn is_verified(keyring: &Keyring, jwt: &str) -> bool {
    match keyring.verify(jwt, TokenType::Jwt) {
        Ok(_) => true,
        Err(JwtRejected::UnknownKey) => false,
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn a_new_key_is_published_first_then_signs_while_the_old_one_verifies_until_the_overlap_ends() {
    let nodes = Nodes::new();
    let keyring = nodes.open(&[ES256]).await;
    let old = published(&keyring);
    let before = signed(&keyring);
    let Rotated::Here(new) = keyring.rotate(ES256, Overlap { ahead_s: 60, behind_s: 600 }).await.unwrap() else {
        panic!("no other node is there");
    };
    let new = new.as_str().to_owned();
    let signs_with = |keyring: &Keyring| signed(keyring).split('.').next().unwrap().to_owned();
    let old_header = before.split('.').next().unwrap();

    assert_eq!(published(&keyring), [new.clone(), old[0].clone()]);
    nodes.clock.advance(59);
    assert_eq!(signs_with(&keyring), old_header, "published, not yet signing");
    nodes.clock.advance(1);
    assert_ne!(signs_with(&keyring), old_header, "signing from its moment on");
    let after = signed(&keyring);
    assert!(is_verified(&keyring, &before) && is_verified(&keyring, &after));
    nodes.clock.advance(599);
    assert_eq!(published(&keyring), [new.clone(), old[0].clone()]);
    assert!(is_verified(&keyring, &before));
    nodes.clock.advance(1);
    assert_eq!(published(&keyring), [new], "dropped to the second");
    assert!(!is_verified(&keyring, &before));
    assert!(is_verified(&keyring, &after));
}

#[tokio::test]
async fn a_rotation_without_overlap_voids_every_older_key_at_once() {
    let nodes = Nodes::new();
    let keyring = nodes.open(&[ES256]).await;
    let oldest = signed(&keyring);
    keyring.rotate(ES256, Overlap { ahead_s: 0, behind_s: 600 }).await.unwrap();
    nodes.clock.advance(5);
    let older = signed(&keyring);
    keyring.rotate(ES256, Overlap { ahead_s: 60, behind_s: 600 }).await.unwrap();
    nodes.clock.advance(5);
    keyring.rotate(ES256, Overlap::NONE).await.unwrap();
    assert_eq!(published(&keyring).len(), 1, "retired, current and waiting keys are all gone");
    assert!(!is_verified(&keyring, &oldest) && !is_verified(&keyring, &older));
    assert!(is_verified(&keyring, &signed(&keyring)));
    nodes.clock.advance(3600);
    assert_eq!(published(&keyring).len(), 1);
    assert!(is_verified(&keyring, &signed(&keyring)));
}

#[tokio::test]
async fn a_key_is_replaced_when_its_period_ends_and_not_before() {
    let nodes = Nodes::new();
    let keyring = nodes.open(&[ES256, JwsAlgorithm::EdDSA]).await;
    let overlap = Overlap { ahead_s: 3600, behind_s: 7200 };
    let schedule = Schedule { period_s: 30 * DAY_S as u64, overlap };
    assert!(keyring.rotate_due(&schedule).await.unwrap().is_empty());
    nodes.clock.advance(30 * DAY_S - 3601);
    assert!(keyring.rotate_due(&schedule).await.unwrap().is_empty());
    let first = signed(&keyring);
    nodes.clock.advance(1);
    let replaced = keyring.rotate_due(&schedule).await.unwrap();
    assert_eq!(
        replaced,
        [ES256, JwsAlgorithm::EdDSA].map(KeyAlgorithm::from),
        "early by the time it is published ahead"
    );
    assert!(keyring.rotate_due(&schedule).await.unwrap().is_empty(), "and only once");
    nodes.clock.advance(3600);
    assert!(keyring.rotate_due(&schedule).await.unwrap().is_empty(), "the next period has only begun");
    assert_ne!(signed(&keyring).split('.').next(), first.split('.').next());
    assert!(is_verified(&keyring, &first));
    nodes.clock.advance(30 * DAY_S);
    keyring.rotate_due(&schedule).await.unwrap();
    assert_eq!(nodes.store.rows.lock().unwrap().len(), 4, "dropped keys leave the store");
}

#[tokio::test]
async fn two_nodes_that_rotate_at_once_make_one_key() {
    let nodes = Nodes::new();
    let (first, second) = (nodes.open(&[ES256]).await, nodes.open(&[ES256]).await);
    let overlap = Overlap { ahead_s: 60, behind_s: 600 };
    nodes.clock.advance(DAY_S);
    let schedule = Schedule { period_s: DAY_S as u64, overlap };
    let (one, two) = tokio::join!(first.rotate_due(&schedule), second.rotate_due(&schedule));
    assert_eq!(one.unwrap().len() + two.unwrap().len(), 1);
    assert_eq!(nodes.store.rows.lock().unwrap().len(), 2);
    assert_eq!(published(&first), published(&second), "the node that lost knows the other's key");

    let (one, two) = tokio::join!(first.rotate(ES256, overlap), second.rotate(ES256, overlap));
    let outcomes = [one.unwrap(), two.unwrap()];
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Rotated::Elsewhere).count(), 1);
    assert_eq!(nodes.store.rows.lock().unwrap().len(), 3);
    assert_eq!(published(&first), published(&second));
}

#[tokio::test]
async fn a_node_that_slept_through_a_rotation_does_not_rotate_again() {
    let nodes = Nodes::new();
    let (first, second) = (nodes.open(&[ES256]).await, nodes.open(&[ES256]).await);
    nodes.clock.advance(DAY_S);
    let schedule = Schedule { period_s: DAY_S as u64, overlap: Overlap { ahead_s: 60, behind_s: 600 } };
    assert_eq!(first.rotate_due(&schedule).await.unwrap(), [KeyAlgorithm::from(ES256)]);
    assert!(second.rotate_due(&schedule).await.unwrap().is_empty());
}

#[tokio::test]
async fn rotations_within_one_second_still_have_an_order() {
    let nodes = Nodes::new();
    let keyring = nodes.open(&[ES256]).await;
    for _ in 0..3 {
        let outcome = keyring.rotate(ES256, Overlap { ahead_s: 0, behind_s: 600 }).await.unwrap();
        assert!(matches!(outcome, Rotated::Here(_)));
    }
    let created: Vec<i64> = nodes.store.rows.lock().unwrap().iter().map(|row| row.created_at.0).collect();
    assert_eq!(created, [1_000_000, 1_000_001, 1_000_002, 1_000_003]);
    assert_eq!(published(&keyring).len(), 4);
    assert!(is_verified(&keyring, &signed(&keyring)));
}

#[tokio::test]
async fn the_number_of_published_keys_is_bounded() {
    let nodes = Nodes::new();
    let keyring = nodes.open(&[ES256]).await;
    let overlap = Overlap { ahead_s: 0, behind_s: 600 };
    for _ in 1..KEYS_MAX {
        keyring.rotate(ES256, overlap).await.unwrap();
    }
    assert_eq!(published(&keyring).len(), KEYS_MAX);
    assert!(keyring.rotate(ES256, overlap).await.is_err());
    nodes.clock.advance(601);
    assert!(keyring.rotate(ES256, overlap).await.is_ok(), "room again when the old ones have dropped");
}

#[tokio::test]
async fn an_algorithm_that_is_not_signed_with_is_not_rotated() {
    let keyring = Nodes::new().open(&[ES256]).await;
    assert!(keyring.rotate(JwsAlgorithm::RS256, Overlap::NONE).await.is_err());
    assert!(keyring.rotate(JwsAlgorithm::HS256, Overlap::NONE).await.is_err());
}

#[tokio::test]
async fn a_retired_key_to_decrypt_with_is_no_longer_published_and_opens_until_the_overlap_ends() {
    let nodes = Nodes::new();
    let mut setup = nodes.setup(&[ES256]);
    setup.decryption = vec![EncryptionKey::Ec];
    let keyring = Keyring::open(setup).await.unwrap();
    let how = Encryption { alg: JweAlgorithm::EcdhEs, enc: JweEncryption::A128Gcm };
    let encrypted = || keyring.encrypt("text", Content::Json, how, Recipient::Keys(&keyring.jwks())).unwrap();
    let opens = |jwe: &str| match keyring.decrypt(jwe, None, None) {
        Ok(text) => text.expose() == "text",
        Err(JweRejected::UnknownKey) => false,
        Err(other) => panic!("{other}"),
    };
    let shown = || published(&keyring).len() - 1; // One signs.
    let before = encrypted();
    keyring.rotate(EncryptionKey::Ec, Overlap { ahead_s: 60, behind_s: 600 }).await.unwrap();
    assert_eq!(shown(), 2);
    let early = encrypted();
    assert!(opens(&before) && opens(&early), "the new key may be encrypted to as soon as it is seen");
    nodes.clock.advance(60);
    assert_eq!(shown(), 1, "nobody is to begin with the old one any more");
    nodes.clock.advance(599);
    assert!(opens(&before), "what was on its way");
    nodes.clock.advance(1);
    assert!(!opens(&before) && opens(&early));
    let schedule = Schedule { period_s: DAY_S as u64, overlap: Overlap { ahead_s: 60, behind_s: 600 } };
    nodes.clock.advance(DAY_S);
    let replaced = keyring.rotate_due(&schedule).await.unwrap();
    assert_eq!(replaced, [KeyAlgorithm::from(ES256), EncryptionKey::Ec.into()], "by schedule as those that sign");
}
