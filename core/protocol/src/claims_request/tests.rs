//! Tables and random text for `claims_request`.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::words::laws::assert_round_trip;

#[test]
fn the_example_of_openid_connect_core_is_read() {
    let text = r#"{
        "userinfo": {
            "given_name": {"essential": true}, "nickname": null, "http://example.info/claims/groups": null
        },
        "id_token": {
            "auth_time": {"essential": true},
            "acr": {"values": ["urn:mace:incommon:iap:silver"]},
            "sub": {"value": "248289761001", "unknown": 1}
        },
        "unknown": [1]
    }"#;
    let request = ClaimsRequest::parse(text).unwrap();
    let essential = ClaimRequest { essential: true, ..ClaimRequest::default() };
    assert_eq!(request.userinfo["given_name"], essential);
    assert_eq!(request.userinfo["nickname"], ClaimRequest::default());
    assert_eq!(request.userinfo.len(), 3);
    assert_eq!(request.id_token["acr"].values, [json!("urn:mace:incommon:iap:silver")]);
    assert_eq!(request.id_token["sub"].value, Some(json!("248289761001")));
    assert_round_trip(&request);
    assert_eq!(serde_json::to_value(&request).unwrap()["userinfo"]["nickname"], Value::Null);
}

#[test]
fn nothing_asked_is_nothing_stored() {
    for text in ["{}", r#"{"userinfo": null}"#, r#"{"userinfo": {}, "id_token": {}}"#] {
        let request = ClaimsRequest::parse(text).unwrap();
        assert!(request.is_empty());
        assert_eq!(serde_json::to_string(&request).unwrap(), "{}");
    }
}

#[test]
fn null_within_a_claim_asks_for_nothing() {
    let text = r#"{"userinfo": {"name": {"essential": null, "value": null, "values": null}}}"#;
    assert_eq!(ClaimsRequest::parse(text).unwrap().userinfo["name"], ClaimRequest::default());
}

#[test]
fn members_of_a_wrong_type_are_refused() {
    let table = [
        "",
        "x",
        "[]",
        "null",
        r#"{"userinfo": []}"#,
        r#"{"id_token": "acr"}"#,
        r#"{"userinfo": {"name": true}}"#,
        r#"{"userinfo": {"name": {"essential": "yes"}}}"#,
        r#"{"userinfo": {"name": {"values": "a"}}}"#,
    ];
    for text in table {
        assert!(matches!(ClaimsRequest::parse(text), Err(Malformed::Form { .. })), "{text}");
        if let Ok(document) = serde_json::from_str::<Value>(text) {
            assert!(serde_json::from_value::<ClaimsRequest>(document).is_err(), "{text}");
        }
    }
}

#[test]
fn a_claims_request_ends_at_its_limits() {
    let padded = |length: usize| format!("{{{}}}", " ".repeat(length - 2));
    assert!(ClaimsRequest::parse(&padded(CLAIMS_REQUEST_MAX_BYTES)).is_ok());
    let refused = Malformed::TooLong { what: WHAT, limit: CLAIMS_REQUEST_MAX_BYTES };
    assert_eq!(ClaimsRequest::parse(&padded(CLAIMS_REQUEST_MAX_BYTES + 1)), Err(refused));
    for destination in ["userinfo", "id_token"] {
        let many = |count: usize| {
            let claims: Map<String, Value> = (0..count).map(|n| (format!("c{n}"), Value::Null)).collect();
            json!({ destination: claims }).to_string()
        };
        assert!(ClaimsRequest::parse(&many(CLAIMS_REQUEST_MAX_CLAIMS)).is_ok());
        let refused = Malformed::TooMany { what: WHAT, limit: CLAIMS_REQUEST_MAX_CLAIMS };
        assert_eq!(ClaimsRequest::parse(&many(CLAIMS_REQUEST_MAX_CLAIMS + 1)), Err(refused));
    }
    let deep = format!(r#"{{"userinfo": {{"a": {{"value": {}1{}}}}}}}"#, "[".repeat(3000), "]".repeat(3000));
    assert_eq!(ClaimsRequest::parse(&deep), Err(form("is not JSON")));
}

#[test]
fn a_claim_is_accepted_when_it_has_one_of_the_values_asked_for() {
    let any = ClaimRequest::default();
    let one = ClaimRequest { value: Some(json!("a")), ..ClaimRequest::default() };
    let some = ClaimRequest { values: vec![json!("a"), json!(2)], ..ClaimRequest::default() };
    let table = [
        (&any, json!("z"), true),
        (&one, json!("a"), true),
        (&one, json!("b"), false),
        (&some, json!(2), true),
        (&some, json!("2"), false),
    ];
    for (asked, value, accepted) in table {
        assert_eq!(asked.accepts(&value), accepted, "{asked:?} {value}");
    }
}

fn any_claim() -> impl Strategy<Value = ClaimRequest> {
    let value = || prop_oneof![any::<i64>().prop_map(|n| json!(n)), "\\PC{0,8}".prop_map(|text| json!(text))];
    let parts = (any::<bool>(), proptest::option::of(value()), proptest::collection::vec(value(), 0..3));
    parts.prop_map(|(essential, value, values)| ClaimRequest { essential, value, values })
}

proptest! {
    #[test]
    fn a_request_survives_a_round_trip(
        userinfo in proptest::collection::btree_map("\\PC{0,8}", any_claim(), 0..4),
        id_token in proptest::collection::btree_map("\\PC{0,8}", any_claim(), 0..4),
    ) {
        let request = ClaimsRequest { userinfo, id_token, locales: Locales::parse("de fr") };
        let text = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ClaimsRequest>(&text).unwrap(), &request);
        let read = ClaimsRequest { locales: Locales::default(), ..request };
        prop_assert_eq!(ClaimsRequest::parse(&text), Ok(read), "languages are no member of the parameter");
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,60}|\\{\"(userinfo|id_token)\":[\\[\\]{}\",:a-z0-9]{0,30}\\}") {
        let _ = ClaimsRequest::parse(&text);
    }
}
