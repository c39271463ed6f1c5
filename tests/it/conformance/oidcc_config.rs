//! `oidcc-config-certification-test-plan` (OpenID Connect Discovery 3).

use super::suite::Provider;
use serde_json::Value;

/// Members of a key that are secret (RFC 7518 6).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

#[tokio::test(flavor = "multi_thread")]
async fn oidcc_discovery_endpoint_verification() {
    let provider = Provider::shared();
    let metadata = provider.metadata().await;
    assert_eq!(metadata["issuer"], provider.server.issuer);
    let list = |member: &str| -> Vec<&str> {
        metadata[member].as_array().unwrap_or_else(|| panic!("no {member}")).iter().filter_map(Value::as_str).collect()
    };
    assert!(list("response_types_supported").contains(&"code"));
    assert!(list("subject_types_supported").iter().all(|kind| ["public", "pairwise"].contains(kind)));
    assert!(list("id_token_signing_alg_values_supported").contains(&"RS256"));
    assert!(list("scopes_supported").contains(&"openid"));
    assert!(list("grant_types_supported").contains(&"authorization_code"));
    assert!(list("claims_supported").len() > 5);
    assert_eq!(list("code_challenge_methods_supported"), ["S256"]);
    for member in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "registration_endpoint", "jwks_uri"]
    {
        assert!(metadata[member].is_string(), "{member}");
    }
    let endpoints = metadata.as_object().unwrap().iter().filter(|(name, _)| name.ends_with("_endpoint"));
    for (name, url) in endpoints {
        assert!(url.as_str().unwrap().starts_with("https://"), "{name}: {url}");
    }
    if let Some(offered) = metadata.get("request_object_signing_alg_values_supported") {
        assert!(offered.as_array().unwrap().contains(&"RS256".into()), "{offered}");
    }
    let jwks = provider.jwks().await;
    let keys = jwks["keys"].as_array().unwrap();
    assert!(!keys.is_empty());
    for key in keys {
        assert!(["RSA", "EC", "OKP"].contains(&key["kty"].as_str().unwrap()), "{key}");
        assert!(SECRET_MEMBERS.iter().all(|member| key.get(*member).is_none()), "a key is not public");
    }
}
