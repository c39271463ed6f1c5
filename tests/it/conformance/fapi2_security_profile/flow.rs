//! Authorization requests and their responses.

use super::{Fapi, changed, json, refused};
use crate::world::Browser;
use crate::world::jwt;
use crate::world::relying_party::response_of;
use reqwest::{Method, StatusCode};
use serde_json::Value;

/// The claims of the ID token that a request of the first client leads to.
async fn id_token(fapi: &Fapi, changes: &Value) -> Value {
    let response = fapi.authorized(&fapi.one, changes).await;
    let answer = fapi.post_as(&fapi.one, "/token", fapi.redemption(&response["code"], &json!({}))).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    jwt::claims(answer.json()["id_token"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn user_rejects_authentication() {
    // At another server the end-user may have allowed it before.
    let fapi = Fapi::with("");
    let url = fapi.url_of(&fapi.one, &fapi.push(&fapi.one, &json!({})).await);
    let browser = Browser::with(fapi.http.clone());
    let page = browser.open(&url).await.page();
    let typed = [("username", "alice"), ("password", "wonderland")];
    let consent = browser.submit(&page, &typed, &page.main_button()).await.page();
    let response = response_of(&browser.submit(&consent, &[], "deny").await);
    assert_eq!((response["error"].as_str(), response["state"].as_str()), ("access_denied", "state-1"));
    assert_eq!(response["iss"], fapi.server.issuer);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_without_state_success() {
    let fapi = Fapi::start();
    let response = fapi.authorized(&fapi.one, &json!({ "state": null })).await;
    assert!(response.contains_key("code") && !response.contains_key("state"), "{response:?}");
    let answer = fapi.post_as(&fapi.one, "/token", fapi.redemption(&response["code"], &json!({}))).await;
    let claims = jwt::claims(answer.json()["id_token"].as_str().unwrap());
    assert!(claims.get("s_hash").is_none(), "{claims}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_without_nonce_success() {
    let fapi = Fapi::start();
    assert!(id_token(&fapi, &json!({ "nonce": null })).await.get("nonce").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_64_char_nonce_success() {
    let (fapi, nonce) = (Fapi::start(), "n".repeat(64));
    assert_eq!(id_token(&fapi, &json!({ "nonce": nonce })).await["nonce"], nonce);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_long_nonce() {
    let (fapi, nonce) = (Fapi::start(), "n".repeat(384));
    let pushed = fapi.push(&fapi.one, &json!({ "nonce": nonce })).await;
    if pushed.status == StatusCode::CREATED {
        assert_eq!(id_token(&fapi, &json!({ "nonce": nonce })).await["nonce"], nonce, "never cut");
    } else {
        refused(&pushed, &["invalid_request"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_authorization_request_with_long_state() {
    let (fapi, state) = (Fapi::start(), "s".repeat(128));
    let response = fapi.authorized(&fapi.one, &json!({ "state": state })).await;
    assert_eq!(response["state"], state);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_other_scope_order_succeeds() {
    let fapi = Fapi::start();
    let response = fapi.authorized(&fapi.one, &json!({ "scope": "offline_access openid" })).await;
    assert!(response.contains_key("code"), "{response:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn test_claims_parameter_identity_claims() {
    let fapi = Fapi::start();
    let claims = json!({
        "id_token": { "email": null, "name": { "essential": true }, "https://unknown.example/claim": { "value": "x" } },
        "userinfo": { "nickname": { "values": ["a", "b"] }, "unknown": null },
    });
    assert_eq!(id_token(&fapi, &json!({ "claims": claims.to_string() })).await["iss"], fapi.server.issuer);
}

/// The request object of the first client, pushed with parameters beside it.
async fn pushed_in_object(fapi: &Fapi, inside: &Value, outside: &Value) -> crate::world::Answer {
    let mut claims = fapi.request(&fapi.one, inside);
    for (name, value) in [("iss", json!("one")), ("aud", json!(fapi.server.issuer))] {
        claims[name] = value;
    }
    let now = super::now();
    (claims["exp"], claims["nbf"]) = (json!(now + 300), json!(now));
    let header = json!({ "alg": "ES256", "kid": "k1", "typ": "oauth-authz-req+jwt" });
    let object = fapi.one.key.sign_under(&header, &claims.to_string());
    let form = changed(json!({ "client_id": "one", "request": object }), outside);
    fapi.post_as(&fapi.one, "/par", form).await
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_different_nonce_inside_and_outside_request_object() {
    let fapi = Fapi::start();
    let pushed = pushed_in_object(&fapi, &json!({ "nonce": "inside" }), &json!({ "nonce": "outside" })).await;
    let answer = fapi.browser.sign_in(&fapi.url_of(&fapi.one, &pushed), "alice", "wonderland").await;
    let code = response_of(&answer)["code"].clone();
    let tokens = fapi.post_as(&fapi.one, "/token", fapi.redemption(&code, &json!({}))).await.json();
    assert_eq!(jwt::claims(tokens["id_token"].as_str().unwrap())["nonce"], "inside");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_different_state_inside_and_outside_request_object() {
    let fapi = Fapi::start();
    let pushed = pushed_in_object(&fapi, &json!({ "state": "inside" }), &json!({ "state": "outside" })).await;
    let answer = fapi.browser.sign_in(&fapi.url_of(&fapi.one, &pushed), "alice", "wonderland").await;
    assert_eq!(response_of(&answer)["state"], "inside");
}

#[tokio::test(flavor = "multi_thread")]
async fn state_only_outside_request_object_not_used() {
    let fapi = Fapi::start();
    let pushed = pushed_in_object(&fapi, &json!({ "state": null }), &json!({})).await;
    let url = format!("{}&state=outside", fapi.url_of(&fapi.one, &pushed));
    let response = response_of(&fapi.browser.sign_in(&url, "alice", "wonderland").await);
    assert!(response.contains_key("code") && !response.contains_key("state"), "{response:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_request_object_without_redirect_uri_fails() {
    let fapi = Fapi::start();
    let pushed = pushed_in_object(&fapi, &json!({ "redirect_uri": null }), &json!({})).await;
    refused(&pushed, &["invalid_request", "invalid_request_object"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_fapi_ensure_registered_redirect_uri() {
    let fapi = Fapi::start();
    let pushed = fapi.push(&fapi.one, &json!({ "redirect_uri": "https://client.example/cb/other" })).await;
    refused(&pushed, &["invalid_request", "invalid_request_object"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_redirect_uri_in_authorization_request() {
    let fapi = Fapi::start();
    let pushed = fapi.push(&fapi.one, &json!({ "redirect_uri": null })).await;
    refused(&pushed, &["invalid_request", "invalid_request_object"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_unsigned_authorization_request_without_using_par_fails() {
    let fapi = Fapi::start();
    let mut url = url::Url::parse(&fapi.server.at("/authorize")).unwrap();
    for (name, value) in fapi.request(&fapi.one, &json!({})).as_object().unwrap() {
        url.query_pairs_mut().append_pair(name, value.as_str().unwrap());
    }
    fapi.turned_down(url.as_str(), &["invalid_request"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_response_type_code_idtoken_fails() {
    let fapi = Fapi::start();
    let pushed = fapi.push(&fapi.one, &json!({ "response_type": "code id_token" })).await;
    refused(&pushed, &["unsupported_response_type", "invalid_request", "unauthorized_client"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ensure_response_type_token_fails() {
    let fapi = Fapi::start();
    let pushed = fapi.push(&fapi.one, &json!({ "response_type": "token" })).await;
    refused(&pushed, &["unsupported_response_type", "invalid_request", "unauthorized_client"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn par_attempt_invalid_http_method() {
    let fapi = Fapi::start();
    for method in [Method::GET, Method::PUT] {
        let answer = fapi.send(method.clone(), &fapi.server.at("/par"), &[], None).await;
        assert!(answer.status.is_client_error(), "{method}: {}", answer.status);
    }
}
