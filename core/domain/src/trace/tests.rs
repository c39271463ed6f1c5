//! What is written down of a question, and what is not.

use super::{AfterFault, Answer, Asked, HookRun, Redaction, RunEnd, Spent};
use crate::capabilities::http::{HttpCall, HttpResponse, HttpText};
use crate::capabilities::kv::KvCall;
use crate::flow::{Entry, FaultKind, HookFault, HostAnswer, HostCall, Journal, SecretRef, UsersCall};
use crate::hooks::{ClaimsDecision, ClaimsInput, HookDecision, HookInput, HookKind};
use crate::identifiers::{BindingName, BundleDigest};
use crate::page::{AnswerValue, Choice, Field, FieldKind, Form, FormAnswer, Page};
use crate::user::UserView;
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn binding() -> BindingName {
    BindingName::parse("claims/a").unwrap()
}

fn asked(input: HookInput, runs: Vec<HookRun>) -> Asked {
    let bundle = BundleDigest::parse("b1").unwrap();
    let answer = Answer::Decided(HookDecision::Claims(ClaimsDecision::default()));
    Asked { bundle, input, at_ms: 1, answer, runs }
}

fn run(entries: &[(HostCall, HostAnswer)], known: usize, end: RunEnd) -> HookRun {
    let entries: Vec<Entry> =
        entries.iter().map(|(call, answer)| Entry { call: call.clone(), answer: answer.clone() }).collect();
    let journal: Journal = serde_json::from_value(json!({ "entries": entries })).unwrap();
    HookRun { binding: binding(), journal, known, end, spent: Spent::default() }
}

fn claims(of: Value) -> RunEnd {
    let claims = of.as_object().cloned().unwrap();
    RunEnd::Decided(HookDecision::Claims(ClaimsDecision { claims }))
}

fn written(asked: &Asked) -> Value {
    serde_json::to_value(Redaction::default().record(asked)).unwrap()
}

#[test]
fn a_personal_claim_is_written_as_its_shape_wherever_it_stands() {
    let ends =
        claims(json!({ "greeting": "Dear Alice Liddell", "email": "a@b.c", "birthdate": null, "groups": ["x"] }));
    let told = written(&asked(HookInput::Claims(ClaimsInput::sample()), vec![run(&[], 0, ends)]));
    assert_eq!(told["input"]["user"]["claims"]["name"], "‹text of 13›");
    assert_eq!(told["input"]["user"]["claims"]["groups"], json!(["staff"]));
    let decided = &told["runs"][0]["end"]["decision"]["claims"];
    let expected =
        json!({ "greeting": "Dear ‹text of 13›", "email": "‹text of 5›", "birthdate": null, "groups": ["x"] });
    assert_eq!(*decided, expected);
}

#[test]
fn names_of_clients_and_subjects_are_no_ones_secret() {
    let told = written(&asked(HookInput::Claims(ClaimsInput::sample()), vec![]));
    assert_eq!(
        told["input"]["client"],
        json!({
            "id": "demo", "name": "Demo", "application_type": "web", "public": false, "first_party": false,
        })
    );
    assert_eq!(told["input"]["user"]["subject"], "248289761001");
}

#[test]
fn which_claims_are_personal_is_the_operators_to_say() {
    let redaction = Redaction::new(["groups".to_owned()]);
    let told = redaction.record(&asked(HookInput::Claims(ClaimsInput::sample()), vec![]));
    let claims = &told.input.unwrap()["user"]["claims"];
    assert_eq!((&claims["name"], &claims["groups"]), (&json!("Alice Liddell"), &json!("‹list of 1›")));
}

fn form() -> HostCall {
    let field = |name: &str, kind| Field {
        name: name.to_owned(),
        label: None,
        kind,
        value: Some("typed-before".into()),
        error: None,
        optional: false,
    };
    let options = vec![Choice { value: "sms".into(), label: "Text message".into() }];
    let fields = vec![
        field("nick", FieldKind::Text),
        field("code", FieldKind::Code),
        field("way", FieldKind::Choice { options }),
        field("stay", FieldKind::Checkbox),
    ];
    HostCall::Ask(Page::Form(Form { title: "Hello whiterabbit".into(), fields, ..Form::default() }))
}

