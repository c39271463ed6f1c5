//! The rules between the members of a registration.

use super::*;
use crate::{
    application_type::ApplicationType,
    client_auth_method::ClientAuthMethod,
    grant_type::GrantType::{AuthorizationCode, ClientCredentials, Implicit, RefreshToken},
    jws_algorithm::JwsAlgorithm,
    registration::{key_rules::JWKS_MAX_KEYS, verified::RegisteredKeys},
    response_type::ResponseType::{Code, CodeIdToken, IdToken},
    subject_type::SubjectType,
};

/// The code, and the member the description names.
pub(super) fn refused(members: Value) -> (String, String) {
    let refusal = verify(members.clone()).expect_err(&members.to_string());
    let member = refusal.description().split(' ').nth(2).unwrap_or_default();
    (refusal.code().as_str().to_owned(), member.to_owned())
}

pub(super) fn bad(member: &str) -> (String, String) {
    let code = if member == "redirect_uris" { "invalid_redirect_uri" } else { "invalid_client_metadata" };
    (code.to_owned(), member.to_owned())
}

#[test]
fn absent_members_have_the_defaults_of_the_rfcs() {
    let verified = verify(json!({})).unwrap();
    assert_eq!(verified.application_type, ApplicationType::Web);
    assert_eq!(verified.subject_type, SubjectType::Public);
    assert_eq!(verified.token_endpoint_auth_method, ClientAuthMethod::ClientSecretBasic);
    assert_eq!(verified.id_token_signed_response_alg, JwsAlgorithm::RS256);
    assert_eq!(verified.userinfo_signed_response_alg, None);
    assert_eq!((verified.require_auth_time, verified.require_pkce), (false, false));
    assert_eq!((verified.scope, verified.sector, verified.keys), (None, None, None));
}

#[test]
fn response_types_and_grant_types_fill_each_other_in() {
    let table = [
        (json!({}), vec![Code], vec![AuthorizationCode, RefreshToken]),
        (json!({"response_types": ["code"]}), vec![Code], vec![AuthorizationCode, RefreshToken]),
        (
            json!({"response_types": ["code", "id_token"]}),
            vec![Code, IdToken],
            vec![AuthorizationCode, RefreshToken, Implicit],
        ),
        (
            json!({"response_types": ["code id_token"]}),
            vec![CodeIdToken],
            vec![AuthorizationCode, RefreshToken, Implicit],
        ),
        (json!({"response_types": ["id_token"]}), vec![IdToken], vec![Implicit]),
        (json!({"grant_types": ["authorization_code"]}), vec![Code], vec![AuthorizationCode]),
        (json!({"grant_types": ["implicit"]}), vec![IdToken], vec![Implicit]),
        (json!({"grant_types": ["client_credentials"]}), vec![], vec![ClientCredentials]),
    ];
    for (members, response_types, grant_types) in table {
        let verified = verify(members.clone()).unwrap();
        assert_eq!(verified.response_types, response_types, "{members}");
        assert_eq!(verified.grant_types, grant_types, "{members}");
    }
}

#[test]
fn a_response_type_without_its_grant_is_refused() {
    let table = [
        json!({"response_types": ["code"], "grant_types": ["implicit"]}),
        json!({"response_types": ["id_token"], "grant_types": ["authorization_code"]}),
        json!({"response_types": ["code id_token"], "grant_types": ["authorization_code"]}),
        json!({"response_types": ["code id_token"], "grant_types": ["implicit"]}),
        json!({"grant_types": ["client_credentials"], "token_endpoint_auth_method": "none"}),
    ];
    for members in table {
        assert_eq!(refused(members), bad("grant_types"));
    }
}

#[test]
fn a_client_that_redirects_has_a_redirect_uri() {
    assert_eq!(refused(json!({"redirect_uris": []})), bad("redirect_uris"));
    let without = json!({"redirect_uris": [], "grant_types": ["client_credentials"]});
    assert!(verify(without).unwrap().redirect_uris.is_empty());
}

#[test]
fn the_application_type_decides_which_redirect_uris_there_may_be() {
    let table = [
        ("https://c.example/cb", true, true),
        ("http://localhost/cb", true, true),
        ("http://127.0.0.1:8080/cb", true, true),
        ("http://[::1]/cb", true, true),
        ("http://c.example/cb", false, false),
        ("http://127.0.0.2/cb", false, false),
        ("http://localhost.evil.example/cb", false, false),
        ("com.example.app:/cb", false, true),
        ("myapp://cb", false, false),
    ];
    for (uri, web, native) in table {
        for (application_type, allowed) in [("web", web), ("native", native)] {
            for (member, code) in
                [("redirect_uris", "redirect_uris"), ("post_logout_redirect_uris", "post_logout_redirect_uris")]
            {
                let members = json!({"application_type": application_type, member: [uri]});
                if allowed {
                    assert!(verify(members.clone()).is_ok(), "{members}");
                } else {
                    assert_eq!(refused(members), bad(code));
                }
            }
        }
    }
}

