//! The `claims` parameter in full, and claims in languages (OpenID Connect Core 5.2, 5.5).

use crate::world::{BOB, BOBS_PASSWORD, Scene, Told};
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_testing::samples::{self, SUBJECT};
use serde_json::{Map, Value, json};

async fn speaking() -> Scene {
    let scene = Scene::new().await;
    let alice = samples::user(SUBJECT, "alice");
    let mut claims = alice.claims.clone();
    for (name, value) in [("name", "Carol"), ("name#de-CH", "Karoline"), ("name#fr", "Caroline")] {
        claims.insert(name.into(), value.into());
    }
    assert!(scene.stores.users.replace_claims(&alice.subject, &alice.claims, &claims).await.unwrap());
    scene
}

async fn told(scene: &Scene, query: &str) -> Map<String, Value> {
    let tokens = scene.tokens(query).await;
    match scene.engine.userinfo(&tokens.access_token).await.unwrap() {
        UserinfoAnswer::Claims(claims) => claims,
        UserinfoAnswer::Jwt(jwt) => panic!("{jwt}"),
    }
}

#[tokio::test]
async fn claims_come_in_the_languages_that_are_wanted() {
    let scene = speaking().await;
    let plain = told(&scene, "scope=openid+profile").await;
    assert_eq!((plain.get("name"), plain.get("name#fr")), (Some(&json!("Carol")), None));
    let german = told(&scene, "scope=openid+profile&claims_locales=de+en").await;
    assert_eq!((&german["name#de-CH"], german.get("name#fr")), (&json!("Karoline"), None));
    assert_eq!(german["name"], "Carol");
}

#[tokio::test]
async fn a_claim_in_a_language_can_be_asked_for_by_name() {
    let scene = speaking().await;
    let query = r#"scope=openid&claims={"userinfo":{"name%23fr":{"essential":true},"secret%23fr":null}}"#;
    let asked = told(&scene, query).await;
    assert_eq!((&asked["name#fr"], asked.get("name")), (&json!("Caroline"), None));
    assert!(!asked.contains_key("secret#fr"));
}

#[tokio::test]
async fn a_claim_with_another_value_than_the_one_asked_for_is_left_out() {
    let scene = speaking().await;
    let query = r#"scope=openid&claims={"userinfo":{"name":{"value":"Carol"},"email":{"values":["x@example.com"]}}}"#;
    let asked = told(&scene, query).await;
    assert_eq!((&asked["name"], asked.get("email")), (&json!("Carol"), None));
}

#[tokio::test]
async fn who_is_asked_for_as_sub_must_be_the_one_who_signs_in() {
    let scene = Scene::new().await;
    let mut visitor = scene.visitor();
    let asking = |sub: &str| format!(r#"claims={{"id_token":{{"sub":{{"value":"{sub}"}}}}}}"#);
    let page = visitor.asks(&asking(SUBJECT)).await;
    let outcome = visitor.signs_in(&page).await;
    assert!(visitor.completes_from(outcome).await.parameter("code").is_some());
    let silent = |sub: &str| format!("prompt=none&{}", asking(sub));
    assert!(visitor.asks(&silent(SUBJECT)).await.parameter("code").is_some());
    assert_eq!(visitor.asks(&silent(BOB)).await.error(), "login_required");
    let several = format!(r#"prompt=none&claims={{"id_token":{{"sub":{{"values":["x","{SUBJECT}"]}}}}}}"#);
    assert!(visitor.asks(&several).await.parameter("code").is_some());
    let mut stranger = scene.visitor();
    let page = stranger.asks(&asking(SUBJECT)).await;
    let outcome = stranger.signs_in_as(&page, BOB, BOBS_PASSWORD).await;
    assert_eq!(outcome.error(), "login_required", "another signed in");
}
