//! `request` and `request_uri` (OpenID Connect Core 6, RFC 9101), with real signatures.

use crate::world::document::published_as;
use crate::world::relying_party::response_of;
use crate::world::signature::ClientKey;
use crate::world::{Browser, RelyingParty, Server};
use serde_json::{Value, json};

async fn state_of(client: &RelyingParty, extra: &[(&str, &str)]) -> String {
    let answer = Browser::new().sign_in(&client.authorization_url(extra), "alice", "wonderland").await;
    let response = response_of(&answer);
    assert!(response.contains_key("code"), "{response:?}");
    response["state"].clone()
}

#[tokio::test]
async fn a_request_object_is_taken_by_value_by_reference_and_pushed() {
    let server = Server::quickstart();
    let key = ClientKey::generate();
    let claims = |state: &str, more: Value| {
        let mut claims = json!({ "iss": "-", "aud": server.issuer, "response_type": "code", "state": state });
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    };
    let published = published_as("text/plain", key.sign(&json!({ "state": "by reference" })) + "\n");
    let members = json!({ "jwks": key.jwks(), "request_uris": [published], "request_object_signing_alg": "ES256" });
    let client = RelyingParty::register(&server, members).await;
    let id = client.client_id.as_str();

    let by_value = key.sign(&claims("by value", json!({ "iss": id })));
    assert_eq!(state_of(&client, &[("request", &by_value)]).await, "by value");
    assert_eq!(state_of(&client, &[("request_uri", &published)]).await, "by reference");

    let whole = json!({ "iss": id, "client_id": id, "redirect_uri": client.redirect_uri, "scope": "openid" });
    let pushed = client.post("/par", &[("request", &key.sign(&claims("pushed", whole)))]).await;
    assert_eq!(pushed.status, 201, "{}", pushed.body);
    let name = pushed.json()["request_uri"].as_str().unwrap().to_owned();
    assert_eq!(state_of(&client, &[("request_uri", &name)]).await, "pushed");
}
