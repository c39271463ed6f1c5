//! Tables and random text for `authorization`.

use proptest::prelude::*;

use super::*;
use crate::{error::ErrorCode, words::laws::assert_round_trip};

const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn parse(query: &str) -> Result<AuthorizationRequest, Refusal> {
    AuthorizationRequest::parse(&Params::parse_query(query).unwrap())
}

fn code_of(query: &str) -> Result<AuthorizationRequest, ErrorCode> {
    parse(query).map_err(|refusal| refusal.code())
}

#[test]
fn a_request_may_say_next_to_nothing() {
    let request = parse("response_type=code&client_id=c&display=popup&unknown=x&nonce=").unwrap();
    let expected = AuthorizationRequest {
        response_type: ResponseType::Code,
        response_mode: ResponseMode::Query,
        scope: Scope::empty(),
        state: None,
        nonce: None,
        code_challenge: None,
        prompt: Prompts::default(),
        max_age: None,
        acr_values: vec![],
        login_hint: None,
        id_token_hint: None,
        ui_locales: Locales::default(),
        claims: None,
        dpop_jkt: None,
    };
    assert_eq!(request, expected);
    assert_round_trip(&request);
}

#[test]
fn every_parameter_is_read() {
    let query = format!(
        "response_type=id_token+code&response_mode=form_post&scope=openid+email&state=s&nonce=n&code_challenge={CHALLENGE}\
         &code_challenge_method=S256&prompt=login+consent&max_age=60&acr_values=otp+pwd&login_hint=alice&id_token_hint=a.b.c\
         &ui_locales=de+en&claims=%7B%22id_token%22%3A%7B%22acr%22%3Anull%7D%7D"
    );
    let request = parse(&query).unwrap();
    assert_eq!(request.response_type, ResponseType::CodeIdToken);
    assert_eq!(request.response_mode, ResponseMode::FormPost);
    assert_eq!(request.scope.to_string(), "openid email");
    assert_eq!(request.state.as_ref().map(State::as_str), Some("s"));
    assert_eq!(request.nonce.as_ref().map(Nonce::as_str), Some("n"));
    assert_eq!(request.code_challenge.as_ref().map(CodeChallenge::as_str), Some(CHALLENGE));
    assert!(request.prompt.login() && request.prompt.consent());
    assert_eq!(request.max_age, Some(60));
    assert_eq!(request.acr_values.iter().map(Acr::as_str).collect::<Vec<_>>(), ["otp", "pwd"]);
    assert_eq!(request.login_hint.as_deref(), Some("alice"));
    assert_eq!(request.id_token_hint.as_deref(), Some("a.b.c"));
    assert_eq!(request.ui_locales.to_string(), "de en");
    assert!(request.claims.as_ref().is_some_and(|claims| claims.id_token.contains_key("acr")));
    assert_round_trip(&request);
}

#[test]
fn each_fault_of_the_request_has_its_code() {
    use ErrorCode::{InvalidRequest, InvalidScope, UnsupportedResponseType};
    let table = [
        ("", InvalidRequest),
        ("response_type=", InvalidRequest),
        ("response_type=code&response_type=code", InvalidRequest),
        ("response_type=token", UnsupportedResponseType),
        ("response_type=code+token+token", UnsupportedResponseType),
        ("response_type=code+token&response_mode=query", InvalidRequest),
        ("response_type=id_token+token", InvalidRequest),
        ("response_type=code&request=a.b.", ErrorCode::RequestNotSupported),
        ("response_type=code&request_uri=https://c.example/r", ErrorCode::RequestUriNotSupported),
        ("request_uri=urn:x", ErrorCode::RequestUriNotSupported),
        ("response_type=code&registration=%7B%7D", ErrorCode::RegistrationNotSupported),
        ("response_type=code&response_mode=query.JWT", InvalidRequest),
        ("response_type=id_token&nonce=n&response_mode=query.jwt", InvalidRequest),
        ("response_type=code&response_mode=query&response_mode=query", InvalidRequest),
        ("response_type=code&scope=openid%22", InvalidScope),
        ("response_type=code&scope=openid&scope=email", InvalidRequest),
        ("response_type=code&state=%00", InvalidRequest),
        ("response_type=code&nonce=%0A", InvalidRequest),
        ("response_type=code&prompt=none+login", InvalidRequest),
        ("response_type=code&prompt=create", InvalidRequest),
        ("response_type=code&max_age=-1", InvalidRequest),
        ("response_type=code&max_age=1.5", InvalidRequest),
        ("response_type=code&max_age=+1", InvalidRequest),
        ("response_type=code&acr_values=%C3%A9", InvalidRequest),
        ("response_type=code&claims=%7B", InvalidRequest),
        ("response_type=code&login_hint=%07", InvalidRequest),
        ("response_type=id_token", InvalidRequest),
        ("response_type=code+id_token&nonce=", InvalidRequest),
        ("response_type=code+id_token&nonce=n&response_mode=query", InvalidRequest),
    ];
    for (query, code) in table {
        assert_eq!(code_of(query), Err(code), "{query}");
    }
}

#[test]
fn a_challenge_is_taken_by_s256_alone() {
    let query = |rest: &str| format!("response_type=code&{rest}");
    assert!(parse(&query(&format!("code_challenge={CHALLENGE}&code_challenge_method=S256"))).is_ok());
    for rest in [
        format!("code_challenge={CHALLENGE}"),
        format!("code_challenge={CHALLENGE}&code_challenge_method=plain"),
        format!("code_challenge={CHALLENGE}&code_challenge_method=s256"),
    ] {
        let refusal = parse(&query(&rest)).unwrap_err();
        assert_eq!(refusal.code(), ErrorCode::InvalidRequest);
        assert!(refusal.description().contains("S256"), "{refusal}");
    }
    for rest in ["code_challenge=short&code_challenge_method=S256", "code_challenge_method=S256"] {
        assert_eq!(code_of(&query(rest)), Err(ErrorCode::InvalidRequest), "{rest}");
    }
}

