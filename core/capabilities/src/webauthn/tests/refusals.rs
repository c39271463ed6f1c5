//! What signs nobody in.

use super::*;
use gatewright_domain::capabilities::webauthn::CEREMONY_S;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::Factor;

/// Alice's passkey, whose counter stands at 7.
async fn counting() -> (Scene, Authenticator) {
    let scene = Scene::new().await;
    let mut key = Authenticator::at(ORIGIN);
    key.counter = 7;
    scene.registers("alice", &mut key).await.unwrap();
    (scene, key)
}

#[tokio::test]
async fn a_counter_that_did_not_go_on_is_a_copy_s() {
    let (scene, mut key) = counting().await;
    for (counter, signs) in [(8, true), (8, false), (3, false), (0, false), (9, true)] {
        key.counter = counter;
        assert_eq!(scene.signs(Some("alice"), &mut key).await.is_some(), signs, "{counter}");
    }
}

#[tokio::test]
async fn a_passkey_of_a_disabled_or_removed_end_user_signs_nobody_in() {
    let (scene, mut key) = counting().await;
    let ceremony = scene.passkeys.begin_authentication(None).await.unwrap();
    key.counter += 1;
    let response = key.get(&scene.shows(&ceremony).await);
    scene.stores.users.set_disabled(&word("alice"), true).await.unwrap();
    assert_eq!(scene.passkeys.finish_authentication(&ceremony, &response).await.unwrap(), None);
    let begun = scene.passkeys.begin_registration(&word("alice")).await;
    assert!(matches!(begun, Err(CallFailed::Capability(CapabilityError::Invalid { .. }))));
    scene.stores.users.set_disabled(&word("alice"), false).await.unwrap();
    key.counter += 1;
    assert!(scene.signs(None, &mut key).await.is_some(), "enabled again it does");
    scene.stores.users.remove(&word("alice")).await.unwrap();
    key.counter += 1;
    assert_eq!(scene.signs(None, &mut key).await, None);
}

#[tokio::test]
async fn one_end_user_s_passkey_is_no_other_s() {
    let (scene, mut alices) = counting().await;
    let mut bobs = Authenticator::at(ORIGIN);
    scene.registers("bob", &mut bobs).await.unwrap();
    assert_eq!(scene.signs(Some("alice"), &mut bobs).await, None);
    alices.counter = 8;
    alices.handle = bobs.handle.clone();
    for subject in [Some("alice"), None] {
        assert_eq!(scene.signs(subject, &mut alices).await, None, "it names Bob");
    }
    alices.handle = None;
    assert_eq!(scene.signs(None, &mut alices).await, None, "it names nobody, and nobody was known");
    assert!(scene.signs(Some("alice"), &mut alices).await.is_some());
}

#[tokio::test]
async fn a_ceremony_is_finished_once_right_or_wrong() {
    let (scene, mut key) = counting().await;
    let ceremony = scene.passkeys.begin_authentication(None).await.unwrap();
    key.counter = 8;
    let response = key.get(&scene.shows(&ceremony).await);
    let finish = || scene.passkeys.finish_authentication(&ceremony, &response);
    let (one, other) = tokio::join!(finish(), finish());
    assert_eq!([one.unwrap().is_some(), other.unwrap().is_some()].iter().filter(|signed| **signed).count(), 1);
    assert_eq!(scene.passkeys.options(&ceremony).await.unwrap(), None);
    let wrong = scene.passkeys.begin_authentication(None).await.unwrap();
    let options = scene.shows(&wrong).await;
    assert_eq!(scene.passkeys.finish_authentication(&wrong, &SecretText::new("")).await.unwrap(), None);
    key.counter = 9;
    assert_eq!(scene.passkeys.finish_authentication(&wrong, &key.get(&options)).await.unwrap(), None);
}

#[tokio::test]
async fn a_ceremony_ends_after_its_time() {
    let (scene, mut key) = counting().await;
    let ceremony = scene.passkeys.begin_authentication(None).await.unwrap();
    key.counter = 8;
    let response = key.get(&scene.shows(&ceremony).await);
    scene.clock.advance(i64::try_from(CEREMONY_S).unwrap());
    assert_eq!(scene.passkeys.options(&ceremony).await.unwrap(), None);
    assert_eq!(scene.passkeys.finish_authentication(&ceremony, &response).await.unwrap(), None);
}

