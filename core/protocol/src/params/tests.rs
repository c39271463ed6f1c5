//! Tables and random text for `params`.

use proptest::prelude::*;
use url::form_urlencoded;

use super::*;

fn pairs(query: &str) -> Vec<(String, String)> {
    let params = Params::parse_query(query).unwrap();
    params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn forms_are_decoded_as_browsers_encode_them() {
    let table: [(&str, &[(&str, &str)]); 8] = [
        ("", &[]),
        ("&&", &[]),
        ("a=1&b=2", &[("a", "1"), ("b", "2")]),
        ("a=x+y%20z%2B", &[("a", "x y z+")]),
        ("a=%C3%A9%e2%82%ac", &[("a", "é€")]),
        ("a=b=c&d&=e", &[("a", "b=c"), ("d", ""), ("", "e")]),
        ("a=100%&b=%zz%4", &[("a", "100%"), ("b", "%zz%4")]),
        ("%61%3D=1", &[("a=", "1")]),
    ];
    for (query, expected) in table {
        let expected: Vec<_> = expected.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        assert_eq!(pairs(query), expected, "{query:?}");
    }
}

#[test]
fn raw_spaces_and_unescaped_uris_are_taken_as_they_are() {
    let params = Params::parse_query("scope=openid profile&redirect_uri=https://c.example/cb?x=1").unwrap();
    assert_eq!(params.single("scope"), Ok(Some("openid profile")));
    assert_eq!(params.single("redirect_uri"), Ok(Some("https://c.example/cb?x=1")));
}

#[test]
fn a_repeated_parameter_is_refused_where_it_may_stand_once() {
    let params = Params::parse_query("a=1&b=2&a=1&c=&c=").unwrap();
    for name in ["a", "c"] {
        let refusal = params.single(name).unwrap_err();
        assert_eq!(refusal.code(), ErrorCode::InvalidRequest);
        assert_eq!(refusal.description(), format!("The parameter {name} is repeated."));
        assert!(params.required(name).is_err());
    }
    assert_eq!(params.single("b"), Ok(Some("2")));
    assert_eq!(params.all("a").collect::<Vec<_>>(), ["1", "1"]);
}

#[test]
fn an_empty_value_counts_as_none() {
    let params = Params::parse_query("a=&b").unwrap();
    for name in ["a", "b", "c"] {
        assert_eq!(params.single(name), Ok(None), "{name}");
        assert_eq!(params.required(name).unwrap_err().code(), ErrorCode::InvalidRequest, "{name}");
        assert_eq!(params.all(name).count(), 0, "{name}");
    }
    assert!(!params.is_empty() && Params::default().is_empty());
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    for body in [&b"a=\xff"[..], b"\xff=a", b"a=%FF", b"%C3=a", b"a=%C3%28"] {
        assert_eq!(Params::parse_form(body), Err(ParamsError::NotUtf8), "{body:?}");
    }
}

#[test]
fn parameters_end_at_their_limits() {
    let body = |length: usize| format!("a={}", "x".repeat(length - 2)).into_bytes();
    assert!(Params::parse_form(&body(PARAMS_MAX_BYTES)).is_ok());
    assert_eq!(Params::parse_form(&body(PARAMS_MAX_BYTES + 1)), Err(ParamsError::TooLong));
    assert!(Params::parse_query(&"a=1&".repeat(PARAMS_MAX_COUNT)).is_ok());
    assert_eq!(Params::parse_query(&"a=1&".repeat(PARAMS_MAX_COUNT + 1)), Err(ParamsError::TooMany));
    let name = |length| format!("{}=1", "n".repeat(length));
    assert!(Params::parse_query(&name(PARAM_NAME_MAX_BYTES)).is_ok());
    assert_eq!(Params::parse_query(&name(PARAM_NAME_MAX_BYTES + 1)), Err(ParamsError::NameTooLong));
    assert_eq!(Refusal::from(ParamsError::TooMany).code(), ErrorCode::InvalidRequest);
}

#[test]
fn a_text_ends_at_its_limit_and_has_no_control_characters() {
    let params = Params::parse_query("a=abc&b=a%00c").unwrap();
    assert_eq!(params.text("a", 3), Ok(Some("abc".to_owned())));
    assert_eq!(params.text("a", 2).unwrap_err().code(), ErrorCode::InvalidRequest);
    assert_eq!(params.text("b", 3).unwrap_err().code(), ErrorCode::InvalidRequest);
    assert_eq!(params.text("c", 3), Ok(None));
}

#[test]
fn debug_output_shows_names_only() {
    let params = Params::parse_query("password=hunter2&code=c0de").unwrap();
    assert_eq!(format!("{params:?}"), r#"["password", "code"]"#);
}

proptest! {
    #[test]
    fn any_body_is_read_or_refused(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Params::parse_form(&body);
    }

    #[test]
    fn what_was_encoded_is_read_back(
        pairs in proptest::collection::vec(("\\PC{1,16}", any::<String>()), 0..8),
    ) {
        let encoded = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let params = Params::parse_query(&encoded).unwrap();
        let read: Vec<_> = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        prop_assert_eq!(read, pairs);
    }

    #[test]
    fn where_the_text_is_utf_8_it_is_read_as_browsers_read_it(body in "[ab%0-9A-F&=+é]{0,60}") {
        let theirs: Vec<_> = form_urlencoded::parse(body.as_bytes()).into_owned().collect();
        if let Ok(params) = Params::parse_query(&body) {
            let ours: Vec<_> = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            prop_assert_eq!(ours, theirs);
        } else {
            let lossy = theirs.iter().any(|(name, value)| format!("{name}{value}").contains('\u{fffd}'));
            prop_assert!(lossy);
        }
    }
}

#[test]
fn a_form_of_parameters_leads_back_to_them_within_the_limits() {
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let params = Params::from_pairs([pair("a", "x y&=%+é"), pair("b", ""), pair("a", "2")]).unwrap();
    assert_eq!(Params::parse_form(params.to_form().as_bytes()), Ok(params));
    let many = |count| Params::from_pairs(vec![pair("a", "x"); count]).map(|_| ());
    assert_eq!((many(PARAMS_MAX_COUNT), many(PARAMS_MAX_COUNT + 1)), (Ok(()), Err(ParamsError::TooMany)));
    let named = |length| Params::from_pairs([pair(&"n".repeat(length), "x")]).map(|_| ());
    assert_eq!((named(PARAM_NAME_MAX_BYTES), named(PARAM_NAME_MAX_BYTES + 1)), (Ok(()), Err(ParamsError::NameTooLong)));
    let long = |length| Params::from_pairs([pair("a", &"x".repeat(length))]).map(|_| ());
    assert_eq!((long(PARAMS_MAX_BYTES - 2), long(PARAMS_MAX_BYTES - 1)), (Ok(()), Err(ParamsError::TooLong)));
}
