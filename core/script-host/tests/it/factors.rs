//! What a script asks about factors, mail and other providers, and what it makes of the answers.

use crate::stage::{Setting, Stage, thrown};
use gatewright_domain::capabilities::factors::{FactorsAnswer, FactorsCall};
use gatewright_domain::capabilities::mail::{MailCall, Message};
use gatewright_domain::capabilities::oidc::{OidcCall, SignedIn};
use gatewright_domain::capabilities::recovery::RecoveryCall;
use gatewright_domain::capabilities::totp::TotpCall;
use gatewright_domain::capabilities::webauthn::{PasskeyVerified, WebauthnCall};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::FactorView;
use gatewright_domain::flow::{HostAnswer, HostCall, SecretRef, UsersCall};
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookKind, Run};
use gatewright_domain::identifiers::Subject;
use gatewright_testing::samples::word;
use serde_json::json;

fn subject() -> Subject {
    word("a1")
}

/// The configured secret of the stub, where a typed one would stand.
fn secret() -> SecretRef {
    SecretRef::Configured { name: "api_key".into() }
}

/// The calls a script makes of the host, the secret's left out. What the stubs answer does not matter.
fn asks(call: &str) -> Vec<HostCall> {
    let script = format!(
        "fn authenticate(login) {{ let code = secrets::get(\"api_key\"); try {{ {call}; }} catch {{}} fail(\"x\") }}"
    );
    let mut stage = Stage::new(Setting::of(HookKind::Authenticate), &script);
    stage.run().unwrap();
    let calls = stage.flow.journal.entries().iter().map(|entry| entry.call.clone());
    calls.filter(|call| !matches!(call, HostCall::Secret { .. })).collect()
}

/// What a script answers with `fail`, where the host answered so.
fn told(call: &str, answer: HostAnswer) -> serde_json::Value {
    let script = format!(
        "fn authenticate(login) {{ let code = secrets::get(\"api_key\"); let got = {call}; fail(to_json(got)) }}"
    );
    let mut stage = Stage::new(Setting::of(HookKind::Authenticate), &script);
    stage.run().unwrap_err();
    let mut journal = serde_json::to_value(&stage.flow.journal).unwrap();
    let last = journal["entries"].as_array_mut().unwrap().last_mut().unwrap();
    last["answer"] = serde_json::to_value(answer).unwrap();
    stage.flow.journal = serde_json::from_value(journal).unwrap();
    match stage.run().unwrap() {
        Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Fail { reason })) => {
            serde_json::from_str(&reason).unwrap()
        }
        other => panic!("{other:?}"),
    }
}

fn message() -> Message {
    Message { title: "Hello".into(), text: "Your code is {code}.".into() }
}

#[test]
fn each_function_asks_what_its_name_says() {
    let factor = || word("f1");
    let (challenge, ceremony, provider) = ("c1".to_owned(), "c1".to_owned(), "corporate".to_owned());
    let asked = [
        ("users::wait_s(\"alice\")", HostCall::Users(UsersCall::WaitS { username: "alice".into() })),
        ("factors::list(\"a1\")", HostCall::Factors(FactorsCall::List { subject: subject() })),
        ("factors::find(\"r\")", HostCall::Factors(FactorsCall::Find { reference: "r".into() })),
        ("factors::data(\"f1\")", HostCall::Factors(FactorsCall::Data { id: factor() })),
        ("factors::remove(\"f1\")", HostCall::Factors(FactorsCall::Remove { id: factor() })),
        (
            "factors::update(\"f1\", #{ n: 1 }, [2])",
            HostCall::Factors(FactorsCall::Update { id: factor(), before: json!({ "n": 1 }), to: json!([2]) }),
        ),
        ("totp::begin(\"a1\")", HostCall::Totp(TotpCall::Begin { subject: subject() })),
        (
            "totp::confirm(\"f1\", \"My phone\", code)",
            HostCall::Totp(TotpCall::Confirm { enrolment: factor(), label: "My phone".into(), code: secret() }),
        ),
        ("totp::verify(\"a1\", code)", HostCall::Totp(TotpCall::Verify { subject: subject(), code: secret() })),
        (
            "webauthn::begin_registration(\"a1\")",
            HostCall::Webauthn(WebauthnCall::BeginRegistration { subject: subject() }),
        ),
        (
            "webauthn::finish_registration(\"c1\", \"My key\", code)",
            HostCall::Webauthn(WebauthnCall::FinishRegistration {
                ceremony: ceremony.clone(),
                label: "My key".into(),
                response: secret(),
            }),
        ),
        ("webauthn::begin_authentication()", HostCall::Webauthn(WebauthnCall::BeginAuthentication { subject: None })),
        (
            "webauthn::begin_authentication(\"a1\")",
            HostCall::Webauthn(WebauthnCall::BeginAuthentication { subject: Some(subject()) }),
        ),
        (
            "webauthn::finish_authentication(\"c1\", code)",
            HostCall::Webauthn(WebauthnCall::FinishAuthentication { ceremony, response: secret() }),
        ),
        (
            "mail::send(\"a1\", \"Hello\", \"Your code is {code}.\")",
            HostCall::Mail(MailCall::Send { subject: subject(), message: message() }),
        ),
        (
            "mail::send_code(\"a1\", \"Hello\", \"Your code is {code}.\")",
            HostCall::Mail(MailCall::SendCode { subject: subject(), message: message() }),
        ),
        ("mail::verify_code(\"c1\", code)", HostCall::Mail(MailCall::VerifyCode { challenge, code: secret() })),
        ("recovery::remaining(\"a1\")", HostCall::Recovery(RecoveryCall::Remaining { subject: subject() })),
        (
            "recovery::verify(\"a1\", code)",
            HostCall::Recovery(RecoveryCall::Verify { subject: subject(), code: secret() }),
        ),
        (
            "oidc::authorization_url(\"corporate\", \"s\")",
            HostCall::Oidc(OidcCall::AuthorizationUrl { provider: provider.clone(), state: "s".into() }),
        ),
        (
            "oidc::redeem(\"corporate\", \"s\", #{ code: \"x\" })",
            HostCall::Oidc(OidcCall::Redeem {
                provider,
                state: "s".into(),
                returned: [("code".to_owned(), "x".to_owned())].into(),
            }),
        ),
    ];
    for (script, call) in asked {
        assert_eq!(asks(script), [call], "{script}");
    }
}