#[test]
fn pairwise_subjects_are_made_for_one_host() {
    let sector = |members: Value| verify(members).map(|verified| verified.sector);
    let two = json!(["https://a.example/cb", "https://b.example/cb"]);
    assert_eq!(sector(json!({"subject_type": "pairwise"})), Ok(Some("c.example".to_owned())));
    let same_host = json!(["https://a.example/cb", "https://a.example:8443/x"]);
    let members = json!({"subject_type": "pairwise", "redirect_uris": same_host});
    assert_eq!(sector(members), Ok(Some("a.example".to_owned())));
    let members = json!({
        "subject_type": "pairwise", "redirect_uris": two, "sector_identifier_uri": "https://s.example/sector",
    });
    assert_eq!(sector(members), Ok(Some("s.example".to_owned())));
    assert_eq!(sector(json!({"subject_type": "public", "redirect_uris": two})), Ok(None));
    for redirect_uris in [two, json!(["com.example.app:/cb"])] {
        let members = json!({"application_type": "native", "subject_type": "pairwise", "redirect_uris": redirect_uris});
        assert_eq!(refused(members), bad("sector_identifier_uri"));
    }
}

#[test]
fn each_uri_has_the_scheme_its_use_asks_for() {
    let members =
        ["logo_uri", "client_uri", "policy_uri", "tos_uri", "jwks_uri", "sector_identifier_uri", "initiate_login_uri"];
    let table: [(&str, &[&str]); 7] = [
        ("https://c.example/x", &members),
        ("http://c.example/x", &members[..4]),
        ("http://localhost:8080/x", &members[..6]),
        ("http://127.0.0.1/x", &members[..6]),
        ("javascript:alert(1)", &[]),
        ("https://u:p@c.example/x", &[]),
        ("c.example/x", &[]),
    ];
    for (uri, allowed) in table {
        for member in members {
            if allowed.contains(&member) {
                assert!(verify(json!({ member: uri })).is_ok(), "{member} {uri}");
            } else {
                assert_eq!(refused(json!({ member: uri })), bad(member), "{uri}");
            }
        }
    }
}

#[test]
fn public_keys_are_registered_in_one_way_only() {
    let key = json!({"kty": "EC", "crv": "P-256", "x": "x", "y": "y", "kid": "1"});
    let jwks = json!({ "keys": [key] });
    let uri = "https://c.example/jwks";
    assert_eq!(verify(json!({ "jwks": jwks })).unwrap().keys, Some(RegisteredKeys::Inline(jwks.clone())));
    assert_eq!(verify(json!({ "jwks_uri": uri })).unwrap().keys, Some(RegisteredKeys::Uri(uri.to_owned())));
    assert_eq!(refused(json!({"jwks": jwks, "jwks_uri": uri})), bad("jwks"));
    let wrong = [
        json!({}),
        json!({"keys": {}}),
        json!({"keys": [1]}),
        json!({"keys": [{"kty": "oct", "k": "x"}]}),
        json!({"keys": [{"kty": "EC", "d": "x"}]}),
    ];
    for jwks in wrong {
        assert_eq!(refused(json!({ "jwks": jwks })), bad("jwks"));
    }
    let keys = |count| json!({"jwks": {"keys": vec![key.clone(); count]}});
    assert!(verify(keys(JWKS_MAX_KEYS)).is_ok());
    assert_eq!(refused(keys(JWKS_MAX_KEYS + 1)), bad("jwks"));
}

#[test]
fn the_method_decides_which_keys_and_algorithm_it_takes() {
    let jwks = json!({"keys": [{"kty": "EC"}]});
    let algorithm = |method: &str, asked: Option<&str>| {
        let members = json!({
            "token_endpoint_auth_method": method, "token_endpoint_auth_signing_alg": asked, "jwks": jwks,
        });
        verify(members).map(|verified| verified.token_endpoint_auth_signing_alg).map_err(|_| ())
    };
    let table = [
        ("private_key_jwt", None, Ok(None)),
        ("private_key_jwt", Some("PS256"), Ok(Some(JwsAlgorithm::PS256))),
        ("private_key_jwt", Some("HS256"), Err(())),
        ("client_secret_jwt", None, Ok(Some(JwsAlgorithm::HS256))),
        ("client_secret_jwt", Some("HS256"), Ok(Some(JwsAlgorithm::HS256))),
        ("client_secret_jwt", Some("RS256"), Err(())),
        ("client_secret_basic", Some("RS256"), Ok(None)),
        ("none", None, Ok(None)),
    ];
    for (method, asked, expected) in table {
        assert_eq!(algorithm(method, asked), expected, "{method} {asked:?}");
    }
    assert_eq!(refused(json!({"token_endpoint_auth_method": "private_key_jwt"})), bad("jwks"));
}

#[test]
fn answers_are_signed_with_the_servers_own_keys() {
    for member in ["id_token_signed_response_alg", "userinfo_signed_response_alg"] {
        assert_eq!(refused(json!({ member: "HS256" })), bad(member));
        assert!(verify(json!({ member: "EdDSA" })).is_ok());
    }
}
