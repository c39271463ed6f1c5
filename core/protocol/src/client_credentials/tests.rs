//! Tables and random text for `client_credentials`.

use proptest::prelude::*;

use super::*;
use crate::error::ErrorCode;

fn parse(header: Option<&str>, form: &str) -> Result<PresentedCredentials, Refusal> {
    PresentedCredentials::parse(header, &Params::parse_form(form.as_bytes()).unwrap())
}

fn basic(pair: &str) -> String {
    format!("Basic {}", STANDARD.encode(pair))
}

fn id(text: &str) -> ClientId {
    ClientId::try_from(text).unwrap()
}

fn secret(text: &str) -> Credential {
    Credential::try_from(text).unwrap()
}

#[test]
fn each_method_is_read() {
    let assertion = format!("client_assertion=a.b.c&client_assertion_type={JWT_BEARER}");
    let table = [
        (None, "client_id=c", PresentedCredentials::None { client_id: id("c") }),
        (
            None,
            "client_id=c&client_secret=s",
            PresentedCredentials::SecretPost { client_id: id("c"), secret: secret("s") },
        ),
        (Some(basic("c:s")), "", PresentedCredentials::SecretBasic { client_id: id("c"), secret: secret("s") }),
        (
            Some(basic("c:s").replace("Basic", "bAsIc")),
            "client_id=c",
            PresentedCredentials::SecretBasic { client_id: id("c"), secret: secret("s") },
        ),
        (Some(basic("c:")), "", PresentedCredentials::None { client_id: id("c") }),
        (None, &assertion, PresentedCredentials::Assertion { client_id: None, assertion: secret("a.b.c") }),
    ];
    for (header, form, expected) in table {
        assert_eq!(parse(header.as_deref(), form), Ok(expected), "{header:?} {form}");
    }
}

#[test]
fn both_halves_of_basic_are_decoded_as_forms_are() {
    let expected = PresentedCredentials::SecretBasic { client_id: id("a:b"), secret: secret("p w%é:/") };
    assert_eq!(parse(Some(&basic("a%3Ab:p+w%25%C3%A9:%2F")), ""), Ok(expected));
}

#[test]
fn each_fault_of_the_credentials_has_its_code() {
    use ErrorCode::{InvalidClient, InvalidRequest};
    let jwt = format!("client_assertion=a.b.c&client_assertion_type={JWT_BEARER}");
    let both = format!("{jwt}&client_id=c&client_secret=s");
    let table = [
        (None, "", InvalidClient),
        (None, "client_id=", InvalidClient),
        (None, "client_id=%00", InvalidClient),
        (None, "client_secret=s", InvalidClient),
        (None, "client_id=c&client_id=c", InvalidRequest),
        (None, "client_id=c&client_secret=s&client_secret=s", InvalidRequest),
        (None, "client_id=c&client_secret=%07", InvalidClient),
        (None, "client_assertion=a.b.c", InvalidClient),
        (None, "client_assertion=a.b.c&client_assertion_type=saml", InvalidClient),
        (None, "client_assertion_type=x", InvalidClient),
        (None, both.as_str(), InvalidRequest),
        (Some(basic("c:s")), "client_id=c&client_secret=s", InvalidRequest),
        (Some(basic("c:s")), jwt.as_str(), InvalidRequest),
        (Some(basic("c:s")), "client_id=other", InvalidClient),
        (Some(basic("c")), "", InvalidClient),
        (Some(basic(":s")), "", InvalidClient),
        (Some(basic("c:%FF")), "", InvalidClient),
        (Some("Basic ***".to_owned()), "", InvalidClient),
        (Some("Basic".to_owned()), "", InvalidClient),
        (Some("Bearer abc".to_owned()), "client_id=c", InvalidClient),
    ];
    for (header, form, code) in table {
        let refused = parse(header.as_deref(), form).map_err(|refusal| refusal.code());
        assert_eq!(refused, Err(code), "{header:?} {form}");
    }
}

#[test]
fn what_was_presented_belongs_to_its_method_alone() {
    let post = parse(None, "client_id=c&client_secret=s").unwrap();
    let by: Vec<_> = ClientAuthMethod::ALL.iter().filter(|method| post.is_by(**method)).collect();
    assert_eq!(by, [&ClientAuthMethod::ClientSecretPost]);
    assert_eq!(post.client_id(), Some(&id("c")));
}

#[test]
fn debug_output_does_not_show_the_secret() {
    let shown = format!("{:?}", parse(Some(&basic("c:hunter2")), "").unwrap());
    assert!(!shown.contains("hunter2"), "{shown}");
}

proptest! {
    #[test]
    fn any_header_is_read_or_refused(header in "\\PC{0,40}", form in "[a-z_=&%0-9]{0,60}") {
        let Ok(params) = Params::parse_form(form.as_bytes()) else { return Ok(()) };
        if let Err(refusal) = PresentedCredentials::parse(Some(&header), &params) {
            prop_assert!(matches!(
                refusal.code(),
                ErrorCode::InvalidClient | ErrorCode::InvalidRequest
            ));
        }
    }

    #[test]
    fn basic_credentials_survive_a_round_trip(name in "[ -~]{1,40}", password in "\\PC{1,40}") {
        let encode = |text: &str| {
            url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>()
        };
        let header = basic(&format!("{}:{}", encode(&name), encode(&password)));
        let expected =
            PresentedCredentials::SecretBasic { client_id: id(&name), secret: secret(&password) };
        prop_assert_eq!(parse(Some(&header), ""), Ok(expected));
    }
}