#[test]
fn hints_and_max_age_end_at_their_limits() {
    for (name, max) in [("login_hint", LOGIN_HINT_MAX_BYTES), ("id_token_hint", ID_TOKEN_HINT_MAX_BYTES)] {
        let query = |length| format!("response_type=code&{name}={}", "x".repeat(length));
        assert!(parse(&query(max)).is_ok(), "{name}");
        assert_eq!(code_of(&query(max + 1)), Err(ErrorCode::InvalidRequest), "{name}");
    }
    for text in ["0", "315360000", "99999999999999999999999999"] {
        let max_age = parse(&format!("response_type=code&max_age={text}")).unwrap().max_age;
        assert_eq!(max_age, Some(text.parse().unwrap_or(u64::MAX).min(MAX_AGE_MAX_S)), "{text}");
    }
}

#[test]
fn a_stored_request_is_held_against_the_rules_again() {
    let request = parse("response_type=id_token&nonce=n").unwrap();
    let stored = serde_json::to_value(&request).unwrap();
    for (member, value) in [("response_mode", "query"), ("scope", "\""), ("max_age", "x")] {
        let mut tampered = stored.clone();
        tampered[member] = value.into();
        assert!(serde_json::from_value::<AuthorizationRequest>(tampered).is_err(), "{member}");
    }
    let mut without_nonce = stored;
    without_nonce["nonce"] = serde_json::Value::Null;
    assert!(serde_json::from_value::<AuthorizationRequest>(without_nonce).is_err());
}

#[test]
fn an_error_response_travels_as_the_client_can_read_it() {
    let table = [
        ("", ResponseMode::Query),
        ("response_type=code", ResponseMode::Query),
        ("response_type=code&response_mode=fragment", ResponseMode::Fragment),
        ("response_type=code&response_mode=form_post", ResponseMode::FormPost),
        ("response_type=code&response_mode=bogus", ResponseMode::Query),
        ("response_type=code&response_mode=fragment&response_mode=fragment", ResponseMode::Query),
        ("response_type=code+id_token", ResponseMode::Fragment),
        ("response_type=id_token&response_mode=query", ResponseMode::Fragment),
        ("response_type=id_token&response_mode=form_post", ResponseMode::FormPost),
        ("response_type=id_token&response_mode=bogus", ResponseMode::Fragment),
        ("response_type=id_token&response_type=code", ResponseMode::Fragment),
        ("response_type=token", ResponseMode::Fragment),
        ("response_type=code&response_mode=jwt", ResponseMode::QueryJwt),
        ("response_type=code&response_mode=form_post.jwt", ResponseMode::FormPostJwt),
        ("response_type=id_token&response_mode=jwt", ResponseMode::FragmentJwt),
        ("response_type=id_token&response_mode=query.jwt", ResponseMode::FragmentJwt),
    ];
    for (query, mode) in table {
        assert_eq!(peek_response_mode(&Params::parse_query(query).unwrap()), mode, "{query}");
    }
}

#[test]
fn the_state_is_given_back_where_there_is_exactly_one() {
    let table = [("", None), ("state=s", Some("s")), ("state=s&state=s", None), ("state=%00", None)];
    for (query, state) in table {
        let peeked = peek_state(&Params::parse_query(query).unwrap());
        assert_eq!(peeked.as_ref().map(State::as_str), state, "{query}");
    }
}

#[test]
fn client_and_redirect_uri_are_read_before_all_else() {
    let params = |query| Params::parse_query(query).unwrap();
    assert_eq!(client_id(&params("client_id=c")).unwrap().as_str(), "c");
    for query in ["", "client_id=", "client_id=a&client_id=b", "client_id=%00"] {
        assert_eq!(client_id(&params(query)).unwrap_err().code(), ErrorCode::InvalidRequest, "{query}");
    }
    assert_eq!(redirect_uri(&params("redirect_uri=x")), Ok(Some("x".to_owned())));
    assert_eq!(redirect_uri(&params("")), Ok(None));
    assert!(redirect_uri(&params("redirect_uri=x&redirect_uri=x")).is_err());
}

#[test]
fn debug_output_does_not_name_the_end_user() {
    let request = parse("response_type=code&login_hint=alice&id_token_hint=e30.e30.x").unwrap();
    let shown = format!("{request:?}");
    assert!(!shown.contains("alice") && !shown.contains("e30"), "{shown}");
}

proptest! {
    #[test]
    fn any_request_is_read_or_refused_and_what_is_read_survives(
        response_type in "code|id_token|code id_token|[a-z ]{0,12}",
        name in "response_mode|scope|state|nonce|prompt|max_age|acr_values|login_hint|id_token_hint|ui_locales|claims|code_challenge",
        value in "query|fragment|form_post|login|\\PC{0,30}|[ -~]{0,30}|[0-9]{0,24}|\\{\"userinfo\":\\{\"a\":null\\}\\}",
    ) {
        let pairs = [("response_type", &response_type), (name.as_str(), &value)];
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        match parse(&query) {
            Ok(request) => assert_round_trip(&request),
            Err(refusal) => prop_assert!(matches!(
                refusal.code(),
                ErrorCode::InvalidRequest | ErrorCode::InvalidScope | ErrorCode::UnsupportedResponseType
            )),
        }
    }
}
