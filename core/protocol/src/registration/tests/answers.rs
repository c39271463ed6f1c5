//! What a client is told of its registration.

use super::*;
use crate::{client_id::ClientId, registration::response::RegistrationResponse};

#[test]
fn the_client_is_told_all_that_is_registered_defaults_included() {
    let verified = verify(json!({"client_name": "Client", "client_name#de": "Klient", "scope": "openid"})).unwrap();
    let response = RegistrationResponse {
        client_id: ClientId::try_from("c").unwrap(),
        client_secret: Some("s3cret".to_owned()),
        client_id_issued_at: 1_700_000_000,
        client_secret_expires_at: Some(0),
        registration_access_token: Some("r4t".to_owned()),
        registration_client_uri: Some("https://as.example/register/c".to_owned()),
        metadata: verified.registered,
    };
    let expected = json!({
        "client_id": "c", "client_secret": "s3cret", "client_id_issued_at": 1_700_000_000, "client_secret_expires_at": 0,
        "registration_access_token": "r4t", "registration_client_uri": "https://as.example/register/c",
        "redirect_uris": ["https://c.example/cb"], "response_types": ["code"],
        "grant_types": ["authorization_code", "refresh_token"], "application_type": "web", "subject_type": "public",
        "client_name": "Client", "client_name#de": "Klient", "scope": "openid",
        "token_endpoint_auth_method": "client_secret_basic", "id_token_signed_response_alg": "RS256",
        "require_auth_time": false, "require_pkce": false,
    });
    assert_eq!(serde_json::to_value(&response).unwrap(), expected);
    let shown = format!("{response:?}");
    assert!(!shown.contains("s3cret") && !shown.contains("r4t"), "{shown}");
}

#[test]
fn what_is_registered_verifies_to_itself() {
    let table = [
        json!({}),
        json!({"subject_type": "pairwise"}),
        json!({"grant_types": ["client_credentials"]}),
        json!({"token_endpoint_auth_method": "client_secret_jwt"}),
        json!({"application_type": "native", "redirect_uris": ["com.example.app:/cb"], "access_token_as_jwt": true}),
    ];
    for members in table {
        let verified = verify(members.clone()).unwrap();
        let stored = serde_json::to_string(&verified.registered).unwrap();
        let read = ClientMetadata::parse(stored.as_bytes()).unwrap();
        assert_eq!(read.verify(), Ok(verified), "{members}");
    }
}

#[test]
fn a_client_without_secrets_is_told_of_none() {
    let response = RegistrationResponse {
        client_id: ClientId::try_from("c").unwrap(),
        client_secret: None,
        client_id_issued_at: 1,
        client_secret_expires_at: None,
        registration_access_token: None,
        registration_client_uri: None,
        metadata: ClientMetadata::default(),
    };
    assert_eq!(serde_json::to_value(&response).unwrap(), json!({"client_id": "c", "client_id_issued_at": 1}));
}