#[test]
fn a_factor_is_enrolled_with_a_reference_or_without() {
    let enrol = |reference: Option<&str>| {
        let (label, reference) = ("Badge".to_owned(), reference.map(Into::into));
        HostCall::Factors(FactorsCall::Enrol { subject: subject(), label, reference, data: json!({ "n": 1 }) })
    };
    assert_eq!(asks("factors::enrol(\"a1\", \"Badge\", #{ n: 1 })"), [enrol(None)]);
    assert_eq!(asks("factors::enrol(\"a1\", \"Badge\", \"r-7\", #{ n: 1 })"), [enrol(Some("r-7"))]);
}

#[test]
fn a_user_and_a_subject_are_taken_alike() {
    let user = "#{ subject: \"a1\", username: \"alice\", claims: #{} }";
    for function in ["factors::list", "totp::begin", "webauthn::begin_registration", "recovery::remaining"] {
        assert_eq!(asks(&format!("{function}({user})")), asks(&format!("{function}(\"a1\")")), "{function}");
        let nobody =
            thrown(HookKind::Authenticate, &format!("fn authenticate(login) {{ {function}(()); fail(\"x\") }}"));
        assert_eq!(nobody, format!("{function} needs a user or a subject, not ()"));
    }
}

#[test]
fn what_names_no_factor_is_none_and_asks_nobody() {
    assert_eq!(asks("if factors::data(\"\") != () || factors::remove(\"a b\") { clock::now() }"), []);
    assert_eq!(asks("if totp::confirm(\"\", \"x\", code) != () { clock::now() }"), []);
}

#[test]
fn only_what_a_visit_answered_is_redeemed() {
    let script = "fn authenticate(login) { oidc::redeem(\"corporate\", \"s\", #{ code: 7 }); fail(\"x\") }";
    let said = thrown(HookKind::Authenticate, script);
    assert_eq!(said, "oidc::redeem needs what visit answered; `code` in it is a number, not a string");
}

#[test]
fn a_code_is_a_secret_and_nothing_else() {
    for call in
        ["totp::verify(\"a1\", \"123456\")", "mail::verify_code(\"c\", \"1\")", "recovery::verify(\"a1\", \"1\")"]
    {
        let said = thrown(HookKind::Authenticate, &format!("fn authenticate(login) {{ {call}; fail(\"x\") }}"));
        assert!(said.contains("cannot be called with"), "{said}");
    }
}

#[test]
fn an_answer_is_shown_with_the_names_of_its_contract() {
    let view = FactorView {
        id: word("f1"),
        subject: subject(),
        kind: word("badge"),
        label: "Badge".into(),
        created_at: Timestamp(7),
        used_at: None,
    };
    let shown = json!({
        "id": "f1", "subject": "a1", "kind": "badge", "label": "Badge", "created_at": 7, "used_at": null
    });
    let listed = HostAnswer::Factors(FactorsAnswer::Listed(vec![view.clone()]));
    assert_eq!(told("factors::list(\"a1\")", listed), json!([shown]));
    let found = HostAnswer::Factors(FactorsAnswer::Found(Some(view)));
    assert_eq!(told("factors::find(\"r\")", found), shown);
    let none = HostAnswer::Factors(FactorsAnswer::Data(None));
    assert_eq!(told("factors::data(\"f1\")", none), json!(null));
    let passkey = PasskeyVerified { subject: subject(), factor: word("f1"), user_verified: true };
    let shown = json!({ "factor": "f1", "subject": "a1", "user_verified": true });
    let call = "webauthn::finish_authentication(\"c1\", code)";
    assert_eq!(told(call, HostAnswer::Passkey(Some(passkey))), shown);
    assert_eq!(told(call, HostAnswer::Passkey(None)), json!(null));
    let claims = json!({ "email": "a@x.example" }).as_object().unwrap().clone();
    let signed_in = SignedIn { issuer: "https://idp.example".into(), subject: "x".into(), claims };
    let shown = json!({ "claims": { "email": "a@x.example" }, "issuer": "https://idp.example", "subject": "x" });
    let call = "oidc::redeem(\"corporate\", \"s\", #{})";
    assert_eq!(told(call, HostAnswer::SignedIn(Some(signed_in))), shown);
    assert_eq!(told("recovery::remaining(\"a1\")", HostAnswer::Count(3)), json!(3));
    assert_eq!(told("totp::verify(\"a1\", code)", HostAnswer::Factor(Some(word("f1")))), json!("f1"));
}
