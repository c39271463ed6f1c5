//! What of a question may be written down.
//!
//! Secrets are not in it to begin with. What an end-user typed is never written, but for choices and buttons. A personal
//! claim is written as its shape, wherever it stands: under its name, and as part of any other text, for a page that
//! greets somebody by name says the name too.

use super::calls::{answer_record, call_record};
use super::decisions::decision_record;
use super::record::{AskedRecord, CallRecord, EndRecord, RunRecord};
use super::{Answer, Asked, HookRun, RunEnd};
use crate::flow::{HookFault, HostAnswer, HostCall, Wait};
use crate::hooks::HookInput;
use crate::page::{AnswerValue, Page};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeSet;

/// The personal claims of OpenID Connect Core 5.1, and what else of a request names a person.
pub const PERSONAL_CLAIMS: [&str; 18] = [
    "address",
    "birthdate",
    "email",
    "family_name",
    "gender",
    "given_name",
    "locale",
    "login_hint",
    "middle_name",
    "name",
    "nickname",
    "phone_number",
    "picture",
    "preferred_username",
    "profile",
    "username",
    "website",
    "zoneinfo",
];

/// Shortest personal text that is looked for in other texts, in bytes: shorter ones would be found in words that have
/// nothing to do with them.
const SOUGHT_BYTES_MIN: usize = 3;
/// Members that name things and nobody: a client is called something too, and a subject is how a trace is found.
const NAMES: [&str; 8] = ["client", "subject", "sub", "client_id", "redirect_uri", "return_url", "acr", "amr"];

/// Which claims are personal.
#[derive(Debug, Clone)]
pub struct Redaction {
    personal: BTreeSet<String>,
}

impl Default for Redaction {
    fn default() -> Self {
        Self::new(PERSONAL_CLAIMS.map(ToOwned::to_owned))
    }
}

impl Redaction {
    /// With these personal claims.
    pub fn new(personal: impl IntoIterator<Item = String>) -> Self {
        Self { personal: personal.into_iter().collect() }
    }

    /// What is written of a question.
    pub fn record(&self, asked: &Asked) -> AskedRecord {
        let mut input = json(&asked.input);
        let veil = self.veil(&input, asked);
        let goes_on = asked.runs.first().is_some_and(|run| run.known > 0);
        veil.draw(None, &mut input);
        AskedRecord {
            hook: asked.hook(),
            bundle: asked.bundle.clone(),
            input: (!goes_on).then_some(input),
            answer: match &asked.answer {
                Answer::Decided(decision) => veil.decided(decision),
                Answer::Waiting(wait) => veil.waiting(wait),
                Answer::Fault(fault) => veil.fault(fault),
            },
            runs: asked.runs.iter().map(|run| veil.run(run)).collect(),
        }
    }

    /// Everything personal that the question knows of.
    fn veil<'r>(&'r self, input: &Value, asked: &'r Asked) -> Veil<'r> {
        let mut sought = BTreeSet::new();
        self.gather(None, input, &mut sought);
        for entry in asked.runs.iter().flat_map(|run| run.journal.entries()) {
            match &entry.answer {
                HostAnswer::User(Some(user)) => self.gather(None, &json(user), &mut sought),
                HostAnswer::SignedIn(Some(signed_in)) => self.gather(None, &json(&signed_in.claims), &mut sought),
                HostAnswer::Form(answer) => {
                    let choices = chosen(&entry.call);
                    let typed = answer.values.iter().filter(|(name, _)| !choices.contains(&name.as_str()));
                    for (_, value) in typed {
                        if let AnswerValue::Text(text) = value {
                            seek(text, &mut sought);
                        }
                    }
                }
                _ => {}
            }
        }
        let mut sought: Vec<String> = sought.into_iter().collect();
        // The longest first: a name inside a mail address is gone with it.
        sought.sort_by_key(|text| std::cmp::Reverse(text.len()));
        Veil { personal: &self.personal, sought }
    }

    fn gather(&self, key: Option<&str>, value: &Value, sought: &mut BTreeSet<String>) {
        let personal = key.is_some_and(|key| self.personal.contains(key));
        match value {
            Value::String(text) if personal => seek(text, sought),
            Value::Array(items) => items.iter().for_each(|item| self.gather(key, item, sought)),
            Value::Object(members) => {
                for (name, member) in members.iter().filter(|(name, _)| !NAMES.contains(&name.as_str())) {
                    self.gather(if personal { key } else { Some(name) }, member, sought);
                }
            }
            _ => {}
        }
    }
}

fn seek(text: &str, sought: &mut BTreeSet<String>) {
    if text.len() >= SOUGHT_BYTES_MIN {
        sought.insert(text.to_owned());
    }
}

