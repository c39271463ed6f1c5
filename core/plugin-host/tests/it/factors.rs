//! What a plugin asks about factors, mail and other providers, and how the answers reach it.

use crate::guest::{ANSWER, Guest, RETURN, fail_with, manifest, store};
use crate::stage::{Setting, Stage};
use gatewright_domain::capabilities::factors::{FactorsAnswer, FactorsCall};
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::capabilities::mail::{MailCall, Message};
use gatewright_domain::capabilities::oidc::{OidcCall, SignedIn};
use gatewright_domain::capabilities::recovery::RecoveryCall;
use gatewright_domain::capabilities::totp::TotpCall;
use gatewright_domain::capabilities::webauthn::{PasskeyVerified, WebauthnCall};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::FactorView;
use gatewright_domain::flow::{FaultKind, HostAnswer, HostCall, SecretRef, UsersCall, Wait};
use gatewright_domain::hooks::{AuthenticateDecision, ConsentDecision, HookDecision, HookKind, Run};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::page::{ConsentQuestion, FieldKind, Page, QrContent};
use gatewright_protocol::scope::Scope;
use gatewright_testing::capabilities::everything;
use gatewright_testing::samples::word;
use serde_json::{Map, json};

const HOOK: HookKind = HookKind::Authenticate;

fn subject() -> Subject {
    word("a1")
}

fn secret() -> SecretRef {
    SecretRef::Configured { name: "api_key".into() }
}

/// A guest that calls `name` with these texts; `more` are the arguments after them.
fn calling(name: &str, texts: &[&str], more: &str) -> Guest {
    let mut guest = Guest::of(HOOK);
    let key = guest.text("api_key");
    let texts: Vec<String> = texts.iter().map(|text| guest.text(text)).collect();
    // The secret is the first of the run: its handle is 0.
    guest.body = format!(
        "(call $secrets.get {key} (i32.const {ANSWER})) (call ${name} {} {more} (i32.const {ANSWER}))",
        texts.join(" ")
    );
    guest
}

const CODE: &str = "(i32.const 0)";
/// A value: the number 7.
const SEVEN: &str = "(i32.const 1) (i64.const 7) (i32.const 0)";
const NONE: &str = "(i32.const 0) (i32.const 0) (i32.const 0)";

/// A call of each function, and what the host is asked by it.
fn calls() -> Vec<(&'static str, Guest, HostCall)> {
    let mut calls = Vec::new();
    let mut add = |capability, guest, call| calls.push((capability, guest, call));
    add(
        "users",
        calling("users.wait-s", &["alice"], ""),
        HostCall::Users(UsersCall::WaitS { username: "alice".into() }),
    );
    of_factors(&mut add);
    of_proofs(&mut add);
    let message = || Message { title: "Hello".into(), text: "It is {code}.".into() };
    let letter = ["a1", "Hello", "It is {code}."];
    let call = MailCall::Send { subject: subject(), message: message() };
    add("mail", calling("mail.send", &letter, ""), HostCall::Mail(call));
    let call = MailCall::SendCode { subject: subject(), message: message() };
    add("mail", calling("mail.send-code", &letter, ""), HostCall::Mail(call));
    let call = MailCall::VerifyCode { challenge: "c1".into(), code: secret() };
    add("mail", calling("mail.verify-code", &["c1"], CODE), HostCall::Mail(call));
    let (provider, state) = ("corporate".to_owned(), "s".to_owned());
    let call = OidcCall::AuthorizationUrl { provider: provider.clone(), state: state.clone() };
    add("oidc", calling("oidc.authorization-url", &["corporate", "s"], ""), HostCall::Oidc(call));
    let mut guest = Guest::of(HOOK);
    let pair = [guest.span("code"), guest.span("x")].concat();
    let pair = guest.words(&pair);
    let (name, with) = (guest.text("corporate"), guest.text("s"));
    guest.body = format!("(call $oidc.redeem {name} {with} (i32.const {pair}) (i32.const 1) (i32.const {ANSWER}))");
    let returned = [("code".to_owned(), "x".to_owned())].into();
    add("oidc", guest, HostCall::Oidc(OidcCall::Redeem { provider, state, returned }));
    calls
}

