//! Members about authorization requests.

use serde_json::json;

use super::{
    rules::{bad, refused},
    verify,
};

#[test]
fn documents_of_request_objects_are_at_places_the_server_fetches_from() {
    let long = format!("https://c.example/{}", "x".repeat(500));
    for uri in ["https://c.example/r.jwt#hash", "http://localhost:8080/r.jwt", "http://127.0.0.1/r", &long] {
        assert_eq!(verify(json!({ "request_uris": [uri] })).unwrap().registered.requests.request_uris, [uri]);
    }
    for uri in
        ["http://c.example/r", "https://u:p@c.example/r", "urn:ietf:params:oauth:request_uri:x", "file:///r", "x"]
    {
        assert_eq!(refused(json!({ "request_uris": ["https://c.example/r", uri] })), bad("request_uris"), "{uri}");
    }
}

#[test]
fn who_must_sign_its_requests_has_keys_and_an_algorithm() {
    let with = |more: serde_json::Value| {
        let mut members = json!({ "require_signed_request_object": true });
        members.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        members
    };
    assert_eq!(refused(with(json!({}))), bad("require_signed_request_object"));
    let unsigned = json!({ "jwks": { "keys": [] }, "request_object_signing_alg": "none" });
    assert_eq!(refused(with(unsigned)), bad("request_object_signing_alg"));
    assert!(verify(with(json!({ "jwks_uri": "https://c.example/jwks" }))).is_ok());
    assert!(verify(json!({ "request_object_signing_alg": "none" })).is_ok(), "the server's settings decide");
}
