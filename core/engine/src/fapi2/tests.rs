//! Each rule of the profile, by what it refuses.

use super::*;
use crate::authorization::tests::sample_client;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::params::Params;
use gatewright_protocol::registration::binding_metadata::BindingMetadata;
use gatewright_protocol::registration::metadata::ClientMetadata;
use serde_json::{Value, json};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn settings() -> Settings {
    Settings::new(Issuer::try_from("https://id.example").unwrap())
}

fn held() -> Client {
    let binding = BindingMetadata { profile: Some(SecurityProfile::Fapi2), ..BindingMetadata::default() };
    Client { binding, ..sample_client() }
}

#[test]
fn a_client_is_held_to_its_own_profile_or_to_that_of_the_server() {
    let everyone = {
        let mut settings = settings();
        settings.binding.profile = Some(SecurityProfile::Fapi2);
        settings
    };
    assert!(!applies(&settings(), &sample_client()));
    assert!(applies(&settings(), &held()));
    assert!(applies(&everyone, &sample_client()));
}

#[test]
fn a_code_lives_a_minute_at_most() {
    let mut settings = settings();
    for (configured, lives) in [(600, 60), (60, 60), (30, 30)] {
        settings.lifetimes.code_s = configured;
        assert_eq!(code_s(&settings, &held()), lives);
        assert_eq!(code_s(&settings, &sample_client()), configured);
    }
}

#[test]
fn a_request_is_pushed_and_asks_with_pkce_for_a_code_alone() {
    let asked = |query: &str| AuthorizationRequest::parse(&Params::parse_query(query).unwrap()).unwrap();
    let whole = format!("response_type=code&code_challenge={CHALLENGE}&code_challenge_method=S256");
    let code = |refused: Result<(), Refusal>| refused.map_err(|refusal| refusal.code());
    assert_eq!(code(admit_request(&asked(&whole), true)), Ok(()));
    assert_eq!(code(admit_request(&asked(&whole), false)), Err(ErrorCode::InvalidRequest));
    assert_eq!(code(admit_request(&asked("response_type=code"), true)), Err(ErrorCode::InvalidRequest));
    let hybrid = format!("{}&nonce=n", whole.replace("code&", "code%20id_token&"));
    assert_eq!(code(admit_request(&asked(&hybrid), true)), Err(ErrorCode::UnauthorizedClient));
}

#[test]
fn only_a_private_key_or_a_certificate_proves_who_a_client_is() {
    for method in ClientAuthMethod::ALL {
        let fits = method.is_by_certificate() || *method == ClientAuthMethod::PrivateKeyJwt;
        assert_eq!(admit_method(*method).is_ok(), fits, "{method}");
    }
    assert_eq!(narrowed(JwsAlgorithm::ALL), [JwsAlgorithm::PS256, JwsAlgorithm::ES256, JwsAlgorithm::EdDSA]);
}

fn registered(changes: &Value) -> Result<(), Refusal> {
    let mut document = json!({
        "redirect_uris": ["https://c.example/cb"], "token_endpoint_auth_method": "private_key_jwt",
        "jwks_uri": "https://c.example/jwks", "id_token_signed_response_alg": "ES256",
    });
    for (member, value) in changes.as_object().unwrap() {
        document[member] = value.clone();
    }
    admit_registration(&ClientMetadata::from_json(&document).unwrap().verify().unwrap())
}

#[test]
fn a_registration_that_contradicts_the_profile_is_refused_by_its_member() {
    for fine in [
        json!({}),
        json!({ "token_endpoint_auth_signing_alg": "PS256", "request_object_signing_alg": "EdDSA" }),
        json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth" }),
        json!({ "grant_types": ["client_credentials"], "redirect_uris": [] }),
        json!({ "application_type": "native", "redirect_uris": ["http://127.0.0.1/cb"] }),
    ] {
        assert_eq!(registered(&fine), Ok(()), "{fine}");
    }
    for (member, changes) in [
        ("token_endpoint_auth_method", json!({ "token_endpoint_auth_method": "client_secret_basic" })),
        ("token_endpoint_auth_method", json!({ "token_endpoint_auth_method": "client_secret_jwt" })),
        ("token_endpoint_auth_method", json!({ "token_endpoint_auth_method": "none" })),
        ("token_endpoint_auth_signing_alg", json!({ "token_endpoint_auth_signing_alg": "RS256" })),
        ("id_token_signed_response_alg", json!({ "id_token_signed_response_alg": "RS256" })),
        ("userinfo_signed_response_alg", json!({ "userinfo_signed_response_alg": "RS256" })),
        ("authorization_signed_response_alg", json!({ "authorization_signed_response_alg": "RS256" })),
        ("request_object_signing_alg", json!({ "request_object_signing_alg": "none" })),
        ("request_object_signing_alg", json!({ "request_object_signing_alg": "RS256" })),
        ("require_pushed_authorization_requests", json!({ "require_pushed_authorization_requests": false })),
        ("grant_types", json!({ "grant_types": ["authorization_code", "implicit"] })),
        ("grant_types", json!({ "response_types": ["code id_token"] })),
    ] {
        let refusal = registered(&changes).unwrap_err();
        assert_eq!(refusal.code(), ErrorCode::InvalidClientMetadata);
        assert!(refusal.description().contains(&format!("The member {member} ")), "{refusal}");
    }
}