/// The fields of a form in which something is chosen, not typed.
fn chosen(call: &HostCall) -> Vec<&str> {
    let HostCall::Ask(Page::Form(form)) = call else { return Vec::new() };
    let chosen = form.fields.iter().filter(|field| matches!(field.kind, crate::page::FieldKind::Choice { .. }));
    chosen.map(|field| field.name.as_str()).collect()
}

/// Hides what is personal.
pub(super) struct Veil<'r> {
    personal: &'r BTreeSet<String>,
    sought: Vec<String>,
}

impl Veil<'_> {
    /// Hides what is personal in a value of that name.
    pub(super) fn draw(&self, key: Option<&str>, value: &mut Value) {
        if key.is_some_and(|key| NAMES.contains(&key)) {
            return;
        }
        if key.is_some_and(|key| self.personal.contains(key)) && !value.is_null() {
            *value = Value::String(shape(value));
            return;
        }
        match value {
            Value::String(text) => *text = self.text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| self.draw(None, item)),
            Value::Object(members) => {
                members.iter_mut().for_each(|(name, member)| self.draw(Some(name), member));
            }
            _ => {}
        }
    }

    /// A text without what is personal in it.
    pub(super) fn text(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for sought in &self.sought {
            if text.contains(sought.as_str()) {
                text = text.replace(sought.as_str(), &shape_of_text(sought));
            }
        }
        text
    }

    fn decided(&self, decision: &crate::hooks::HookDecision) -> EndRecord {
        let mut decision = decision_record(decision);
        self.draw(None, &mut decision);
        EndRecord::Decided { decision }
    }

    fn waiting(&self, wait: &Wait) -> EndRecord {
        match wait {
            Wait::Page(Page::Form(form)) => EndRecord::Page { title: self.text(&form.title) },
            Wait::Page(Page::Consent(_)) => EndRecord::Page { title: "consent".to_owned() },
            Wait::Visit(visit) => EndRecord::Visit { host: super::calls::host_of(&visit.url) },
        }
    }

    fn fault(&self, fault: &HookFault) -> EndRecord {
        let place = fault.place.as_ref().map(|place| match place.column {
            0 => format!("{}:{}", place.file, place.line),
            column => format!("{}:{}:{column}", place.file, place.line),
        });
        EndRecord::Fault { why: self.text(&fault.kind.to_string()), place }
    }

    fn run(&self, run: &HookRun) -> RunRecord {
        // What came before is told where it happened; the answer to a page is told where it came.
        let told = run.known.saturating_sub(usize::from(was_answered(run)));
        let calls = run.journal.entries().iter().skip(told).map(|entry| {
            let mut about = call_record(&entry.call);
            let mut answer = answer_record(&entry.call, &entry.answer);
            self.draw(None, &mut about);
            self.draw(None, &mut answer);
            CallRecord { call: entry.call.name().to_owned(), about, answer }
        });
        let calls = calls.collect();
        let (end, then) = match &run.end {
            RunEnd::Decided(decision) => (self.decided(decision), None),
            RunEnd::Waiting(wait) => (self.waiting(wait), None),
            RunEnd::Fault { fault, then } => (self.fault(fault), Some(then.name().to_owned())),
        };
        let (micros, operations, fuel) = (run.spent.micros, run.spent.operations, run.spent.fuel);
        RunRecord { binding: run.binding.to_string(), calls, end, then, micros, operations, fuel }
    }
}

/// Whether the last call known before the run is one that the browser answered.
fn was_answered(run: &HookRun) -> bool {
    let last = run.known.checked_sub(1).and_then(|place| run.journal.entries().get(place));
    last.is_some_and(|entry| matches!(entry.call, HostCall::Ask(_) | HostCall::Visit(_)))
}

/// What is written in the place of a value.
pub(super) fn shape(value: &Value) -> String {
    match value {
        Value::Null => "‹nothing›".to_owned(),
        Value::Bool(_) => "‹flag›".to_owned(),
        Value::Number(_) => "‹number›".to_owned(),
        Value::String(text) => shape_of_text(text),
        Value::Array(items) => format!("‹list of {}›", items.len()),
        Value::Object(members) => format!("‹map of {}›", members.len()),
    }
}

/// What is written in the place of a text.
pub(super) fn shape_of_text(text: &str) -> String {
    format!("‹text of {}›", text.chars().count())
}

fn json(value: &impl Serialize) -> Value {
    // Contracts are maps with text keys: they are always JSON.
    serde_json::to_value(value).unwrap_or(Value::Null)
}

impl Serialize for HookInput {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::SelectAcr(input) => input.serialize(serializer),
            Self::Authenticate(input) => input.serialize(serializer),
            Self::AfterAuthentication(input) => input.serialize(serializer),
            Self::Consent(input) => input.serialize(serializer),
            Self::Claims(input) => input.serialize(serializer),
            Self::CustomizeToken(input) => input.serialize(serializer),
        }
    }
}
