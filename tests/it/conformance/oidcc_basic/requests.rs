//! Request objects that nobody signed (OpenID Connect Core 6.1): they are not offered, and never taken for nothing.

use crate::conformance::suite::{Landing, Suite};
use crate::world::Browser;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// What says that a request object is not taken.
const REFUSALS: [&str; 5] = [
    "request_not_supported",
    "request_uri_not_supported",
    "invalid_request_object",
    "invalid_request_uri",
    "invalid_request",
];

fn unsigned(claims: &Value) -> String {
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(claims))
}

async fn is_not_offered(suite: &Suite) {
    let metadata = suite.provider.metadata().await;
    let offered = metadata["request_object_signing_alg_values_supported"].as_array();
    assert!(offered.is_none_or(|offered| !offered.contains(&json!("none"))), "{metadata}");
}

fn is_refused(landing: Landing) {
    match landing {
        Landing::Page(answer) => assert!(answer.status.is_client_error(), "{}\n{}", answer.status, answer.body),
        Landing::Response(response) => assert!(REFUSALS.contains(&response["error"].as_str()), "{response:?}"),
    }
}

pub async fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(suite: &Suite) {
    is_not_offered(suite).await;
    let client = suite.client(json!({})).await;
    let uri = [("request_uri", "https://client.example/request.jwt")];
    is_refused(suite.opens(&client, &Browser::new(), &uri).await);
}

pub async fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(suite: &Suite) {
    is_not_offered(suite).await;
    let client = suite.client(json!({})).await;
    let object = unsigned(&json!({ "client_id": client.client_id, "response_type": "code", "scope": "openid" }));
    is_refused(suite.opens(&client, &Browser::new(), &[("request", &object)]).await);
}

pub async fn oidcc_ensure_request_object_with_redirect_uri(suite: &Suite) {
    is_not_offered(suite).await;
    let client = suite.client(json!({})).await;
    let object = unsigned(&json!({
        "client_id": client.client_id, "response_type": "code", "scope": "openid",
        "redirect_uri": "https://client.example/another/callback",
    }));
    is_refused(suite.opens(&client, &Browser::new(), &[("request", &object)]).await);
}
