//! The refresh token grant (RFC 6749 6, RFC 9700 4.14.2).

use crate::world::{CLIENT, Parts, Scene, Told, asking_password, broken, client, refusal};
use gatewright_domain::client::{Client, TokenPreferences};
use gatewright_domain::clock::Clock;
use gatewright_engine::error::EndpointError;
use gatewright_protocol::error::ErrorCode;
use gatewright_testing::samples::{SUBJECT, scope, word};
use gatewright_testing::signing::claims_of;

#[tokio::test]
async fn a_refresh_rotates_the_token_and_keeps_who_it_speaks_of() {
    let scene = Scene::new().await;
    let first = scene.tokens("").await;
    scene.clock.advance(400);
    let second = scene.refreshes(CLIENT, &first.refresh_token.clone().unwrap(), &[]).await.unwrap();
    assert_ne!(first.refresh_token, second.refresh_token);
    assert_eq!(second.scope, Some(scope("openid profile")));
    let (before, after) = (claims_of(&first.id_token.unwrap()), claims_of(&second.id_token.unwrap()));
    for name in ["iss", "sub", "aud", "auth_time", "acr", "sid"] {
        assert_eq!(before[name], after[name], "{name} (OpenID Connect Core 12.2)");
    }
    assert!(!after.contains_key("nonce"));
    assert!(scene.lives(&second.access_token).await && !scene.lives(&first.access_token).await);
    assert!(scene.refreshes(CLIENT, &second.refresh_token.unwrap(), &[]).await.is_ok());
}

#[tokio::test]
async fn a_refresh_token_that_is_used_twice_revokes_the_family() {
    let scene = Scene::new().await;
    let first = scene.tokens("").await;
    let old = first.refresh_token.unwrap();
    let second = scene.refreshes(CLIENT, &old, &[]).await.unwrap();
    assert_eq!(refusal(scene.refreshes(CLIENT, &old, &[]).await), ErrorCode::InvalidGrant);
    for token in [&first.access_token, &second.access_token] {
        assert!(!scene.lives(token).await);
    }
    let newest = scene.refreshes(CLIENT, &second.refresh_token.unwrap(), &[]).await;
    assert_eq!(refusal(newest), ErrorCode::InvalidGrant, "thief and owner both lose");
}

#[tokio::test]
async fn a_refresh_token_is_its_own_clients_and_another_cannot_spend_or_revoke_it() {
    let scene = Scene::new().await;
    scene.registers(client("other")).await;
    let first = scene.tokens("").await;
    let token = first.refresh_token.unwrap();
    assert_eq!(refusal(scene.refreshes("other", &token, &[]).await), ErrorCode::InvalidGrant);
    let second = scene.refreshes(CLIENT, &token, &[]).await.unwrap();
    assert_eq!(refusal(scene.refreshes("other", &token, &[]).await), ErrorCode::InvalidGrant);
    assert!(scene.lives(&second.access_token).await);
    assert_eq!(refusal(scene.refreshes(CLIENT, "made-up", &[]).await), ErrorCode::InvalidGrant);
}

#[tokio::test]
async fn a_refresh_may_ask_for_less_and_never_for_more() {
    let scene = Scene::new().await;
    let first = scene.tokens("scope=openid+profile").await;
    let token = first.refresh_token.unwrap();
    for wider in ["openid email", "email", "openid profile unheard_of"] {
        let refused = scene.refreshes(CLIENT, &token, &[("scope", wider)]).await;
        assert_eq!(refusal(refused), ErrorCode::InvalidScope, "{wider}");
    }
    let less = scene.refreshes(CLIENT, &token, &[("scope", "profile")]).await.unwrap();
    assert_eq!(less.scope, Some(scope("profile")));
    assert!(less.id_token.is_none());
    assert_eq!(claims_of(&less.access_token)["scope"], "profile");
    let whole = scene.refreshes(CLIENT, &less.refresh_token.unwrap(), &[]).await.unwrap();
    assert_eq!(whole.scope, Some(scope("openid profile")), "what was granted stays granted");
}

#[tokio::test]
async fn a_refresh_token_lives_anew_with_each_rotation_and_then_ends() {
    let scene = Scene::new().await;
    let tokens = TokenPreferences { refresh_token_lifetime_s: Some(1000), ..client(CLIENT).tokens };
    scene.registers(Client { tokens, ..client(CLIENT) }).await;
    let first = scene.tokens("").await;
    scene.clock.advance(999);
    let second = scene.refreshes(CLIENT, &first.refresh_token.unwrap(), &[]).await.unwrap();
    scene.clock.advance(999);
    let third = scene.refreshes(CLIENT, &second.refresh_token.unwrap(), &[]).await.unwrap();
    scene.clock.advance(1000);
    let late = scene.refreshes(CLIENT, &third.refresh_token.unwrap(), &[]).await;
    assert_eq!(refusal(late), ErrorCode::InvalidGrant);
}

#[tokio::test]
async fn a_refresh_gets_what_the_client_is_still_allowed_and_nothing_more() {
    let scene = Scene::new().await;
    let token = scene.tokens("scope=openid+profile+email").await.refresh_token.unwrap();
    scene.registers(Client { scope: scope("openid profile"), ..client(CLIENT) }).await;
    let refused = scene.refreshes(CLIENT, &token, &[("scope", "email")]).await;
    assert_eq!(refusal(refused), ErrorCode::InvalidScope);
    let less = scene.refreshes(CLIENT, &token, &[]).await.unwrap();
    assert_eq!(less.scope, Some(scope("openid profile")));
    let less = scene.refreshes(CLIENT, &less.refresh_token.unwrap(), &[("scope", "profile email")]).await.unwrap();
    assert_eq!(less.scope, Some(scope("profile")));
    let token = less.refresh_token.unwrap();
    scene.registers(Client { scope: scope("phone"), ..client(CLIENT) }).await;
    assert_eq!(refusal(scene.refreshes(CLIENT, &token, &[]).await), ErrorCode::InvalidGrant);
    scene.registers(client(CLIENT)).await;
    let whole = scene.refreshes(CLIENT, &token, &[]).await.unwrap();
    assert_eq!(whole.scope, Some(scope("openid profile email")), "none of that has burnt it");
}

