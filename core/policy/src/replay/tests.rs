//! Recorded logins, run through candidates.

use super::*;
use crate::stub::{Stub, StubRuntime, always, policy};
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AfterAuthenticationInput, ClaimsDecision, ClaimsInput, HookDecision, HookInput,
};
use gatewright_domain::trace::Recording;
use serde_json::json;

const BOTH: &str = "[[after_authentication]]\nrun = \"a.rhai\"\n[[claims]]\nscopes = [\"profile\"]\nclaims = [\"a\", \"b\", \"email\"]\nrun = \"b.rhai\"\n";

fn claims(of: serde_json::Value) -> HookDecision {
    HookDecision::Claims(ClaimsDecision { claims: of.as_object().cloned().unwrap() })
}

fn after(decision: AfterAuthenticationDecision) -> HookDecision {
    HookDecision::AfterAuthentication(decision)
}

fn with(decision: AfterAuthenticationDecision, b: Stub) -> CompiledBundle {
    policy(BOTH, &StubRuntime::new(&[("a.rhai", always(after(decision))), ("b.rhai", b)]))
}

/// A login under the live policy: two questions, through the form in which they are stored.
async fn lived(live: &CompiledBundle) -> Vec<Asked> {
    let inputs =
        [HookInput::AfterAuthentication(AfterAuthenticationInput::sample()), HookInput::Claims(ClaimsInput::sample())];
    let mut questions = Vec::new();
    for input in inputs {
        let asked = live.ask_on_record(input, gatewright_domain::flow::Record::new(1)).await;
        let recording = Recording::of(&asked, &BTreeSet::new()).unwrap().unwrap();
        questions.push(recording.asked().unwrap());
    }
    questions
}

async fn effects(live: &CompiledBundle, candidate: &CompiledBundle) -> Vec<Effect> {
    let changes = replay(candidate, &lived(live).await, &Redaction::default()).await;
    changes.into_iter().map(|change| change.effect).collect()
}

#[tokio::test]
async fn a_candidate_that_decides_alike_changes_nothing() {
    let proceed = || with(AfterAuthenticationDecision::Proceed, always(claims(json!({ "a": 1 }))));
    assert_eq!(effects(&proceed(), &proceed()).await, []);
}

#[tokio::test]
async fn other_claims_are_told_by_name_with_both_answers() {
    let live = with(AfterAuthenticationDecision::Proceed, always(claims(json!({ "a": 1, "b": 2 }))));
    let candidate =
        with(AfterAuthenticationDecision::Proceed, always(claims(json!({ "a": 1, "b": 3, "email": "a@b.c" }))));
    let changes = replay(&candidate, &lived(&live).await, &Redaction::default()).await;
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!((change.effect, change.binding.as_str(), change.hook), (Effect::Claims, "claims/b", HookKind::Claims));
    assert_eq!(change.names, ["b", "email"]);
    let shown = serde_json::to_value(&change.would_be).unwrap();
    assert_eq!(
        shown["decision"]["claims"],
        json!({ "a": 1, "b": 3, "email": "‹text of 5›" }),
        "redacted as a trace is"
    );
}

#[tokio::test]
async fn what_comes_after_a_login_takes_another_way_is_not_asked() {
    let live = with(AfterAuthenticationDecision::Proceed, always(claims(json!({ "a": 1 }))));
    let deny = AfterAuthenticationDecision::Deny { reason: "no".into() };
    let candidate = with(deny, always(claims(json!({ "a": 2 }))));
    assert_eq!(effects(&live, &candidate).await, [Effect::Refused]);
    assert_eq!(effects(&candidate, &live).await, [Effect::LetIn]);
}

#[tokio::test]
async fn a_binding_that_only_the_candidate_has_is_asked_too() {
    let live = policy("", &StubRuntime::new(&[]));
    let candidate = with(AfterAuthenticationDecision::Proceed, always(claims(json!({ "a": 1 }))));
    assert_eq!(effects(&live, &candidate).await, [Effect::Claims]);
}

#[tokio::test]
async fn a_candidate_that_fails_is_told_as_failing() {
    let live = with(AfterAuthenticationDecision::Proceed, always(claims(json!({}))));
    let candidate = with(AfterAuthenticationDecision::Proceed, crate::stub::fails());
    assert_eq!(effects(&live, &candidate).await, [Effect::Faulted]);
}
