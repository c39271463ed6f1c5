//! What a client gets for itself is of a family that its bundle can be held to account by.

use crate::world::{CLIENT, Parts, Scene, asking_password, client, refusal};
use gatewright_domain::client::{AccessTokenFormat, Client, TokenPreferences};
use gatewright_domain::clock::Clock;
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::store::IssuedCount;
use gatewright_engine::token::FAMILY_SPARE_S;
use gatewright_protocol::error::ErrorCode;
use gatewright_testing::samples::{bundle, scope, word};
use gatewright_testing::signing::claims_of;

const FORMATS: [AccessTokenFormat; 2] = [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque];

async fn scene(access_token_format: AccessTokenFormat) -> Scene {
    let mut parts = Parts::new();
    parts.settings.scopes.insert("payments".to_owned(), vec![]);
    let scene = parts.built().await;
    let tokens = TokenPreferences { access_token_format, ..client(CLIENT).tokens };
    scene.registers(Client { tokens, scope: scope("openid payments"), ..client(CLIENT) }).await;
    scene
}

/// A token of the client itself, and its family, as introspection names it.
async fn token(scene: &Scene) -> (String, FamilyId) {
    let token = scene.token(CLIENT, &[("grant_type", "client_credentials")]).await.unwrap().access_token;
    let told = scene.introspects(&token).await.expect("it was issued a moment ago");
    let family = FamilyId::parse(told["token_family"].as_str().unwrap()).unwrap();
    (token, family)
}

async fn families(scene: &Scene) -> u64 {
    scene.stores.issued.count(&bundle(), scene.clock.now()).await.unwrap().families
}

#[tokio::test]
async fn all_that_a_client_gets_under_a_bundle_is_of_one_family() {
    for format in FORMATS {
        let scene = scene(format).await;
        let (_, first) = token(&scene).await;
        scene.clock.advance(3600);
        assert_eq!(token(&scene).await.1, first, "{format:?}");
        scene.registers(Client { id: word("other"), ..client("other") }).await;
        let other = scene.token("other", &[("grant_type", "client_credentials")]).await.unwrap().access_token;
        assert_ne!(scene.introspects(&other).await.unwrap()["token_family"], first.as_str());
        scene.policies.activate(asking_password().with_digest("another"));
        assert_ne!(token(&scene).await.1, first, "another bundle decided it");
        assert_eq!(families(&scene).await, 2);
    }
}

#[tokio::test]
async fn ending_what_a_bundle_issued_ends_what_clients_got_for_themselves() {
    for format in FORMATS {
        let scene = scene(format).await;
        let (ended, family) = token(&scene).await;
        let granted = scene.tokens("").await.access_token;
        scene.policies.activate(asking_password().with_digest("another"));
        let (kept, _) = token(&scene).await;
        while !scene.stores.issued.end(&bundle(), scene.clock.now()).await.unwrap().is_nothing() {}
        for (token, lives) in [(&ended, false), (&granted, false), (&kept, true)] {
            assert_eq!(scene.introspects(token).await.is_some(), lives, "{format:?}");
            assert_eq!(scene.lives(token).await, lives, "{format:?}");
        }
        assert_eq!(refusal(scene.engine.userinfo(&ended).await), ErrorCode::InvalidToken);
        // The bundle is live again: what it decides from now on is new.
        scene.policies.activate(asking_password());
        let (again, new) = token(&scene).await;
        assert!(new != family && scene.lives(&again).await && !scene.lives(&ended).await);
        assert_eq!(token(&scene).await.1, new);
    }
}

#[tokio::test]
async fn a_family_takes_tokens_while_it_outlives_them() {
    let scene = scene(AccessTokenFormat::Jwt).await;
    let (first_token, first) = token(&scene).await;
    let lifetime_s = claims_of(&first_token)["exp"].as_i64().unwrap() - scene.clock.now().0;
    scene.clock.advance(i64::try_from(FAMILY_SPARE_S).unwrap());
    let (last, family) = token(&scene).await;
    assert_eq!(family, first);
    scene.clock.advance(1);
    assert_ne!(token(&scene).await.1, first, "it would end before the token does");
    scene.stores.sweeper.sweep(scene.clock.now().plus(lifetime_s as u64 - 2)).await.unwrap();
    assert!(scene.lives(&last).await, "a family is not swept before its last token ends");
}

#[tokio::test]
async fn its_opaque_tokens_are_counted_with_the_family() {
    let scene = scene(AccessTokenFormat::Opaque).await;
    for _ in 0..3 {
        token(&scene).await;
    }
    let count = scene.stores.issued.count(&bundle(), scene.clock.now()).await.unwrap();
    assert_eq!(count, IssuedCount { families: 1, opaque_tokens: 3, ..IssuedCount::default() });
}

#[tokio::test]
async fn a_client_that_comes_back_gets_nothing_of_its_old_family() {
    let scene = scene(AccessTokenFormat::Jwt).await;
    let (old, family) = token(&scene).await;
    let before = scene.stores.clients.find(&word(CLIENT)).await.unwrap().unwrap();
    scene.stores.clients.remove(&word(CLIENT)).await.unwrap();
    assert!(!scene.lives(&old).await);
    scene.registers(Client::clone(&before)).await;
    let (new, other) = token(&scene).await;
    assert_ne!(other, family);
    assert!(scene.lives(&new).await && !scene.lives(&old).await);
}
