//! What request objects may say: a table a rule, and random claims.

use super::*;
use proptest::prelude::*;
use serde_json::json;

const NOW: i64 = 1_000_000;
const ISSUER: &str = "https://id.example";

fn judged(claims: &Map<String, Value>, profile: Profile) -> Result<(), Refusal> {
    let client = ClientId::try_from("c1").unwrap();
    judge(claims, profile, &Circumstances { client: &client, issuer: ISSUER, now: Timestamp(NOW) })
}

/// A request object with nothing missing, and these changes; `null` takes a claim away.
fn with(changes: &Value) -> Map<String, Value> {
    let whole = json!({ "client_id": "c1", "iss": "c1", "aud": ISSUER, "nbf": NOW, "exp": NOW + 60 });
    let mut claims = whole.as_object().cloned().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.clone(), value.clone()),
        };
    }
    claims
}

#[test]
fn what_is_there_must_be_right_and_profiles_say_what_must_be_there() {
    use Profile::{Fapi, Jar, OpenIdConnect};
    // The strictest profile that accepts it; none where no profile does.
    let table: [(Value, Option<Profile>); 40] = [
        (json!({}), Some(Fapi)),
        (json!({ "aud": [ISSUER] }), Some(Fapi)),
        (json!({ "aud": ["https://other.example", ISSUER] }), Some(Fapi)),
        (json!({ "nbf": NOW + 8 }), Some(Fapi)),
        (json!({ "iat": NOW - 9_999, "sub": "alice", "jti": "1" }), Some(Fapi)),
        (json!({ "nbf": NOW - 3_600, "exp": NOW }), None),
        (json!({ "nbf": NOW - 3_599, "exp": NOW + 1 }), Some(Fapi)),
        (json!({ "nbf": NOW - 3_600, "exp": null }), Some(Jar)),
        (json!({ "nbf": NOW - 3_601, "exp": NOW + 1 }), Some(Jar)),
        (json!({ "exp": NOW + 3_600 }), Some(Fapi)),
        (json!({ "exp": NOW + 3_601 }), Some(Jar)),
        (json!({ "exp": 1_000_060.5 }), Some(Fapi)),
        (json!({ "exp": null }), Some(Jar)),
        (json!({ "nbf": null }), Some(Jar)),
        (json!({ "exp": null, "nbf": null }), Some(Jar)),
        (json!({ "iss": null }), Some(OpenIdConnect)),
        (json!({ "aud": null }), Some(OpenIdConnect)),
        (json!({ "client_id": null }), Some(OpenIdConnect)),
        (json!({ "iss": null, "aud": null, "client_id": null, "exp": null, "nbf": null }), Some(OpenIdConnect)),
        (json!({ "iss": "c2" }), None),
        (json!({ "iss": ["c1"] }), None),
        (json!({ "iss": ISSUER }), None),
        (json!({ "client_id": "c2" }), None),
        (json!({ "client_id": 1 }), None),
        (json!({ "aud": "https://other.example" }), None),
        (json!({ "aud": "https://id.example/" }), None),
        (json!({ "aud": "https://id.example/par" }), None),
        (json!({ "aud": [] }), None),
        (json!({ "aud": { "x": ISSUER } }), None),
        (json!({ "sub": "c1" }), None),
        (json!({ "exp": NOW }), None),
        (json!({ "exp": NOW - 300 }), None),
        (json!({ "exp": "soon" }), None),
        (json!({ "exp": false }), None),
        (json!({ "nbf": NOW + 31 }), None),
        (json!({ "nbf": NOW + 61 }), None),
        (json!({ "nbf": [] }), None),
        (json!({ "iat": NOW + 31 }), None),
        (json!({ "iat": "now" }), None),
        (json!({ "nbf": i64::MAX }), None),
    ];
    for (changes, strictest) in table {
        for profile in [OpenIdConnect, Jar, Fapi] {
            let expected = strictest.is_some_and(|strictest| profile <= strictest);
            let claims = with(&changes);
            let answer = judged(&claims, profile);
            assert_eq!(answer.is_ok(), expected, "{changes} under {profile:?}: {answer:?}");
        }
    }
}

#[test]
fn the_response_type_beside_a_request_object_is_the_one_inside() {
    let table = [
        ("", "", true),
        ("response_type=code", "", true),
        ("", "response_type=code", true),
        ("response_type=code&scope=a", "response_type=code&scope=b", true),
        ("response_type=code+id_token", "response_type=id_token+code", true),
        ("response_type=code", "response_type=id_token", false),
        ("response_type=code", "response_type=code+id_token", false),
        ("response_type=code&response_type=code", "response_type=code", false),
    ];
    for (outer, inner, agreed) in table {
        let [outer, inner] = [outer, inner].map(|query| Params::parse_query(query).unwrap());
        assert_eq!(agree(&outer, &inner).is_ok(), agreed, "{outer:?} {inner:?}");
    }
}

proptest! {
    #[test]
    fn claims_of_any_kind_are_judged_and_only_true_ones_accepted(
        values in proptest::collection::vec(
            prop_oneof![
                Just(json!(null)),
                Just(json!("c1")),
                Just(json!(ISSUER)),
                Just(json!([ISSUER, 5])),
                Just(json!({})),
                any::<i64>().prop_map(|number| json!(number)),
                any::<f64>().prop_map(|number| json!(number)),
                any::<String>().prop_map(|text| json!(text)),
                (NOW - 3_610..NOW + 3_610).prop_map(|number| json!(number)),
            ],
            7,
        ),
    ) {
        let names = ["client_id", "iss", "aud", "exp", "nbf", "iat", "sub"];
        let claims: Map<String, Value> =
            names.iter().map(|name| (*name).to_owned()).zip(values).filter(|(_, value)| !value.is_null()).collect();
        let accepted = [Profile::OpenIdConnect, Profile::Jar, Profile::Fapi].map(|profile| judged(&claims, profile).is_ok());
        prop_assert!(accepted.is_sorted_by(|laxer, stricter| laxer >= stricter), "a stricter profile accepts no more");
        if accepted[1] {
            prop_assert!(claims["iss"] == "c1" && claims["client_id"] == "c1");
        }
        if accepted[2] {
            let exp = seconds(claims.get("exp")).unwrap();
            prop_assert!(Timestamp(NOW) < exp && exp <= Timestamp(NOW).plus(FAPI_LIFE_S_MAX + SKEW_S));
        }
    }
}
