//! What counts as which difference.

use super::*;
use gatewright_domain::flow::{HookFault, Journal, Wait};
use gatewright_domain::hooks::{ClaimsDecision, ConsentDecision, CustomizeTokenInput, HookInput, SelectAcrInput};
use gatewright_domain::identifiers::{BindingName, BundleDigest, Subject};
use gatewright_domain::page::{Form, Page};
use gatewright_domain::trace::{AfterFault, HookRun, Spent};
use gatewright_protocol::acr::Acr;
use serde_json::json;

fn asked(answer: Answer, micros: u64) -> Asked {
    let end = match &answer {
        Answer::Decided(decision) => RunEnd::Decided(decision.clone()),
        Answer::Waiting(wait) => RunEnd::Waiting(wait.clone()),
        Answer::Fault(fault) => RunEnd::Fault { fault: fault.clone(), then: AfterFault::Deny },
    };
    let binding = BindingName::parse("hook/binding").unwrap();
    let spent = Spent { micros, ..Spent::default() };
    let run = HookRun { binding, journal: Journal::default(), known: 0, end, spent };
    let input = HookInput::SelectAcr(SelectAcrInput::sample());
    Asked { bundle: BundleDigest::parse("d").unwrap(), input, at_ms: 0, answer, runs: vec![run] }
}

fn decided(decision: HookDecision) -> Answer {
    Answer::Decided(decision)
}

fn acr(name: &str) -> Acr {
    Acr::try_from(name).unwrap()
}

fn selects(name: &str) -> Answer {
    decided(HookDecision::SelectAcr(SelectAcrDecision::Use(vec![acr(name)])))
}

fn denies() -> Answer {
    decided(HookDecision::SelectAcr(SelectAcrDecision::Deny { reason: "no".into() }))
}

fn steps_up(name: &str) -> Answer {
    decided(HookDecision::AfterAuthentication(AfterAuthenticationDecision::StepUp { acr: acr(name) }))
}

fn proceeds() -> Answer {
    decided(HookDecision::AfterAuthentication(AfterAuthenticationDecision::Proceed))
}

fn signs_in(name: &str) -> Answer {
    let subject = Subject::parse(name).unwrap();
    decided(HookDecision::Authenticate(AuthenticateDecision::Authenticated { subject, amr: Vec::new() }))
}

fn delegates(name: &str) -> Answer {
    decided(HookDecision::Authenticate(AuthenticateDecision::Delegate { acr: acr(name) }))
}

fn page(title: &str) -> Answer {
    Answer::Waiting(Wait::Page(Page::Form(Form { title: title.into(), ..Form::default() })))
}

fn fault(kind: FaultKind) -> Answer {
    Answer::Fault(HookFault::new(BindingName::parse("hook/binding").unwrap(), kind))
}

fn throws() -> Answer {
    fault(FaultKind::Threw { message: "boom".into() })
}

fn unrecorded() -> Answer {
    fault(FaultKind::Unrecorded { call: "http" })
}

#[test]
fn each_difference_is_of_its_kind() {
    let consent = |decision| decided(HookDecision::Consent(decision));
    let cases = [
        (selects("pwd"), selects("otp"), Some(Finding::Acr)),
        (selects("pwd"), denies(), Some(Finding::Decision)),
        (selects("pwd"), selects("pwd"), None),
        (steps_up("otp"), steps_up("key"), Some(Finding::Acr)),
        (proceeds(), steps_up("otp"), Some(Finding::Decision)),
        (delegates("otp"), delegates("key"), Some(Finding::Acr)),
        (signs_in("alice"), signs_in("bob"), Some(Finding::Decision)),
        (signs_in("alice"), delegates("otp"), Some(Finding::Decision)),
        (
            consent(ConsentDecision::BuiltIn),
            consent(ConsentDecision::Deny { reason: "no".into() }),
            Some(Finding::Decision),
        ),
        (page("Who?"), page("Who?"), None),
        (page("Who?"), page("Who then?"), Some(Finding::Decision)),
        (page("Who?"), signs_in("alice"), Some(Finding::Decision)),
        (signs_in("alice"), throws(), Some(Finding::Fault)),
        (throws(), signs_in("alice"), Some(Finding::Fault)),
        (throws(), throws(), None),
        (signs_in("alice"), unrecorded(), Some(Finding::Unrecorded)),
        (throws(), unrecorded(), Some(Finding::Unrecorded)),
    ];
    for (live, tried, expected) in cases {
        let found = differences(&asked(live.clone(), 1), &asked(tried.clone(), 1));
        let found: Vec<Finding> = found.into_iter().map(|difference| difference.finding).collect();
        assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{live:?} and {tried:?}");
    }
}

#[test]
fn claims_that_differ_are_named_added_removed_or_changed() {
    let claims =
        |claims: Value| decided(HookDecision::Claims(ClaimsDecision { claims: claims.as_object().unwrap().clone() }));
    let live = asked(claims(json!({ "same": 1, "gone": 1, "other": 1 })), 1);
    let tried = asked(claims(json!({ "same": 1, "other": 2, "new": 1 })), 1);
    let [found] = &differences(&live, &tried)[..] else { panic!("one difference") };
    assert_eq!(
        (found.finding, found.names.as_slice()),
        (Finding::Claims, &["gone", "new", "other"].map(String::from)[..])
    );
    assert_eq!(found.binding, "hook/binding");
}

#[test]
fn parts_of_a_token_that_differ_are_named() {
    let changes = |changes| decided(HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)));
    let claims = json!({ "dept": "it" }).as_object().unwrap().clone();
    let audience = Some(CustomizeTokenInput::sample().audience);
    let more = TokenChanges { claims, lifetime_s: Some(60), audience, scope: None };
    let found = differences(&asked(changes(TokenChanges::default()), 1), &asked(changes(more), 1));
    assert_eq!((found.len(), found[0].finding), (1, Finding::Token));
    assert_eq!(found[0].names, ["dept", "lifetime_s", "audience"]);
}

#[test]
fn slower_is_so_many_times_as_long_and_by_so_much() {
    let slow = |live, tried| !differences(&asked(proceeds(), live), &asked(proceeds(), tried)).is_empty();
    assert!(!slow(10, SLOWER_MICROS), "of short runs a multiple says nothing");
    assert!(slow(10, 10 * SLOWER_TIMES + SLOWER_MICROS));
    assert!(!slow(100_000, 250_000), "not three times as long");
    assert!(slow(100_000, 100_000 * SLOWER_TIMES + SLOWER_MICROS));
    let unknown = differences(&asked(proceeds(), 1), &asked(unrecorded(), 1_000_000));
    assert_eq!(unknown.len(), 1, "of what broke off the time says nothing: {unknown:?}");
}
