//! `/end_session` (OpenID Connect RP-Initiated Logout 1.0).

use crate::world::{BOB, BOBS_PASSWORD, CLIENT, Scene, Told, Visitor, client, params};
use gatewright_domain::client::Client;
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_engine::logout::LogoutAnswer;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_protocol::redirect_uri::RedirectUri;
use gatewright_testing::signing::{claims_of, client_jwt};

const BACK: &str = "https://client.example.com/bye";

async fn scene() -> Scene {
    let scene = Scene::new().await;
    for id in [CLIENT, "other"] {
        let post_logout_redirect_uris = vec![RedirectUri::try_from(BACK).unwrap()];
        scene.registers(Client { post_logout_redirect_uris, ..client(id) }).await;
    }
    scene
}

/// A browser in which Alice is signed in, and her ID token.
async fn signed_in(scene: &Scene) -> (Visitor<'_>, String) {
    let mut visitor = scene.visitor();
    let done = visitor.completes("").await;
    let hint = scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap();
    (visitor, hint)
}

/// Whether the session lives on; the cookie is that of before.
async fn lives(scene: &Scene, cookie: &Option<String>) -> bool {
    let mut visitor = scene.visitor();
    visitor.browser.session_cookie = cookie.clone();
    visitor.asks("prompt=none").await.parameter("code").is_some()
}

#[track_caller]
fn redirect(answer: LogoutAnswer) -> String {
    match answer {
        LogoutAnswer::Redirect(location) => location,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_hint_a_registered_address_and_a_state_end_the_session_and_lead_back_with_the_state_only() {
    let scene = scene().await;
    let (mut visitor, hint) = signed_in(&scene).await;
    let cookie = visitor.browser.session_cookie.clone();
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK), ("state", "a b")];
    assert_eq!(redirect(visitor.signs_out(&asked, None).await), format!("{BACK}?state=a+b"));
    assert!(!lives(&scene, &cookie).await);
    assert_eq!(visitor.asks("prompt=none").await.error(), "login_required");
}

#[tokio::test]
async fn without_a_state_the_browser_is_led_back_without_one() {
    let scene = scene().await;
    let (mut visitor, hint) = signed_in(&scene).await;
    let cookie = visitor.browser.session_cookie.clone();
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK)];
    assert_eq!(redirect(visitor.signs_out(&asked, None).await), BACK);
    assert!(!lives(&scene, &cookie).await);
}

#[tokio::test]
async fn a_hint_that_has_expired_is_good_still() {
    let scene = scene().await;
    let (mut visitor, hint) = signed_in(&scene).await;
    scene.clock.advance(2 * 3600);
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK)];
    assert_eq!(redirect(visitor.signs_out(&asked, None).await), BACK);
}

#[tokio::test]
async fn an_address_that_is_not_registered_is_not_led_to() {
    let scene = scene().await;
    for uri in [
        "https://evil.example/bye",
        "https://client.example.com/bye?foo=bar",
        "https://client.example.com/bye/",
        "https://client.example.com/cb",
        "javascript:alert(1)",
        "not a uri",
    ] {
        let (mut visitor, hint) = signed_in(&scene).await;
        let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri), ("state", "s")];
        match visitor.signs_out(&asked, None).await {
            LogoutAnswer::SignedOut { not_sent_on: Some(_), .. } => {}
            other => panic!("{uri}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_hint_that_is_not_ours_neither_signs_out_nor_leads_back() {
    let scene = scene().await;
    let (mut visitor, hint) = signed_in(&scene).await;
    let claims = claims_of(&hint);
    let payload = hint.split('.').nth(1).unwrap();
    for forged in [
        // alg none, another's key, an altered signature.
        format!("eyJhbGciOiJub25lIn0.{payload}."),
        client_jwt("suite", JwsAlgorithm::ES256, &claims),
        client_jwt("test-ES256", JwsAlgorithm::HS256, &claims),
        format!("{hint}x"),
    ] {
        let cookie = visitor.browser.session_cookie.clone();
        let asked = [("id_token_hint", forged.as_str()), ("post_logout_redirect_uri", BACK), ("state", "s")];
        let answer = visitor.signs_out(&asked, None).await;
        let LogoutAnswer::Confirm { token, .. } = answer else { panic!("{forged}: {answer:?}") };
        assert!(lives(&scene, &cookie).await, "{forged}");
        // Who confirms is signed out, and still not led to where nobody proved to have a say.
        let mut confirming = scene.visitor();
        confirming.browser = visitor.browser.clone();
        let answer = confirming.signs_out(&asked, Some(&token)).await;
        assert!(matches!(answer, LogoutAnswer::SignedOut { not_sent_on: Some(_), .. }), "{forged}: {answer:?}");
        assert!(!lives(&scene, &cookie).await, "{forged}");
        visitor = signed_in(&scene).await.0;
    }
}

#[tokio::test]
async fn without_a_hint_the_end_user_confirms_and_is_not_led_back() {
    let scene = scene().await;
    for asked in [
        vec![("post_logout_redirect_uri", BACK)],
        vec![("post_logout_redirect_uri", BACK), ("client_id", CLIENT)],
        vec![("state", "s")],
        vec![],
    ] {
        let (mut visitor, _) = signed_in(&scene).await;
        let cookie = visitor.browser.session_cookie.clone();
        let answer = visitor.signs_out(&asked, None).await;
        let LogoutAnswer::Confirm { token, .. } = answer else { panic!("{asked:?}: {answer:?}") };
        assert!(lives(&scene, &cookie).await, "{asked:?}");
        let answer = visitor.signs_out(&asked, Some(&token)).await;
        assert!(matches!(answer, LogoutAnswer::SignedOut { .. }), "{asked:?}: {answer:?}");
        assert!(!lives(&scene, &cookie).await, "{asked:?}");
    }
}

#[tokio::test]
async fn a_confirmation_is_of_one_session() {
    let scene = scene().await;
    let (mut attacker, _) = signed_in(&scene).await;
    let LogoutAnswer::Confirm { token, .. } = attacker.signs_out(&[], None).await else { panic!("it is not asked") };
    let (mut victim, _) = signed_in(&scene).await;
    for forged in [token.as_str(), "", "yes"] {
        let answer = victim.signs_out(&[], Some(forged)).await;
        assert!(matches!(answer, LogoutAnswer::Confirm { .. }), "{forged}: {answer:?}");
    }
    assert!(lives(&scene, &victim.browser.session_cookie).await);
}

#[tokio::test]
async fn a_hint_alone_signs_out_without_leading_anywhere() {
    let scene = scene().await;
    for state in [vec![], vec![("state", "s")]] {
        let (mut visitor, hint) = signed_in(&scene).await;
        let cookie = visitor.browser.session_cookie.clone();
        let mut asked = vec![("id_token_hint", hint.as_str())];
        asked.extend(state);
        match visitor.signs_out(&asked, None).await {
            LogoutAnswer::SignedOut { client: Some(client), not_sent_on: None, was_signed_in: true } => {
                assert_eq!(client.id.as_str(), CLIENT)
            }
            other => panic!("{other:?}"),
        }
        assert!(!lives(&scene, &cookie).await);
    }
}

#[tokio::test]
async fn a_hint_of_someone_else_has_to_be_confirmed() {
    let scene = scene().await;
    let mut bob = scene.visitor();
    let asked = bob.asks("").await;
    let asked = bob.signs_in_as(&asked, BOB, BOBS_PASSWORD).await;
    let done = bob.presses(&asked, "allow").await;
    let hint = scene.redeems(CLIENT, done.code()).await.unwrap().id_token.unwrap();

    let (mut alice, _) = signed_in(&scene).await;
    let answer = alice.signs_out(&[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)], None).await;
    assert!(matches!(answer, LogoutAnswer::Confirm { .. }), "{answer:?}");
    assert!(lives(&scene, &alice.browser.session_cookie).await);
}

