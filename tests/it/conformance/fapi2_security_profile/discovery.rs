//! What the server says of itself.

use super::{Fapi, json};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread")]
async fn discovery_end_point_verification() {
    let fapi = Fapi::with("protocol.profile = \"fapi2\"\n");
    let url = fapi.server.at("/.well-known/openid-configuration");
    let metadata = fapi.send(Method::GET, &url, &[], None).await.json();
    assert_eq!(metadata["issuer"], fapi.server.issuer);
    let allowed = [json!("PS256"), json!("ES256"), json!("EdDSA")];
    for list in [
        "token_endpoint_auth_signing_alg_values_supported",
        "id_token_signing_alg_values_supported",
        "dpop_signing_alg_values_supported",
        "request_object_signing_alg_values_supported",
    ] {
        let found = metadata[list].as_array().unwrap_or_else(|| panic!("{list} is missing"));
        assert!(!found.is_empty() && found.iter().all(|algorithm| allowed.contains(algorithm)), "{list}: {found:?}");
    }
    assert_eq!(metadata["token_endpoint_auth_methods_supported"], json!(["private_key_jwt"]));
    assert_eq!(metadata["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    assert_eq!(metadata["pushed_authorization_request_endpoint"], fapi.server.at("/par"));
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
}