fn of_factors(add: &mut impl FnMut(&'static str, Guest, HostCall)) {
    let mut factors = |guest, call| add("factors", guest, HostCall::Factors(call));
    factors(calling("factors.list", &["a1"], ""), FactorsCall::List { subject: subject() });
    let enrol = |reference: Option<&str>| FactorsCall::Enrol {
        subject: subject(),
        label: "Badge".into(),
        reference: reference.map(Into::into),
        data: json!(7),
    };
    factors(calling("factors.enrol", &["a1", "Badge"], &format!("{NONE} {SEVEN}")), enrol(None));
    let mut guest = calling("factors.enrol", &["a1", "Badge"], &format!("REFERENCE {SEVEN}"));
    let reference = guest.text("r-7");
    guest.body = guest.body.replace("REFERENCE", &format!("(i32.const 1) {reference}"));
    factors(guest, enrol(Some("r-7")));
    factors(calling("factors.find", &["r-7"], ""), FactorsCall::Find { reference: "r-7".into() });
    factors(calling("factors.data", &["f1"], ""), FactorsCall::Data { id: word("f1") });
    let update = FactorsCall::Update { id: word("f1"), before: json!(7), to: json!(7) };
    factors(calling("factors.update", &["f1"], &format!("{SEVEN} {SEVEN}")), update);
    factors(calling("factors.remove", &["f1"], ""), FactorsCall::Remove { id: word("f1") });
}

fn of_proofs(add: &mut impl FnMut(&'static str, Guest, HostCall)) {
    let mut totp = |guest, call| add("totp", guest, HostCall::Totp(call));
    totp(calling("totp.begin", &["a1"], ""), TotpCall::Begin { subject: subject() });
    let confirm = TotpCall::Confirm { enrolment: word("f1"), label: "Phone".into(), code: secret() };
    totp(calling("totp.confirm", &["f1", "Phone"], CODE), confirm);
    totp(calling("totp.verify", &["a1"], CODE), TotpCall::Verify { subject: subject(), code: secret() });
    let mut webauthn = |guest, call| add("webauthn", guest, HostCall::Webauthn(call));
    let begun = WebauthnCall::BeginRegistration { subject: subject() };
    webauthn(calling("webauthn.begin-registration", &["a1"], ""), begun);
    let finished = WebauthnCall::FinishRegistration { ceremony: "c1".into(), label: "Key".into(), response: secret() };
    webauthn(calling("webauthn.finish-registration", &["c1", "Key"], CODE), finished);
    let anyone = WebauthnCall::BeginAuthentication { subject: None };
    webauthn(calling("webauthn.begin-authentication", &[], NONE), anyone);
    let mut guest = calling("webauthn.begin-authentication", &[], "WHO");
    let who = guest.text("a1");
    guest.body = guest.body.replace("WHO", &format!("(i32.const 1) {who}"));
    webauthn(guest, WebauthnCall::BeginAuthentication { subject: Some(subject()) });
    let finished = WebauthnCall::FinishAuthentication { ceremony: "c1".into(), response: secret() };
    webauthn(calling("webauthn.finish-authentication", &["c1"], CODE), finished);
    let mut recovery = |guest, call| add("recovery", guest, HostCall::Recovery(call));
    recovery(calling("recovery.remaining", &["a1"], ""), RecoveryCall::Remaining { subject: subject() });
    recovery(calling("recovery.verify", &["a1"], CODE), RecoveryCall::Verify { subject: subject(), code: secret() });
}

fn reason(run: &Run) -> &str {
    match run {
        Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Fail { reason })) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn each_function_asks_what_its_name_says() {
    for (_, mut guest, call) in calls() {
        guest.body = format!("{} unreachable", guest.body);
        let mut stage = Stage::new(&guest);
        stage.run().unwrap_err();
        assert_eq!(stage.flow.journal.entries().last().unwrap().call, call);
    }
}

#[test]
fn what_was_not_lent_answers_not_lent_and_asks_nobody() {
    for (capability, mut guest, call) in calls() {
        let failed = format!("(if (i32.load8_u offset=8 (i32.const {ANSWER})) (then unreachable))");
        guest.body = format!("{} {failed} {}", guest.body, fail_with(ANSWER + 16));
        guest.manifest = Some(manifest(HOOK, "[\"secrets\"]"));
        let mut stage = Stage::new(&guest);
        let run = stage.run().unwrap();
        let expected = format!("{capability}, which the plugin's own manifest does not state");
        assert_eq!(reason(&run), expected, "{call:?}");
        assert!(stage.flow.journal.entries().iter().all(|entry| matches!(entry.call, HostCall::Secret { .. })));
    }
}

#[test]
fn a_provider_that_was_not_lent_by_its_name_answers_not_lent() {
    let mut guest = calling("oidc.authorization-url", &["corporate", "s"], "");
    guest.body = format!("{} {}", guest.body, fail_with(ANSWER + 16));
    let loan = Loan { oidc: ["another".to_owned()].into(), ..everything() };
    let run = Stage::set(Setting { loan, ..Setting::of(HOOK) }, &guest).run().unwrap();
    assert_eq!(reason(&run), "the OpenID Provider `corporate`");
}

#[test]
fn even_what_could_not_be_asked_answers_that_it_is_not_lent() {
    for (name, texts, more) in [
        ("factors.list", &[""][..], ""),
        ("factors.data", &[""][..], ""),
        ("recovery.remaining", &[""][..], ""),
        ("totp.begin", &[""][..], ""),
        ("mail.verify-code", &["c"][..], "(i32.const 9)"),
        ("webauthn.finish-authentication", &["c"][..], "(i32.const 9)"),
    ] {
        let mut guest = calling(name, texts, more);
        guest.manifest = Some(manifest(HOOK, "[\"secrets\"]"));
        let failed = format!("(if (i32.load8_u offset=8 (i32.const {ANSWER})) (then unreachable))");
        guest.body = format!("{} {failed} {}", guest.body, fail_with(ANSWER + 16));
        assert!(reason(&Stage::new(&guest).run().unwrap()).contains("does not state"), "{name}");
    }
}

/// What a guest fails with, where the host answered so: the text whose place stands `at` bytes into the answer.
fn told(mut guest: Guest, at: usize, answer: HostAnswer) -> String {
    guest.body = format!("{} {}", guest.body, fail_with(ANSWER + at));
    let mut stage = Stage::new(&guest);
    drop(stage.run());
    let mut journal = serde_json::to_value(&stage.flow.journal).unwrap();
    let last = journal["entries"].as_array_mut().unwrap().last_mut().unwrap();
    last["answer"] = serde_json::to_value(answer).unwrap();
    stage.flow.journal = serde_json::from_value(journal).unwrap();
    reason(&stage.run().unwrap()).to_owned()
}

#[test]
fn the_answers_arrive() {
    // result: the case, and 8 bytes in what is answered; an option there puts it 4 further.
    let name = HostAnswer::Name("e1".into());
    assert_eq!(told(calling("totp.begin", &["a1"], ""), 8, name), "e1");
    let factor = || HostAnswer::Factor(Some(word("f1")));
    assert_eq!(told(calling("totp.verify", &["a1"], CODE), 12, factor()), "f1");
    let enrolled = HostAnswer::Factors(FactorsAnswer::Enrolled(word("f2")));
    let enrol = calling("factors.enrol", &["a1", "Badge"], &format!("{NONE} {SEVEN}"));
    assert_eq!(told(enrol, 8, enrolled), "f2");
    let verified = PasskeyVerified { subject: subject(), factor: word("f1"), user_verified: true };
    let finish = || calling("webauthn.finish-authentication", &["c1"], CODE);
    assert_eq!(told(finish(), 12, HostAnswer::Passkey(Some(verified.clone()))), "a1");
    assert_eq!(told(finish(), 20, HostAnswer::Passkey(Some(verified))), "f1");
    let claims = Map::new();
    let there = SignedIn { issuer: "https://idp.example".into(), subject: "c7".into(), claims };
    let redeem = || calling("oidc.redeem", &["corporate", "s"], "(i32.const 0) (i32.const 0)");
    assert_eq!(told(redeem(), 12, HostAnswer::SignedIn(Some(there.clone()))), "https://idp.example");
    assert_eq!(told(redeem(), 20, HostAnswer::SignedIn(Some(there))), "c7");
    // option<factor> is aligned to 8, for its times: the label is its fourth text.
    let view = FactorView {
        id: word("f1"),
        subject: subject(),
        kind: word("badge"),
        label: "My badge".into(),
        created_at: Timestamp(7),
        used_at: Some(Timestamp(8)),
    };
    let found = HostAnswer::Factors(FactorsAnswer::Found(Some(view)));
    assert_eq!(told(calling("factors.find", &["r"], ""), 16 + 24, found), "My badge");
}

#[test]
fn the_answer_to_another_call_is_a_fault() {
    let mut guest = calling("totp.begin", &["a1"], "");
    guest.body = format!("{} unreachable", guest.body);
    let mut stage = Stage::new(&guest);
    stage.run().unwrap_err();
    let mut journal = serde_json::to_value(&stage.flow.journal).unwrap();
    journal["entries"][1]["answer"] = serde_json::to_value(HostAnswer::Done).unwrap();
    stage.flow.journal = serde_json::from_value(journal).unwrap();
    let expected = FaultKind::Unavailable { what: "answer totp from the journal".into() };
    assert_eq!(stage.run().unwrap_err().kind, expected);
}

/// Asks the server's own question about `openid`, and decides by its answer: consent is built in or denied.
fn asks_consent(hook: HookKind) -> Guest {
    let mut guest = Guest::of(hook);
    let [scope, count] = guest.texts(&["openid"]);
    let [place, length] = guest.span("no");
    guest.body = format!(
        "(if (result i32) (call $pages.ask-consent (i32.const {scope}) (i32.const {count}))
             (then {} (i32.const {RETURN})) (else {} (i32.const {RETURN})))",
        store(RETURN, &[2]),
        store(RETURN, &[1, place, length])
    );
    guest
}

#[test]
fn consent_asks_the_servers_own_question_and_hears_the_answer() {
    for (allowed, expected) in
        [(true, ConsentDecision::BuiltIn), (false, ConsentDecision::Deny { reason: "no".into() })]
    {
        let mut stage = Stage::new(&asks_consent(HookKind::Consent));
        let question = Page::Consent(ConsentQuestion { scope: Scope::parse("openid").unwrap() });
        assert_eq!(stage.run().unwrap(), Run::Waiting(Wait::Page(question)));
        stage.next_request();
        assert!(stage.flow.journal.answer(HostAnswer::Consent { allowed }));
        assert_eq!(stage.run().unwrap(), Run::Decided(HookDecision::Consent(expected)));
    }
}

#[test]
fn no_other_hook_asks_it() {
    for hook in HookKind::ALL.into_iter().filter(|hook| *hook != HookKind::Consent) {
        let mut stage = Stage::new(&asks_consent(hook));
        assert_eq!(stage.run().unwrap_err().kind, FaultKind::NotInteractive, "{hook}");
        assert!(stage.flow.journal.waiting().is_none());
    }
}

#[test]
fn what_a_page_shows_and_the_browser_does_arrives_as_described() {
    // A field's kind with its content: a code that says a text, one of an enrolment, a passkey's two ceremonies.
    for (case, content, expected) in [
        (7, 0, FieldKind::QrCode { content: QrContent::Text("x-1".into()) }),
        (7, 1, FieldKind::QrCode { content: QrContent::TotpEnrolment("x-1".into()) }),
        (8, 9, FieldKind::PasskeyRegistration { ceremony: "x-1".into() }),
        (9, 9, FieldKind::PasskeyAuthentication { ceremony: "x-1".into() }),
    ] {
        let mut guest = Guest::of(HOOK);
        let (title, name, said) = (guest.text("Look"), guest.span("it"), guest.span("x-1"));
        let content = match content {
            9 => [said[0], said[1], 0],
            content => [content, said[0], said[1]],
        };
        let field = [&name[..], &[0, 0, 0, case], &content, &[0; 7]].concat();
        let field = guest.words(&field);
        guest.body = format!(
            "(call $pages.ask {title} {NONE} {NONE} (i32.const {field}) (i32.const 1) (i32.const 0) (i32.const 0)
                 (i32.const 1) (i32.const 5) (i32.const {ANSWER})) unreachable"
        );
        let form = Stage::new(&guest).form();
        assert_eq!((&form.fields[0].kind, form.wait_s), (&expected, Some(5)));
    }
}
