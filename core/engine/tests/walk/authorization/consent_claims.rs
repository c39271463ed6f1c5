//! Claims asked for by name are consented to like scope (OpenID Connect Core 3.1.2.4, 5.5).

use crate::world::{CLIENT, Scene, Told, Visitor, asking_password, client, first_party};
use gatewright_domain::client::Client;
use gatewright_domain::flow::FlowEnd;
use gatewright_domain::hooks::ConsentDecision;
use gatewright_engine::authorization::{Outcome, PageKind, PageToShow};
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_testing::policies::FixedPolicy;
use gatewright_testing::samples::scope;
use gatewright_testing::signing::claims_of;
use serde_json::{Map, Value};

/// The end-user's email address in the ID token, the telephone number at userinfo, and what is nobody's to consent to.
const BY_NAME: &str = r#"{"id_token":{"email":null,"acr":null,"shoe_size":null},"userinfo":{"phone_number":{"essential":true},"name":null,"sub":null}}"#;

fn asking(claims: &str) -> String {
    url::form_urlencoded::Serializer::new(String::new()).append_pair("claims", claims).finish()
}

/// [`CLIENT`] with every standard scope.
fn allowed_all() -> Client {
    Client { scope: scope("openid profile email phone address"), ..client(CLIENT) }
}

async fn under(policy: FixedPolicy) -> Scene {
    let scene = Scene::under(policy).await;
    scene.registers(allowed_all()).await;
    scene
}

/// Claims the page names.
async fn named(visitor: &Visitor<'_>, page: &Outcome) -> Vec<String> {
    match visitor.sees(page).await.page {
        PageToShow::Consent { claims, .. } => claims,
        page => panic!("{page:?}"),
    }
}

async fn told(scene: &Scene, done: &Outcome) -> (Map<String, Value>, Map<String, Value>) {
    let tokens = scene.redeems(CLIENT, done.code()).await.unwrap();
    let UserinfoAnswer::Claims(userinfo) = scene.engine.userinfo(&tokens.access_token).await.unwrap() else { panic!() };
    (claims_of(&tokens.id_token.unwrap()), userinfo)
}

#[tokio::test]
async fn the_page_names_the_claims_that_the_scope_does_not_stand_for() {
    let scene = under(asking_password()).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks(&asking(BY_NAME)).await;
    let consent = visitor.signs_in(&asked).await;
    assert_eq!(named(&visitor, &consent).await, ["email", "phone_number"]);
    let done = visitor.presses(&consent, "allow").await;
    let (id_token, userinfo) = told(&scene, &done).await;
    assert!(id_token.contains_key("email") && !id_token.contains_key("shoe_size"));
    assert!(userinfo.contains_key("name"));
}

#[tokio::test]
async fn consent_to_a_scope_covers_no_claim_that_is_asked_for_later() {
    let scene = under(asking_password()).await;
    let mut visitor = scene.visitor();
    visitor.completes("").await;
    let silent = visitor.asks(&format!("prompt=none&{}", asking(BY_NAME))).await;
    assert_eq!(silent.error(), "consent_required");
    let consent = visitor.asks(&asking(BY_NAME)).await;
    assert_eq!(consent.page(), Some(PageKind::Consent));
    visitor.presses(&consent, "allow").await;

    assert!(visitor.asks(&asking(BY_NAME)).await.parameter("code").is_some(), "it is remembered");
    let less = asking(r#"{"userinfo":{"email":null}}"#);
    assert!(visitor.asks(&less).await.parameter("code").is_some(), "wherever they go");
    let more = visitor.asks(&asking(r#"{"userinfo":{"email":null,"address":null}}"#)).await;
    assert_eq!(named(&visitor, &more).await, ["address", "email"]);
}

#[tokio::test]
async fn what_a_scope_that_was_allowed_stands_for_is_not_asked_for_again() {
    let scene = under(asking_password()).await;
    let mut visitor = scene.visitor();
    visitor.completes("scope=openid+email").await;
    let by_name = asking(r#"{"id_token":{"email":null}}"#);
    let done = visitor.asks(&format!("scope=openid&{by_name}")).await;
    let (id_token, _) = told(&scene, &done).await;
    assert!(id_token.contains_key("email"));
}

#[tokio::test]
async fn a_claim_of_a_scope_that_was_not_granted_is_not_told_by_its_name() {
    let policy = asking_password().on_consent(|input, _| {
        assert_eq!(input.requested, ["phone_number"]);
        Ok(FlowEnd::Decided(ConsentDecision::Grant { scope: scope("openid"), remember: true }))
    });
    let scene = under(policy).await;
    let by_name = asking(r#"{"id_token":{"email":null,"phone_number":null}}"#);
    let done = scene.visitor().completes(&format!("scope=openid+email&{by_name}")).await;
    let (id_token, _) = told(&scene, &done).await;
    assert!(!id_token.contains_key("email"), "the hook left the scope out");
}

#[tokio::test]
async fn what_was_not_consented_to_is_not_told_when_the_client_may_ask_for_more_later() {
    let scene = Scene::new().await;
    scene.registers(Client { scope: scope("openid profile"), ..client(CLIENT) }).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks(&asking(BY_NAME)).await;
    let consent = visitor.signs_in(&asked).await;
    assert!(named(&visitor, &consent).await.is_empty(), "it could not be told");
    let done = visitor.presses(&consent, "allow").await;
    scene.registers(allowed_all()).await;
    let (id_token, userinfo) = told(&scene, &done).await;
    assert!(!id_token.contains_key("email") && !userinfo.contains_key("phone_number"));
}

#[tokio::test]
async fn a_claim_that_the_policy_serves_is_consented_to_by_name() {
    let scene = under(asking_password().serving(&[], &["shoe_size"])).await;
    let mut visitor = scene.visitor();
    let asked = visitor.asks(&asking(r#"{"id_token":{"shoe_size":null}}"#)).await;
    let consent = visitor.signs_in(&asked).await;
    assert_eq!(named(&visitor, &consent).await, ["shoe_size"]);
}

#[tokio::test]
async fn the_operators_own_client_is_told_what_it_asks_by_name() {
    let scene = Scene::new().await;
    scene.registers(first_party(CLIENT)).await;
    let done = scene.visitor().completes(&asking(BY_NAME)).await;
    let (id_token, _) = told(&scene, &done).await;
    assert!(id_token.contains_key("email"));
}