#[tokio::test]
async fn a_scope_that_only_a_policy_of_the_past_served_is_not_refreshed() {
    let scene = Scene::under(asking_password().serving(&["billing"], &[]).with_digest("a")).await;
    let with_billing = || Client { scope: scope("openid billing"), ..client(CLIENT) };
    scene.registers(with_billing()).await;
    let token = scene.tokens("scope=openid+billing").await.refresh_token.unwrap();
    scene.policies.activate(asking_password().with_digest("b"));
    let less = scene.refreshes(CLIENT, &token, &[]).await.unwrap();
    assert_eq!(less.scope, Some(scope("openid")));
}

#[tokio::test]
async fn a_client_that_lost_offline_access_refreshes_no_more_where_that_is_needed() {
    let mut parts = Parts::new();
    parts.settings.refresh_without_offline_access = false;
    let scene = parts.built().await;
    let token = scene.tokens("scope=openid+offline_access").await.refresh_token.unwrap();
    scene.registers(Client { scope: scope("openid"), ..client(CLIENT) }).await;
    assert_eq!(refusal(scene.refreshes(CLIENT, &token, &[]).await), ErrorCode::InvalidGrant);
}

#[tokio::test]
async fn a_family_ends_however_often_it_was_refreshed() {
    let mut parts = Parts::new();
    parts.settings.lifetimes.token_family_s = 2000;
    let scene = parts.built().await;
    let tokens = TokenPreferences { refresh_token_lifetime_s: Some(1500), ..client(CLIENT).tokens };
    scene.registers(Client { tokens, ..client(CLIENT) }).await;
    let first = scene.tokens("").await.refresh_token.unwrap();
    scene.clock.advance(1000);
    let second = scene.refreshes(CLIENT, &first, &[]).await.unwrap().refresh_token.unwrap();
    let ends = scene.introspects(&second).await.unwrap()["exp"].as_i64().unwrap();
    assert_eq!(ends, scene.clock.now().0 + 1000, "it is told when it ends");
    scene.clock.advance(999);
    let third = scene.refreshes(CLIENT, &second, &[]).await.unwrap().refresh_token.unwrap();
    scene.clock.advance(1);
    assert_eq!(refusal(scene.refreshes(CLIENT, &third, &[]).await), ErrorCode::InvalidGrant);
}

#[tokio::test]
async fn nobody_refreshes_for_an_end_user_who_is_disabled_or_gone() {
    let scene = Scene::new().await;
    let token = scene.tokens("").await.refresh_token.unwrap();
    scene.stores.users.remove(&word(SUBJECT)).await.unwrap();
    assert_eq!(refusal(scene.refreshes(CLIENT, &token, &[]).await), ErrorCode::InvalidGrant);

    let scene = Scene::new().await;
    let tokens = scene.tokens("").await;
    scene.accounts.disable(SUBJECT);
    let refused = scene.refreshes(CLIENT, &tokens.refresh_token.unwrap(), &[]).await;
    assert_eq!(refusal(refused), ErrorCode::InvalidGrant);
    assert_eq!(scene.introspects(&tokens.access_token).await, None);
}

#[tokio::test]
async fn a_hook_fault_burns_no_refresh_token() {
    let scene = Scene::under(asking_password().with_digest("a")).await;
    let token = scene.tokens("").await.refresh_token.unwrap();
    scene.policies.activate(asking_password().with_digest("b").on_customize_token(|_| broken()));
    let error = scene.refreshes(CLIENT, &token, &[]).await.unwrap_err();
    assert!(matches!(error, EndpointError::Hook(_)), "{error}");
    scene.policies.activate(asking_password().with_digest("c"));
    assert!(scene.refreshes(CLIENT, &token, &[]).await.is_ok());
}

#[tokio::test]
async fn refresh_tokens_without_offline_access_can_be_switched_off() {
    let mut parts = Parts::new();
    parts.settings.refresh_without_offline_access = false;
    let scene = parts.built().await;
    assert!(scene.tokens("").await.refresh_token.is_none());
    assert!(scene.tokens("scope=openid+offline_access").await.refresh_token.is_some());
}

#[tokio::test]
async fn a_sign_out_ends_refreshing_but_for_offline_access() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let online = visitor.completes("").await;
    let online = scene.redeems(CLIENT, online.code()).await.unwrap();
    let offline = visitor.completes("scope=openid+offline_access").await;
    let offline = scene.redeems(CLIENT, offline.code()).await.unwrap();
    let pending = visitor.asks("").await;
    let hint = online.id_token.unwrap();
    visitor.signs_out(&[("id_token_hint", &hint)], None).await;
    assert_eq!(refusal(scene.refreshes(CLIENT, &online.refresh_token.unwrap(), &[]).await), ErrorCode::InvalidGrant);
    assert!(!scene.lives(&online.access_token).await);
    assert_eq!(refusal(scene.redeems(CLIENT, pending.code()).await), ErrorCode::InvalidGrant, "nor does a code wait");
    assert!(scene.refreshes(CLIENT, &offline.refresh_token.unwrap(), &[]).await.is_ok());
}
