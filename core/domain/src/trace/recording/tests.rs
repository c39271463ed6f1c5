//! What a record holds, and what it does not.

use super::*;
use crate::flow::{Entry, HostAnswer, HostCall, SecretRef, UsersCall};
use crate::hooks::{AuthenticateDecision, ClaimsDecision, ClaimsInput};
use crate::page::{AnswerValue, Form, FormAnswer, Page};
use serde_json::json;

fn binding(name: &str) -> BindingName {
    BindingName::parse(name).unwrap()
}

fn names(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn asked(input: HookInput, decision: HookDecision, journal: Journal) -> Asked {
    let run = HookRun {
        binding: binding("a/b"),
        known: journal.entries().len(),
        journal,
        end: RunEnd::Decided(decision.clone()),
        spent: Spent::default(),
    };
    let bundle = BundleDigest::parse("b1").unwrap();
    Asked { bundle, input, at_ms: 7, answer: Answer::Decided(decision), runs: vec![run] }
}

fn claims(members: Value) -> HookDecision {
    HookDecision::Claims(ClaimsDecision { claims: members.as_object().cloned().unwrap() })
}

#[test]
fn every_hook_comes_back_as_it_was_asked() {
    for hook in HookKind::ALL {
        let question = asked(HookInput::sample(hook), claims(json!({ "n": 1 })), Journal::default());
        let recording = Recording::of(&question, &BTreeSet::new()).unwrap().unwrap();
        let text = serde_json::to_string(&recording).unwrap();
        let back: Recording = serde_json::from_str(&text).unwrap();
        assert_eq!(back.asked().unwrap(), question, "{hook}");
    }
}

#[test]
fn a_fault_comes_back_as_a_fault_and_what_waits_is_not_recorded() {
    let fault = HookFault::new(binding("a/b"), FaultKind::SecretGone);
    let sample = || asked(HookInput::sample(HookKind::Claims), claims(json!({})), Journal::default());
    let failed = Asked { answer: Answer::Fault(fault.clone()), ..sample() };
    let back = Recording::of(&failed, &BTreeSet::new()).unwrap().unwrap().asked().unwrap();
    assert!(matches!(&back.answer, Answer::Fault(back) if back.binding == fault.binding), "{back:?}");
    let wait = crate::flow::Wait::Page(Page::Form(Form::default()));
    let waiting = Asked { answer: Answer::Waiting(wait), ..sample() };
    assert_eq!(Recording::of(&waiting, &BTreeSet::new()).unwrap(), None);
}

#[test]
fn a_typed_secret_is_a_tombstone_in_the_record() {
    let values = BTreeMap::from([("password".to_owned(), AnswerValue::Secret)]);
    let entries = [
        Entry {
            call: HostCall::Ask(Page::Form(Form::default())),
            answer: HostAnswer::Form(FormAnswer { values, action: String::new() }),
        },
        Entry {
            call: HostCall::Users(UsersCall::VerifyPassword {
                username: "alice".into(),
                password: SecretRef::Typed { entry: 0, field: "password".into() },
            }),
            answer: HostAnswer::User(None),
        },
    ];
    let journal: Journal = serde_json::from_value(json!({ "entries": entries })).unwrap();
    let decision = HookDecision::Authenticate(AuthenticateDecision::Fail { reason: "no".into() });
    let question = asked(HookInput::sample(HookKind::Authenticate), decision, journal);
    let recording = Recording::of(&question, &names(&["email"])).unwrap().unwrap();
    assert_eq!(recording.asked().unwrap(), question);
    assert!(!serde_json::to_string(&recording).unwrap().contains("wonderland"));
}

#[test]
fn a_withheld_claim_is_gone_wherever_it_stands_and_alike_on_both_sides() {
    let decision = claims(json!({ "greeting": "Dear Alice Liddell", "name": "Alice Liddell", "groups": ["staff"] }));
    let question = asked(HookInput::Claims(ClaimsInput::sample()), decision, Journal::default());
    let recording = Recording::of(&question, &names(&["name"])).unwrap().unwrap();
    let text = serde_json::to_string(&recording).unwrap();
    assert!(!text.contains("Alice") && text.contains("staff"), "{text}");
    let back = recording.asked().unwrap();
    let HookInput::Claims(input) = &back.input else { panic!("{back:?}") };
    assert_eq!(input.user.claims["name"], "‹name withheld›");
    let Answer::Decided(HookDecision::Claims(decided)) = &back.answer else { panic!("{back:?}") };
    assert_eq!(decided.claims["greeting"], "Dear ‹name withheld›");
    assert_eq!(input.client.name, ClaimsInput::sample().client.name, "what a client is called is no claim");
}

#[test]
fn a_share_of_the_named_clients_is_recorded() {
    let id = TraceId::parse("t1").unwrap();
    let client = |id: &str| ClientId::try_from(id).unwrap();
    let all = Sampling::per_million(1_000_000);
    let plan = RecordingPlan { clients: BTreeSet::from([client("a")]), share: all, without: BTreeSet::new() };
    assert!(plan.takes(&client("a"), &id) && !plan.takes(&client("b"), &id));
    let everybody = RecordingPlan { clients: BTreeSet::new(), ..plan.clone() };
    assert!(everybody.takes(&client("b"), &id));
    assert!(!RecordingPlan { share: Sampling::default(), ..plan }.takes(&client("a"), &id));
}
