//! Calls about factors, mail and other providers: what is over a limit is told so and reaches nobody, what was not lent
//! does not exist.

use crate::runs::{Bench, Ended};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::factors::{FACTOR_BYTES_MAX, FactorsCall};
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::capabilities::mail::{MAIL_CHARS_MAX, MailCall, Message, TITLE_CHARS_MAX};
use gatewright_domain::capabilities::oidc::OidcCall;
use gatewright_domain::capabilities::recovery::RecoveryCall;
use gatewright_domain::capabilities::totp::TotpCall;
use gatewright_domain::capabilities::webauthn::WebauthnCall;
use gatewright_domain::factor::{LABEL_CHARS_MAX, REFERENCE_BYTES_MAX};
use gatewright_domain::flow::{HostAnswer, HostCall, SecretRef, UsersCall};
use gatewright_domain::identifiers::Subject;
use gatewright_testing::samples;
use serde_json::{Value, json};

fn subject() -> Subject {
    samples::word(samples::SUBJECT)
}

fn secret() -> SecretRef {
    SecretRef::Configured { name: "api_key".into() }
}

/// What the call is refused with by the host itself, if it is: what it says of a limit.
async fn refusal(call: HostCall) -> Option<String> {
    match Bench::new().call(call).await {
        Ended::Decided(HostAnswer::Failed(CapabilityError::Invalid { why })) => {
            let of_a_limit = [" has 1 to ", " has at most ", " says nowhere "];
            of_a_limit.iter().any(|words| why.contains(words)).then_some(why)
        }
        Ended::Decided(_) => None,
        other => panic!("{other:?}"),
    }
}

fn enrol(label: &str, reference: Option<String>, data: Value) -> HostCall {
    HostCall::Factors(FactorsCall::Enrol { subject: subject(), label: label.into(), reference, data })
}

#[tokio::test]
async fn a_label_is_one_line_of_some_length_wherever_a_factor_gets_one() {
    let labelled: [fn(&str) -> HostCall; 3] = [
        |label| enrol(label, None, json!(1)),
        |label| {
            let (enrolment, label) = (samples::word("e"), label.to_owned());
            HostCall::Totp(TotpCall::Confirm { enrolment, label, code: secret() })
        },
        |label| {
            let (ceremony, label) = ("c".to_owned(), label.to_owned());
            HostCall::Webauthn(WebauthnCall::FinishRegistration { ceremony, label, response: secret() })
        },
    ];
    for call in labelled {
        let longest = "ä".repeat(LABEL_CHARS_MAX);
        assert_eq!(refusal(call(&longest)).await, None);
        for label in ["", "two\nlines", &format!("{longest}ä")] {
            let why = refusal(call(label)).await.expect("it is refused");
            assert!(why.starts_with("a factor's label"), "{why}");
        }
    }
}

#[tokio::test]
async fn a_reference_has_some_bytes_and_not_too_many() {
    let with = |reference: String| {
        [enrol("x", Some(reference.clone()), json!(1)), HostCall::Factors(FactorsCall::Find { reference })]
    };
    for call in with("r".repeat(REFERENCE_BYTES_MAX)) {
        assert_eq!(refusal(call).await, None);
    }
    for reference in [String::new(), "nul\0".to_owned(), "r".repeat(REFERENCE_BYTES_MAX + 1)] {
        for call in with(reference) {
            let why = refusal(call).await.expect("it is refused");
            assert!(why.starts_with("a factor's reference"), "{why}");
        }
    }
}

#[tokio::test]
async fn what_is_stored_with_a_factor_is_not_too_large() {
    // Two bytes are the quotes of the JSON.
    let sized = |bytes: usize| json!("d".repeat(bytes - 2));
    let with = |data: Value| {
        let update = FactorsCall::Update { id: samples::word("f"), before: json!(1), to: data.clone() };
        [enrol("x", None, data), HostCall::Factors(update)]
    };
    for call in with(sized(FACTOR_BYTES_MAX)) {
        assert_eq!(refusal(call).await, None);
    }
    for call in with(sized(FACTOR_BYTES_MAX + 1)) {
        let why = refusal(call).await.expect("it is refused");
        assert!(why.starts_with("what is stored with a factor"), "{why}");
    }
}

fn letters(title: &str, text: &str) -> [HostCall; 2] {
    let message = Message { title: title.into(), text: text.into() };
    let (to, with) = (subject(), message.clone());
    [MailCall::Send { subject: to.clone(), message }, MailCall::SendCode { subject: to, message: with }]
        .map(HostCall::Mail)
}

#[tokio::test]
async fn a_message_has_a_title_of_one_line_and_a_text_of_some_length() {
    let (title, text) = ("t".repeat(TITLE_CHARS_MAX), format!("{{code}}\n\t{}", "x".repeat(MAIL_CHARS_MAX - 8)));
    for call in letters(&title, &text) {
        assert_eq!(refusal(call).await, None);
    }
    for title in ["", "two\r\nBcc: everyone@example.com", &"t".repeat(TITLE_CHARS_MAX + 1)] {
        for call in letters(title, &text) {
            let why = refusal(call).await.expect("it is refused");
            assert!(why.starts_with("a message's title"), "{why}");
        }
    }
    for text in ["", "{code}\r", "{code}\0", &format!("{text}x")] {
        for call in letters(&title, text) {
            let why = refusal(call).await.expect("it is refused");
            assert!(why.starts_with("a message's text"), "{why}");
        }
    }
}

#[tokio::test]
async fn a_message_with_a_code_says_where_the_code_stands() {
    let [plain, coded] = letters("Your code", "It is somewhere.");
    assert_eq!(refusal(plain).await, None);
    assert_eq!(refusal(coded).await.as_deref(), Some("the text of the message says nowhere {code}"));
}

/// What a loan is without.
type TakeAway = fn(&mut Loan);

#[tokio::test]
async fn each_of_them_answers_that_it_was_not_lent() {
    let not_lent = |ended: &Ended<HostAnswer>| {
        matches!(ended, Ended::Decided(HostAnswer::Failed(CapabilityError::NotLent { .. })))
    };
    let provider = |provider: &str| {
        HostCall::Oidc(OidcCall::AuthorizationUrl { provider: provider.to_owned(), state: "s".to_owned() })
    };
    let calls: [(HostCall, TakeAway); 7] = [
        (HostCall::Factors(FactorsCall::List { subject: subject() }), |loan| loan.factors = None),
        (HostCall::Totp(TotpCall::Begin { subject: subject() }), |loan| loan.totp = false),
        (HostCall::Webauthn(WebauthnCall::BeginAuthentication { subject: None }), |loan| loan.webauthn = false),
        (letters("Title", "Text")[0].clone(), |loan| loan.mail = false),
        (HostCall::Recovery(RecoveryCall::Remaining { subject: subject() }), |loan| loan.recovery = false),
        (provider("corporate"), |loan| loan.oidc.clear()),
        (HostCall::Users(UsersCall::WaitS { username: "alice".to_owned() }), |loan| loan.users = false),
    ];
    for (call, take_away) in calls {
        let mut bench = Bench::new();
        let ended = bench.call(call.clone()).await;
        assert!(!not_lent(&ended), "lent, {call:?} works: {ended:?}");
        take_away(&mut bench.loan);
        let ended = bench.call(call.clone()).await;
        assert!(not_lent(&ended), "not lent, {call:?} does not: {ended:?}");
    }
    let ended = Bench::new().call(provider("another")).await;
    assert!(not_lent(&ended), "a provider that was not lent by its name: {ended:?}");
}