#[tokio::test]
async fn a_hint_of_one_client_does_not_speak_for_another() {
    let scene = scene().await;
    let (visitor, hint) = signed_in(&scene).await;
    let asked = params(&[("id_token_hint", &hint), ("client_id", "other"), ("post_logout_redirect_uri", BACK)]);
    let error = scene.engine.end_session(&asked, None, &visitor.browser).await.unwrap_err();
    assert!(matches!(error, WalkError::Direct(DirectError::Request(_))));
    assert!(lives(&scene, &visitor.browser.session_cookie).await);
    let agreed = params(&[("id_token_hint", &hint), ("client_id", CLIENT), ("post_logout_redirect_uri", BACK)]);
    let answer = scene.engine.end_session(&agreed, None, &visitor.browser).await.unwrap();
    assert_eq!(redirect(answer), BACK);
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_and_led_back_for_a_good_hint_alone() {
    let scene = scene().await;
    let (_, hint) = signed_in(&scene).await;
    let mut nobody = scene.visitor();
    for asked in [vec![], vec![("state", "s")], vec![("post_logout_redirect_uri", BACK)]] {
        let answer = nobody.signs_out(&asked, None).await;
        assert!(matches!(answer, LogoutAnswer::SignedOut { .. }), "{asked:?}: {answer:?}");
    }
    let asked = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK), ("state", "s")];
    assert_eq!(redirect(nobody.signs_out(&asked, None).await), format!("{BACK}?state=s"));
}

#[tokio::test]
async fn a_request_that_cannot_be_read_signs_nobody_out() {
    let scene = scene().await;
    let (visitor, hint) = signed_in(&scene).await;
    let twice = params(&[("id_token_hint", &hint), ("state", "a"), ("state", "b")]);
    let error = scene.engine.end_session(&twice, None, &visitor.browser).await.unwrap_err();
    assert!(matches!(error, WalkError::Direct(DirectError::Request(_))));
    assert!(lives(&scene, &visitor.browser.session_cookie).await);
}

#[tokio::test]
async fn a_sign_out_ends_one_session_and_leaves_the_others() {
    let scene = scene().await;
    let (mut here, hint) = signed_in(&scene).await;
    let (there, _) = signed_in(&scene).await;
    here.signs_out(&[("id_token_hint", &hint)], None).await;
    assert!(lives(&scene, &there.browser.session_cookie).await);
}

#[tokio::test]
async fn the_server_says_where_to_sign_out() {
    let metadata = serde_json::to_value(scene().await.engine.metadata()).unwrap();
    let https = |name: &str| metadata[name].as_str().is_some_and(|uri| uri.starts_with("https://"));
    assert!(
        ["end_session_endpoint", "authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
            .into_iter()
            .all(https)
    );
}
