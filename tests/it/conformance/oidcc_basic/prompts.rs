//! What is asked of the end-user, and what must not disturb (OpenID Connect Core 3.1.2.1).

use crate::conformance::suite::{Suite, USERNAME};
use crate::world::{Browser, RelyingParty};
use serde_json::{Value, json};
use std::time::Duration;

/// What a request may be refused with when nobody may be asked.
const SILENT_ERRORS: [&str; 4] =
    ["login_required", "interaction_required", "account_selection_required", "consent_required"];

async fn id_token(suite: &Suite, client: &RelyingParty, browser: &Browser, extra: &[(&str, &str)]) -> Value {
    let tokens = suite.tokens(client, browser, extra).await;
    suite.id_token(client, &tokens).await
}

/// A request with this beside it succeeds.
async fn succeeds(suite: &Suite, extra: &[(&str, &str)]) {
    let client = suite.client(json!({})).await;
    id_token(suite, &client, &Browser::new(), extra).await;
}

/// What is silently said of an end-user who signed in before.
async fn silently(suite: &Suite, client: &RelyingParty, browser: &Browser, extra: &[(&str, &str)]) -> Value {
    let response = suite.opens(client, browser, extra).await.response();
    let tokens = suite.redeems(client, &response).await;
    suite.id_token(client, &tokens).await
}

pub async fn oidcc_display_page(suite: &Suite) {
    succeeds(suite, &[("display", "page")]).await;
}

pub async fn oidcc_display_popup(suite: &Suite) {
    succeeds(suite, &[("display", "popup")]).await;
}

pub async fn oidcc_prompt_login(suite: &Suite) {
    let (client, browser) = (suite.client(json!({})).await, Browser::new());
    let first = id_token(suite, &client, &browser, &[]).await;
    let again = [("prompt", "login")];
    let page = suite.opens(&client, &browser, &again).await;
    let response =
        suite.goes_on(&client, &browser, crate::conformance::suite::Landing::Page(page.asks_to_sign_in())).await;
    let tokens = suite.redeems(&client, &response).await;
    let second = suite.id_token(&client, &tokens).await;
    assert_eq!(first["sub"], second["sub"]);
    assert!(second["auth_time"].as_i64() >= first["auth_time"].as_i64());
}

pub async fn oidcc_prompt_none_not_logged_in(suite: &Suite) {
    let client = suite.client(json!({})).await;
    let error = suite.opens(&client, &Browser::new(), &[("prompt", "none")]).await.error();
    assert!(SILENT_ERRORS.contains(&error.as_str()), "{error}");
}

pub async fn oidcc_prompt_none_logged_in(suite: &Suite) {
    let (client, browser) = (suite.client(json!({})).await, Browser::new());
    let first = id_token(suite, &client, &browser, &[]).await;
    let second = silently(suite, &client, &browser, &[("prompt", "none")]).await;
    assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]));
}

pub async fn oidcc_max_age_1(suite: &Suite) {
    let (client, browser) = (suite.client(json!({})).await, Browser::new());
    let first = id_token(suite, &client, &browser, &[]).await;
    tokio::time::sleep(Duration::from_millis(2_100)).await;
    let page = suite.opens(&client, &browser, &[("max_age", "1")]).await.asks_to_sign_in();
    let response = suite.goes_on(&client, &browser, crate::conformance::suite::Landing::Page(page)).await;
    let tokens = suite.redeems(&client, &response).await;
    let second = suite.id_token(&client, &tokens).await;
    assert!(second["auth_time"].as_i64() > first["auth_time"].as_i64(), "{first} {second}");
}

pub async fn oidcc_max_age_10000(suite: &Suite) {
    let (client, browser) = (suite.client(json!({})).await, Browser::new());
    let first = id_token(suite, &client, &browser, &[("max_age", "15000")]).await;
    let second = silently(suite, &client, &browser, &[("max_age", "10000")]).await;
    assert!(first["auth_time"].is_i64());
    assert_eq!((&first["sub"], &first["auth_time"]), (&second["sub"], &second["auth_time"]));
}

pub async fn oidcc_id_token_hint(suite: &Suite) {
    let (client, browser) = (suite.client(json!({})).await, Browser::new());
    let tokens = suite.tokens(&client, &browser, &[]).await;
    let hint = tokens["id_token"].as_str().unwrap();
    let second = silently(suite, &client, &browser, &[("prompt", "none"), ("id_token_hint", hint)]).await;
    assert_eq!(second["sub"], suite.id_token(&client, &tokens).await["sub"]);
}

pub async fn oidcc_login_hint(suite: &Suite) {
    succeeds(suite, &[("login_hint", "buffy@client.example")]).await;
    succeeds(suite, &[("login_hint", USERNAME)]).await;
}

pub async fn oidcc_ui_locales(suite: &Suite) {
    succeeds(suite, &[("ui_locales", "se")]).await;
    succeeds(suite, &[("ui_locales", "de en")]).await;
}

pub async fn oidcc_claims_locales(suite: &Suite) {
    succeeds(suite, &[("claims_locales", "se")]).await;
}

pub async fn oidcc_ensure_request_with_acr_values_succeeds(suite: &Suite) {
    let metadata = suite.provider.metadata().await;
    let known: Vec<&str> =
        metadata["acr_values_supported"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let client = suite.client(json!({})).await;
    let wished = id_token(suite, &client, &Browser::new(), &[("acr_values", &known.join(" "))]).await;
    assert!(known.contains(&wished["acr"].as_str().unwrap()), "{wished}");
    let unknown = id_token(suite, &client, &Browser::new(), &[("acr_values", "1 2")]).await;
    assert!(unknown["acr"].is_string(), "{unknown}");
}

pub async fn oidcc_ensure_request_with_unknown_parameter_succeeds(suite: &Suite) {
    succeeds(suite, &[("extra", "foobar")]).await;
}
