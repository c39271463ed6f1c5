//! Tables and random text for `request_object`.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    error::ErrorCode,
    params::{PARAMS_MAX_BYTES, PARAMS_MAX_COUNT, Params},
};

fn part(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn jwt(header: &str, payload: &str, signature: &str) -> String {
    format!("{}.{}.{signature}", part(header), part(payload))
}

fn code_of<T>(result: Result<T, Refusal>) -> Result<T, ErrorCode> {
    result.map_err(|refusal| refusal.code())
}

fn inside(claims: Value) -> Result<Params, Refusal> {
    parameters(claims.as_object().unwrap())
}

#[test]
fn a_request_object_is_signed_unsigned_or_encrypted() {
    let claims = json!({ "state": "s" }).as_object().cloned().unwrap();
    let unsigned = |profiled| Presented::Unsigned { profiled, claims: claims.clone() };
    let payload = r#"{"state":"s"}"#;
    let table = [
        (jwt(r#"{"alg":"none"}"#, payload, ""), unsigned(false)),
        (jwt(r#"{"alg":"none","typ":"oauth-authz-req+jwt"}"#, payload, ""), unsigned(true)),
        (jwt(r#"{"alg":"ES256"}"#, payload, "x"), Presented::Signed { profiled: false }),
        (jwt(r#"{"alg":"ES256","typ":"JWT"}"#, payload, "x"), Presented::Signed { profiled: false }),
        (jwt(r#"{"alg":"RS1","typ":"jwt"}"#, payload, "x"), Presented::Signed { profiled: false }),
        (
            jwt(r#"{"alg":"PS256","typ":"application/OAuth-Authz-Req+JWT"}"#, payload, "x"),
            Presented::Signed { profiled: true },
        ),
        ("a.b.c.d.e".to_owned(), Presented::Encrypted),
    ];
    for (text, presented) in table {
        assert_eq!(Presented::parse(&text), Ok(presented), "{text}");
    }
}

#[test]
fn what_is_no_request_object_is_refused() {
    let table = [
        String::new(),
        "a".to_owned(),
        "a.b.c".to_owned(),
        "a.b.c.d".to_owned(),
        "a.b.c.d.e.f".to_owned(),
        jwt("{}", "{}", ""),
        jwt(r#"{"alg":null}"#, "{}", ""),
        jwt(r#"{"alg":["none"]}"#, "{}", ""),
        jwt(r#"{"alg":"none"}"#, "{}", "x"),
        jwt(r#"{"alg":"none"}"#, "[]", ""),
        jwt(r#"{"alg":"none"}"#, "{", ""),
        jwt(r#"{"alg":"none","crit":["exp"]}"#, "{}", ""),
        jwt(r#"{"alg":"ES256","crit":[]}"#, "{}", "x"),
        jwt(r#"{"alg":"ES256","typ":"at+jwt"}"#, "{}", "x"),
        jwt(r#"{"alg":"ES256","typ":"logout+jwt"}"#, "{}", "x"),
        jwt(r#"{"alg":"ES256","typ":7}"#, "{}", "x"),
        jwt(r#"["ES256"]"#, "{}", "x"),
        format!("{}.{}=.", part(r#"{"alg":"none"}"#), part("{}")),
    ];
    for text in table {
        assert_eq!(code_of(Presented::parse(&text)), Err(ErrorCode::InvalidRequestObject), "{text}");
    }
}

#[test]
fn the_limits_are_met_to_the_byte() {
    let at = |length: usize| {
        let head = jwt(r#"{"alg":"ES256"}"#, "{}", "");
        format!("{head}{}", "A".repeat(length - head.len()))
    };
    assert_eq!(Presented::parse(&at(REQUEST_OBJECT_MAX_BYTES)), Ok(Presented::Signed { profiled: false }));
    assert!(Presented::parse(&at(REQUEST_OBJECT_MAX_BYTES + 1)).is_err());

    let with_header = |length: usize| {
        // Three bytes become four characters.
        let text = format!(r#"{{"alg":"ES256","x":"{}"}}"#, "x".repeat(length / 4 * 3 - 22));
        assert_eq!(part(&text).len(), length);
        jwt(&text, "{}", "x")
    };
    assert!(Presented::parse(&with_header(HEADER_MAX_BYTES)).is_ok());
    assert!(Presented::parse(&with_header(HEADER_MAX_BYTES + 4)).is_err());
}

#[test]
fn claims_become_parameters() {
    let params = inside(json!({
        "iss": "c", "aud": ["x"], "exp": 1, "nbf": 1, "iat": 1, "jti": "j", "client_id": "c",
        "scope": "openid email", "max_age": 60, "claims": { "userinfo": { "name": null } },
        "resource": ["https://a.example", "https://b.example"], "unheard_of": { "x": [1] }, "custom": "y",
    }))
    .unwrap();
    assert_eq!(params.single("scope"), Ok(Some("openid email")));
    assert_eq!(params.single("max_age"), Ok(Some("60")));
    assert_eq!(params.single("claims"), Ok(Some(r#"{"userinfo":{"name":null}}"#)));
    assert_eq!(params.all("resource").collect::<Vec<_>>(), ["https://a.example", "https://b.example"]);
    assert_eq!(params.single("custom"), Ok(Some("y")));
    for absent in ["iss", "aud", "exp", "nbf", "iat", "jti", "unheard_of"] {
        assert_eq!(params.single(absent), Ok(None), "{absent}");
    }
    let long = "n".repeat(65);
    assert!(inside(json!({ long: "x" })).unwrap().is_empty(), "what is not known is ignored, however it is called");
}

#[test]
fn a_request_object_never_leads_to_another_and_holds_text() {
    for claims in [
        json!({ "request": "a.b.c" }),
        json!({ "request": null }),
        json!({ "request_uri": "https://client.example/r" }),
        json!({ "request_uri": "urn:ietf:params:oauth:request_uri:x" }),
        json!({ "state": ["s"] }),
        json!({ "redirect_uri": { "x": 1 } }),
        json!({ "response_type": null }),
        json!({ "nonce": true }),
        json!({ "resource": [1] }),
        json!({ "custom": "x".repeat(PARAMS_MAX_BYTES) }),
    ] {
        assert_eq!(code_of(inside(claims.clone())), Err(ErrorCode::InvalidRequestObject), "{claims}");
    }
    let many = |count: usize| Value::Object((0..count).map(|n| (format!("p{n}"), "x".into())).collect());
    assert!(inside(many(PARAMS_MAX_COUNT)).is_ok());
    assert_eq!(code_of(inside(many(PARAMS_MAX_COUNT + 1))), Err(ErrorCode::InvalidRequestObject));
}

#[test]
fn what_stands_inside_wins() {
    let outer = Params::parse_query("client_id=c&state=outer&state=twice&nonce=n&request=a.b.c&request_uri=x").unwrap();
    let inner = inside(json!({ "state": "inner", "scope": "openid" })).unwrap();
    let whole = overlaid(&outer, &inner).unwrap();
    assert_eq!(whole.to_form(), "client_id=c&nonce=n&scope=openid&state=inner");
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}|[A-Za-z0-9_.-]{0,200}") {
        if let Ok(Presented::Unsigned { .. } | Presented::Signed { .. }) = Presented::parse(&text) {
            prop_assert_eq!(text.matches('.').count(), 2);
        }
    }

    #[test]
    fn whatever_a_request_object_claims_it_becomes_parameters_or_is_refused(
        claims in proptest::collection::btree_map(
            "state|scope|claims|resource|request|request_uri|max_age|iss|[a-z]{0,70}",
            prop_oneof![
                Just(json!(null)),
                any::<bool>().prop_map(|flag| json!(flag)),
                any::<f64>().prop_map(|number| json!(number)),
                "\\PC{0,40}".prop_map(|text| json!(text)),
                proptest::collection::vec("\\PC{0,9}", 0..4).prop_map(|texts| json!(texts)),
                "\\PC{0,9}".prop_map(|text| json!({ "a": { text: 1 } })),
            ],
            0..9,
        ),
    ) {
        let claims: Map<String, Value> = claims.into_iter().collect();
        let header = part(r#"{"alg":"none"}"#);
        let text = format!("{header}.{}.", part(&Value::Object(claims.clone()).to_string()));
        let Ok(Presented::Unsigned { claims: read, .. }) = Presented::parse(&text) else {
            return Err(TestCaseError::fail(text));
        };
        match parameters(&read) {
            Ok(params) => {
                let held = params.iter().all(|(name, _)| claims.contains_key(name) && !name.starts_with("request"));
                prop_assert!(held, "{params:?}");
                prop_assert_eq!(Params::parse_form(params.to_form().as_bytes()), Ok(params));
            }
            Err(refusal) => prop_assert_eq!(refusal.code(), ErrorCode::InvalidRequestObject),
        }
    }
}
