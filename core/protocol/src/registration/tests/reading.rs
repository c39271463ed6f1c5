//! How a registration document is read.

use proptest::prelude::*;

use super::*;
use crate::{
    acr::ACR_VALUES_MAX,
    error::ErrorCode,
    registration::{
        access_token_format::AccessTokenFormat,
        members::{LIST_MAX, NAME_MAX_BYTES, URI_MAX_BYTES},
        metadata::METADATA_MAX_BYTES,
        update::RegistrationUpdate,
    },
    words::laws::assert_round_trip,
};

fn everything() -> Value {
    json!({
        "redirect_uris": ["https://c.example/cb", "https://c.example/cb2"],
        "response_types": ["code", "id_token code"],
        "grant_types": ["authorization_code", "implicit"],
        "application_type": "web",
        "contacts": ["ops@c.example"],
        "client_name": "Client",
        "client_name#de": "Klient",
        "client_name#ja-Kana-JP": "クライアント",
        "logo_uri": "https://c.example/logo.png",
        "client_uri": "https://c.example",
        "policy_uri": "https://c.example/policy",
        "tos_uri": "https://c.example/tos",
        "jwks": {"keys": [{"kty": "EC"}]},
        "sector_identifier_uri": "https://c.example/sector",
        "subject_type": "pairwise",
        "id_token_signed_response_alg": "ES256",
        "userinfo_signed_response_alg": "RS256",
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "PS256",
        "default_max_age": 3600,
        "require_auth_time": true,
        "default_acr_values": ["otp", "pwd"],
        "initiate_login_uri": "https://c.example/login",
        "post_logout_redirect_uris": ["https://c.example/bye"],
        "scope": "openid email",
        "software_id": "id",
        "software_version": "1",
        "access_token_format": "opaque",
        "require_pkce": true,
    })
}

#[test]
fn every_member_is_read_and_written_back() {
    let metadata = parse(&everything()).unwrap();
    assert_eq!(metadata.localized_client_names["de"], "Klient");
    let mut expected = everything();
    expected["response_types"] = json!(["code", "code id_token"]);
    assert_eq!(serde_json::to_value(&metadata).unwrap(), expected);
    assert_round_trip(&metadata);
}

#[test]
fn absent_null_empty_and_unknown_members_are_nothing() {
    let document = json!({
        "client_name": null, "redirect_uris": null, "jwks_uri": "", "scope": "", "software_statement": "x.y.z",
        "client_name#": "x", "client_name#not_a_tag": "x", "grant_type": 7,
    });
    let metadata = parse(&document).unwrap();
    assert_eq!(metadata, ClientMetadata::default());
    assert_eq!(serde_json::to_string(&metadata).unwrap(), "{}");
}

#[test]
fn a_member_of_the_wrong_type_is_named() {
    let table = [
        ("redirect_uris", json!("https://c.example/cb")),
        ("redirect_uris", json!([1])),
        ("redirect_uris", json!(["https://c.example/#x"])),
        ("redirect_uris", json!(["javascript:alert(1)"])),
        ("response_types", json!(["token"])),
        ("grant_types", json!("authorization_code")),
        ("grant_types", json!(["password"])),
        ("application_type", json!("desktop")),
        ("contacts", json!([true])),
        ("client_name", json!(7)),
        ("client_name", json!("a\u{0}b")),
        ("client_name#de", json!([])),
        ("logo_uri", json!({})),
        ("jwks", json!([])),
        ("jwks", json!("{")),
        ("subject_type", json!("private")),
        ("id_token_signed_response_alg", json!("none")),
        ("token_endpoint_auth_method", json!("tls_client")),
        ("default_max_age", json!(-1)),
        ("default_max_age", json!("soon")),
        ("require_auth_time", json!("yes")),
        ("default_acr_values", json!(["a b"])),
        ("post_logout_redirect_uris", json!(["/bye"])),
        ("scope", json!(["openid"])),
        ("scope", json!("\"")),
        ("access_token_format", json!("saml")),
        ("access_token_as_jwt", json!(1)),
        ("require_pkce", json!(1)),
    ];
    for (member, value) in table {
        let refusal = parse(&json!({ member: value })).unwrap_err();
        let code = if member == "redirect_uris" { "invalid_redirect_uri" } else { "invalid_client_metadata" };
        assert_eq!(refusal.code().as_str(), code, "{member} {value}");
        assert!(refusal.description().starts_with(&format!("The member {member} ")), "{refusal}");
    }
}

#[test]
fn what_jans_clients_write_as_text_is_taken() {
    let document = json!({
        "access_token_as_jwt": "true", "require_pkce": "true", "require_auth_time": "false", "default_max_age": "60",
        "jwks": "{\"keys\":[]}",
    });
    let metadata = parse(&document).unwrap();
    assert_eq!(metadata.access_token_format, Some(AccessTokenFormat::Jwt));
    assert_eq!((metadata.require_pkce, metadata.require_auth_time), (Some(true), Some(false)));
    assert_eq!(metadata.default_max_age, Some(60));
    assert_eq!(metadata.jwks, Some(json!({"keys": []})));
}

