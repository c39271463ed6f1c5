//! What a browser would send for a page or a visit, from the map that stands for it.

use crate::nearest::suggestion;
use gatewright_domain::flow::{Flow, HostAnswer, Wait};
use gatewright_domain::hooks::Misuse;
use gatewright_domain::page::{Form, Page, Submission, WAIT_ACTION};
use gatewright_domain::secret::SecretText;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Secrets typed into a form, by field.
pub(super) type Typed = BTreeMap<String, SecretText>;

/// What becomes of an answer.
pub(super) enum Answered {
    /// The hook goes on with it.
    Goes(HostAnswer, Typed),
    /// As in a browser: the page comes back with what is wrong at its field, and the hook does not run.
    ShownAgain(Box<Form>),
}

/// Reads the answer to what is waited for. A member `action` is the button pressed.
pub(super) fn answered(waits: Wait, answer: Map<String, Value>) -> Result<Answered, Misuse> {
    let goes = |answer| Ok(Answered::Goes(answer, Typed::new()));
    match waits {
        Wait::Visit(_) => goes(HostAnswer::Returned(texts(answer)?)),
        Wait::Page(Page::Consent(_)) => goes(consent(&answer)?),
        Wait::Page(Page::Form(form)) => Ok(match form.read(submission(&form, answer)?) {
            Ok((answer, typed)) => Answered::Goes(HostAnswer::Form(answer), typed),
            Err(again) => Answered::ShownAgain(again),
        }),
    }
}

/// The flow with its answer, as it comes back from storage: without the secrets of the request before.
pub(super) fn resumed(flow: &Flow, answer: HostAnswer, typed: Typed) -> Result<Flow, Misuse> {
    let place = flow.journal.entries().len();
    let broken = |error: serde_json::Error| Misuse::new(format!("the journal cannot be stored: {error}"));
    let stored = serde_json::to_string(&flow.journal).map_err(broken)?;
    let mut flow = Flow { journal: serde_json::from_str(&stored).map_err(broken)?, ..Flow::default() };
    flow.live.keep(place, typed);
    flow.journal.answer(answer);
    Ok(flow)
}

fn submission(form: &Form, answer: Map<String, Value>) -> Result<Submission, Misuse> {
    let mut submission = Submission::default();
    for (name, text) in texts(answer)? {
        if name == "action" {
            let waits = form.wait_s.map(|_| WAIT_ACTION);
            let actions: Vec<&str> = form.actions.iter().map(|action| action.name.as_str()).chain(waits).collect();
            known("button", &text, &actions)?;
            submission.action = Some(text);
        } else {
            let answered = form.fields.iter().filter(|field| field.kind.is_answered());
            let fields: Vec<&str> = answered.map(|field| field.name.as_str()).collect();
            known("field", &name, &fields)?;
            submission.values.insert(name, SecretText::new(text));
        }
    }
    Ok(submission)
}

fn known(what: &str, name: &str, all: &[&str]) -> Result<(), Misuse> {
    if all.contains(&name) {
        return Ok(());
    }
    let hint = suggestion(name, all).map(|hint| format!("; {hint}")).unwrap_or_default();
    Err(Misuse::new(format!("the page has no {what} `{name}`{hint}")))
}

fn consent(answer: &Map<String, Value>) -> Result<HostAnswer, Misuse> {
    match (answer.get("allowed"), answer.len()) {
        (Some(Value::Bool(allowed)), 1) => Ok(HostAnswer::Consent { allowed: *allowed }),
        _ => Err(Misuse::new("answer the consent page with #{ allowed: true } or #{ allowed: false }")),
    }
}

/// What a browser sends: texts, and a ticked box as one.
fn texts(answer: Map<String, Value>) -> Result<BTreeMap<String, String>, Misuse> {
    let text = |(name, value): (String, Value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Bool(ticked) => Ok((name, if ticked { "on".to_owned() } else { String::new() })),
        Value::Number(number) => Ok((name, number.to_string())),
        _ => Err(Misuse::new(format!("`{name}` is answered with a text, a number, true or false"))),
    };
    answer.into_iter().map(text).collect()
}