#[tokio::test]
async fn an_answer_is_of_its_own_ceremony_and_origin_and_signature() {
    let (scene, mut key) = counting().await;
    key.counter = 8;
    let other = scene.passkeys.begin_authentication(None).await.unwrap();
    let foreign = key.get(&scene.shows(&other).await);
    let ceremony = scene.passkeys.begin_authentication(None).await.unwrap();
    assert_eq!(scene.passkeys.finish_authentication(&ceremony, &foreign).await.unwrap(), None);
    for origin in ["https://id.example:8443", "https://sub.id.example", "http://id.example", "https://evil.example"] {
        let mut elsewhere = Authenticator { origin: origin.to_owned(), ..key.clone() };
        assert_eq!(scene.signs(None, &mut elsewhere).await, None, "{origin}");
    }
    let mut forged = Authenticator { id: key.id.clone(), handle: key.handle.clone(), ..Authenticator::at(ORIGIN) };
    forged.counter = 8;
    assert_eq!(scene.signs(None, &mut forged).await, None, "another key's signature");
    assert!(scene.signs(None, &mut key).await.is_some());
}

#[tokio::test]
async fn a_ceremony_to_register_signs_nobody_in_and_the_other_way_round() {
    let (scene, mut key) = counting().await;
    let (registration, authentication) = (
        scene.passkeys.begin_registration(&word("alice")).await.unwrap(),
        scene.passkeys.begin_authentication(None).await.unwrap(),
    );
    let (create, get) = (scene.shows(&registration).await, scene.shows(&authentication).await);
    let (created, got) = (Authenticator::at(ORIGIN).create(&create), key.get(&get));
    assert_eq!(scene.passkeys.finish_authentication(&registration, &got).await.unwrap(), None);
    assert_eq!(scene.passkeys.finish_registration(&authentication, "Laptop", &created).await.unwrap(), None);
}

#[tokio::test]
async fn a_credential_id_that_is_taken_or_too_long_is_not_registered() {
    let (scene, key) = counting().await;
    let mut copy = Authenticator { id: key.id.clone(), ..Authenticator::at(ORIGIN) };
    assert_eq!(scene.registers("bob", &mut copy).await, None);
    for (length, fits) in [(CREDENTIAL_ID_BYTES_MAX, true), (CREDENTIAL_ID_BYTES_MAX + 1, false)] {
        let mut long = Authenticator { id: vec![7; length], ..Authenticator::at(ORIGIN) };
        assert_eq!(scene.registers("bob", &mut long).await.is_some(), fits, "{length}");
    }
}

#[tokio::test]
async fn a_response_over_its_limit_is_not_read() {
    let scene = Scene::new().await;
    for (bytes, reads) in [(RESPONSE_BYTES_MAX, true), (RESPONSE_BYTES_MAX + 1, false)] {
        let mut key = Authenticator::at(ORIGIN);
        let ceremony = scene.passkeys.begin_registration(&word("alice")).await.unwrap();
        let response = key.create(&scene.shows(&ceremony).await);
        let padded = SecretText::new(format!("{:<bytes$}", response.expose()));
        let made = scene.passkeys.finish_registration(&ceremony, "Laptop", &padded).await.unwrap();
        assert_eq!(made.is_some(), reads, "{bytes}");
    }
}

#[tokio::test]
async fn an_end_user_with_too_many_factors_is_told_to_remove_one_and_one_without_a_passkey_that_there_is_none() {
    let scene = Scene::new().await;
    let why = |begun: Result<String, CallFailed>| match begun {
        Err(CallFailed::Capability(CapabilityError::Invalid { why })) => why,
        other => panic!("{other:?}"),
    };
    assert!(why(scene.passkeys.begin_authentication(Some(&word("alice"))).await).contains("no passkey"));
    for number in 0..FACTORS_MAX {
        let factor = Factor {
            id: word(&format!("f{number}")),
            subject: word("alice"),
            kind: word("badge"),
            label: "Badge".to_owned(),
            reference: None,
            sealed: String::new(),
            version: 0,
            created_at: Timestamp(0),
            used_at: None,
            pending_until: None,
        };
        scene.stores.factors.add(&factor).await.unwrap().unwrap();
    }
    assert!(why(scene.passkeys.begin_registration(&word("alice")).await).contains("remove one"));
}