#[test]
fn the_two_names_of_the_access_token_format_must_agree() {
    let format = |document| parse(&document).map(|metadata| metadata.access_token_format);
    assert_eq!(format(json!({"access_token_as_jwt": false})), Ok(Some(AccessTokenFormat::Opaque)));
    let both = json!({"access_token_as_jwt": true, "access_token_format": "jwt"});
    assert_eq!(format(both), Ok(Some(AccessTokenFormat::Jwt)));
    let at_odds = json!({"access_token_as_jwt": true, "access_token_format": "opaque"});
    assert_eq!(format(at_odds).unwrap_err().code(), ErrorCode::InvalidClientMetadata);
}

#[test]
fn what_is_no_object_is_refused() {
    for body in ["", "[]", "null", "{", "\"x\"", "{}{}", "\u{feff}{}"] {
        let refusal = ClientMetadata::parse(body.as_bytes()).unwrap_err();
        assert_eq!(refusal.code(), ErrorCode::InvalidClientMetadata, "{body}");
    }
    assert!(ClientMetadata::parse(b"{\"client_name\": \"\xff\"}").is_err());
}

#[test]
fn a_document_ends_at_its_limits() {
    let padded = |length: usize| format!("{{{}}}", " ".repeat(length - 2)).into_bytes();
    assert!(ClientMetadata::parse(&padded(METADATA_MAX_BYTES)).is_ok());
    assert!(ClientMetadata::parse(&padded(METADATA_MAX_BYTES + 1)).is_err());
    let uri = |length: usize| format!("https://c.example/{}", "x".repeat(length - 18));
    let uris = |count: usize| (0..count).map(|n| format!("https://c.example/{n}")).collect::<Vec<_>>();
    let names = |count: usize| (0..count).map(|n| (format!("client_name#x-{n}"), json!("x"))).collect::<Value>();
    let tags = |count: usize| (0..count).map(|n| (format!("client_name#xx-{n}"), json!("x"))).collect::<Value>();
    assert!(parse(&names(LIST_MAX + 1)).is_ok());
    let acrs = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
    let table = [
        (json!({"client_name": "x".repeat(NAME_MAX_BYTES)}), json!({"client_name": "x".repeat(NAME_MAX_BYTES + 1)})),
        (json!({"contacts": ["x".repeat(NAME_MAX_BYTES)]}), json!({"contacts": ["x".repeat(NAME_MAX_BYTES + 1)]})),
        (json!({"logo_uri": uri(URI_MAX_BYTES)}), json!({"logo_uri": uri(URI_MAX_BYTES + 1)})),
        (json!({"redirect_uris": uris(LIST_MAX)}), json!({"redirect_uris": uris(LIST_MAX + 1)})),
        (tags(LIST_MAX), tags(LIST_MAX + 1)),
        (json!({"default_acr_values": acrs(ACR_VALUES_MAX)}), json!({"default_acr_values": acrs(ACR_VALUES_MAX + 1)})),
    ];
    for (at_the_limit, beyond) in table {
        assert!(parse(&at_the_limit).is_ok(), "{at_the_limit}");
        assert!(parse(&beyond).is_err(), "{beyond}");
    }
}

#[test]
fn an_update_names_the_client_and_nothing_that_only_the_server_says() {
    let update = |document: Value| RegistrationUpdate::parse(document.to_string().as_bytes());
    let good = update(json!({"client_id": "c", "client_secret": "s", "client_name": "New"})).unwrap();
    assert_eq!(good.client_id.as_str(), "c");
    assert_eq!(good.client_secret.as_ref().map(|secret| secret.expose()), Some("s"));
    assert_eq!(good.metadata.client_name.as_deref(), Some("New"));
    let table = [
        json!({}),
        json!({"client_id": 7}),
        json!([]),
        json!({"client_id": "c", "registration_access_token": "t"}),
        json!({"client_id": "c", "registration_client_uri": "https://as.example/register/c"}),
        json!({"client_id": "c", "client_secret_expires_at": 0}),
        json!({"client_id": "c", "client_id_issued_at": 1}),
    ];
    for document in table {
        let refused = update(document.clone()).map_err(|refusal| refusal.code());
        assert_eq!(refused, Err(ErrorCode::InvalidClientMetadata), "{document}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "\\PC{0,12}|https://[a-z.]{1,8}/|code|ES256|true|[0-9]{1,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z]{0,5}|keys", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_document_is_read_or_refused_and_what_is_read_survives(
        member in proptest::sample::select(everything().as_object().unwrap().keys().cloned().collect::<Vec<_>>()),
        value in any_json(),
        text in "\\PC{0,40}",
    ) {
        let _ = ClientMetadata::parse(text.as_bytes());
        match parse(&json!({ &member: value })) {
            Ok(metadata) => {
                assert_round_trip(&metadata);
                if let Err(refusal) = metadata.verify() {
                    prop_assert!(refusal.code().as_str().starts_with("invalid_"));
                }
            }
            Err(refusal) => prop_assert!(refusal.description().contains(&member)),
        }
    }
}
