//! `/userinfo` (OpenID Connect Core 5.3, 5.4, 5.5).

use crate::world::{CLIENT, ISSUER, Parts, Scene, Told, asking_password, broken, client, refusal};
use gatewright_domain::client::{Client, TokenPreferences};
use gatewright_domain::hooks::{ClaimsDecision, ClaimsDestination};
use gatewright_engine::error::EndpointError;
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use gatewright_testing::samples::{SUBJECT, scope, word};
use gatewright_testing::signing::claims_of;
use serde_json::{Map, Value, json};

async fn told(scene: &Scene, query: &str) -> Map<String, Value> {
    let tokens = scene.tokens(query).await;
    match scene.engine.userinfo(&tokens.access_token).await.unwrap() {
        UserinfoAnswer::Claims(claims) => claims,
        UserinfoAnswer::Jwt(jwt) => panic!("{jwt}"),
    }
}

fn names(claims: &Map<String, Value>) -> Vec<&str> {
    let mut names: Vec<&str> = claims.keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

#[tokio::test]
async fn a_scope_stands_for_its_claims_and_no_others() {
    let scene = Scene::new().await;
    let profile = ["name", "preferred_username", "sub", "updated_at"];
    assert_eq!(names(&told(&scene, "scope=openid").await), ["sub"]);
    assert_eq!(names(&told(&scene, "scope=openid+profile").await), profile);
    let email = told(&scene, "scope=openid+email").await;
    assert_eq!(names(&email), ["email", "email_verified", "sub"]);
    assert_eq!((&email["sub"], &email["email_verified"]), (&SUBJECT.into(), &true.into()));
}

#[tokio::test]
async fn the_operators_own_scopes_stand_for_their_claims() {
    let mut parts = Parts::new();
    parts.settings.scopes.insert("contact".to_owned(), vec!["email".to_owned()]);
    let scene = parts.built().await;
    scene.registers(Client { scope: scope("openid contact"), ..client(CLIENT) }).await;
    assert_eq!(names(&told(&scene, "scope=openid+contact").await), ["email", "sub"]);
}

#[tokio::test]
async fn a_claim_can_be_asked_for_by_name() {
    let scene = Scene::new().await;
    let asked =
        told(&scene, r#"scope=openid&claims={"userinfo":{"email":{"essential":true},"phone_number":null}}"#).await;
    assert_eq!(names(&asked), ["email", "sub"], "what the account has not is left out");
    let tokens = scene.tokens(r#"scope=openid&claims={"id_token":{"name":null}}"#).await;
    assert_eq!(claims_of(&tokens.id_token.unwrap())["name"], "Alice Liddell");
}

#[tokio::test]
async fn a_claim_cannot_be_asked_for_by_name_where_no_scope_of_the_client_stands_for_it() {
    let scene = Scene::new().await;
    scene.registers(Client { scope: scope("openid profile"), ..client(CLIENT) }).await;
    let query = r#"scope=openid&claims={"userinfo":{"email":null,"name":null,"sub":null},"id_token":{"email":null}}"#;
    assert_eq!(names(&told(&scene, query).await), ["name", "sub"]);
    let tokens = scene.tokens(query).await;
    assert!(!claims_of(&tokens.id_token.unwrap()).contains_key("email"));
}

#[tokio::test]
async fn the_claims_hook_adds_and_may_replace_what_scopes_gave() {
    let policy = asking_password().on_claims(|input| {
        assert_eq!(input.user.subject.as_str(), SUBJECT);
        let claims = match input.destination {
            ClaimsDestination::Userinfo => json!({ "name": "A. Liddell", "roles": ["staff"], "sub": "evil" }),
            _ => json!({}),
        };
        Ok(ClaimsDecision { claims: claims.as_object().cloned().unwrap() })
    });
    let scene = Scene::under(policy).await;
    let claims = told(&scene, "").await;
    assert_eq!(
        (&claims["name"], &claims["roles"], &claims["sub"]),
        (&"A. Liddell".into(), &json!(["staff"]), &SUBJECT.into())
    );
}

#[tokio::test]
async fn a_fault_of_the_claims_hook_is_a_server_error() {
    let policy = asking_password().on_claims(|input| match input.destination {
        ClaimsDestination::Userinfo => broken(),
        _ => Ok(ClaimsDecision::default()),
    });
    let scene = Scene::under(policy).await;
    let tokens = scene.tokens("").await;
    let error = scene.engine.userinfo(&tokens.access_token).await.unwrap_err();
    assert!(matches!(error, EndpointError::Hook(_)));
    assert_eq!(error.refusal().code(), ErrorCode::ServerError);
}

#[tokio::test]
async fn a_client_that_registered_an_algorithm_gets_a_signed_answer() {
    let scene = Scene::new().await;
    let tokens = TokenPreferences { userinfo_algorithm: Some(JwsAlgorithm::RS256), ..client(CLIENT).tokens };
    scene.registers(Client { tokens, ..client(CLIENT) }).await;
    let tokens = scene.tokens("").await;
    let UserinfoAnswer::Jwt(jwt) = scene.engine.userinfo(&tokens.access_token).await.unwrap() else {
        panic!("it is not signed")
    };
    let claims = claims_of(&jwt);
    assert_eq!((&claims["iss"], &claims["aud"], &claims["sub"]), (&ISSUER.into(), &CLIENT.into(), &SUBJECT.into()));
    assert!(!claims.contains_key("nonce"));
}

#[tokio::test]
async fn a_token_that_is_not_good_for_it_is_refused() {
    let scene = Scene::new().await;
    let without = scene.tokens("scope=profile").await;
    assert_eq!(refusal(scene.engine.userinfo(&without.access_token).await), ErrorCode::InsufficientScope);
    let tokens = scene.tokens("").await;
    for other in [tokens.id_token.as_deref().unwrap(), tokens.refresh_token.as_deref().unwrap(), "made-up", ""] {
        assert_eq!(refusal(scene.engine.userinfo(other).await), ErrorCode::InvalidToken, "{other}");
    }
    scene.stores.clients.remove(&word(CLIENT)).await.unwrap();
    assert_eq!(refusal(scene.engine.userinfo(&tokens.access_token).await), ErrorCode::InvalidToken);
}

#[tokio::test]
async fn the_subject_is_the_one_of_the_id_token() {
    let scene = Scene::new().await;
    let subject_type = gatewright_protocol::subject_type::SubjectType::Pairwise;
    scene.registers(Client { subject_type, sector: Some("a.example".to_owned()), ..client(CLIENT) }).await;
    let done = scene.visitor().completes("").await;
    let tokens = scene.redeems(CLIENT, done.code()).await.unwrap();
    let UserinfoAnswer::Claims(claims) = scene.engine.userinfo(&tokens.access_token).await.unwrap() else {
        panic!("it is signed")
    };
    assert_eq!(claims["sub"], claims_of(&tokens.id_token.unwrap())["sub"]);
}