#[test]
fn of_what_was_typed_only_choices_and_buttons_are_written() {
    let values = BTreeMap::from([
        ("nick".to_owned(), AnswerValue::Text("whiterabbit".into())),
        ("code".to_owned(), AnswerValue::Secret),
        ("way".to_owned(), AnswerValue::Text("sms".into())),
        ("stay".to_owned(), AnswerValue::Flag(true)),
    ]);
    let answer = HostAnswer::Form(FormAnswer { values, action: "go".into() });
    let told = written(&asked(
        HookInput::sample(HookKind::Authenticate),
        vec![run(&[(form(), answer)], 1, claims(json!({ "hint": "for whiterabbit" })))],
    ));
    let call = &told["runs"][0]["calls"][0];
    assert_eq!(call["about"], json!({ "title": "Hello ‹text of 11›", "fields": ["nick", "code", "way", "stay"] }));
    let expected = json!({
        "pressed": "go", "field nick": { "typed": "‹text of 11›" }, "field code": "‹secret›",
        "field way": { "chosen": "sms" }, "field stay": { "ticked": true },
    });
    assert_eq!(call["answer"], expected);
    let text = told.to_string();
    assert!(!text.contains("whiterabbit") && !text.contains("typed-before"), "{text}");
    assert_eq!(told["input"], Value::Null, "what it was told stands where it began");
}

#[test]
fn what_a_capability_was_given_and_gave_is_written_in_short() {
    let secret = SecretRef::Configured { name: "key".into() };
    let headers = BTreeMap::from([("authorization".into(), HttpText::Secret { before: "Bearer ".into(), secret })]);
    let (method, body) = ("POST".to_owned(), None);
    let url = "https://risk.example/score?of=top-hat".to_owned();
    let response = HttpResponse { status: 200, headers: BTreeMap::new(), body: "top-hat".into() };
    let user: UserView = serde_json::from_value(json!({
        "subject": "s1", "username": "dormouse", "claims": { "email": "dormouse@tea.example" },
    }))
    .unwrap();
    let password = SecretRef::Typed { entry: 0, field: "password".into() };
    let table = [
        (
            HostCall::Http(HttpCall { method, url, headers, body, timeout_ms: 5 }),
            HostAnswer::Http(response),
            json!({ "call": "http", "about": {
                "method": "POST", "to": "https://risk.example/score", "headers": ["authorization"],
            }, "answer": { "status": 200, "bytes": 7 } }),
        ),
        (
            HostCall::Users(UsersCall::VerifyPassword { username: "dormouse".into(), password }),
            HostAnswer::User(Some(user)),
            json!({ "call": "users::verify_password", "about": { "username": "‹text of 8›" },
                "answer": { "subject": "s1" } }),
        ),
        (
            HostCall::Kv(KvCall::Put { key: "seen/dormouse".into(), value: json!("top-hat"), ttl_s: 9 }),
            HostAnswer::Done,
            json!({ "call": "kv::put", "about": { "key": "seen/‹text of 8›", "value": "‹text of 7›", "ttl_s": 9 },
                "answer": "done" }),
        ),
        (
            HostCall::Random { bytes: 6 },
            HostAnswer::Bytes("top-hat".into()),
            json!({ "call": "random", "about": { "bytes": 6 }, "answer": "‹text of 7›" }),
        ),
    ];
    let entries: Vec<_> = table.iter().map(|(call, answer, _)| (call.clone(), answer.clone())).collect();
    let told = written(&asked(HookInput::sample(HookKind::Authenticate), vec![run(&entries, 0, claims(json!({})))]));
    for (place, (_, _, expected)) in table.iter().enumerate() {
        assert_eq!(told["runs"][0]["calls"][place], *expected);
    }
}

#[test]
fn a_fault_is_written_with_its_place_and_without_whom_it_names() {
    let message = "no room for Alice Liddell".to_owned();
    let fault = HookFault::new(binding(), FaultKind::Threw { message });
    let fault = fault.at(crate::flow::Place { file: "a.rhai".into(), line: 3, column: 5 });
    let end = RunEnd::Fault { fault, then: AfterFault::Skip };
    let told = written(&asked(HookInput::Claims(ClaimsInput::sample()), vec![run(&[], 0, end)]));
    let expected = json!({ "end": "fault", "why": "it threw: no room for ‹text of 13›", "place": "a.rhai:3:5" });
    assert_eq!((&told["runs"][0]["end"], &told["runs"][0]["then"]), (&expected, &json!("skip")));
}

#[test]
fn what_came_before_a_page_is_told_where_it_happened() {
    let answered = HostAnswer::Form(FormAnswer::default());
    let entries = [(HostCall::Now, HostAnswer::Time(1)), (form(), answered), (HostCall::Now, HostAnswer::Time(2))];
    let told = written(&asked(HookInput::sample(HookKind::Authenticate), vec![run(&entries, 2, claims(json!({})))]));
    let calls: Vec<_> = told["runs"][0]["calls"].as_array().unwrap().iter().map(|call| &call["call"]).collect();
    assert_eq!(calls, ["ask", "now"], "from the answer on");
}
