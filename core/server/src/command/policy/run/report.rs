//! What a hook did, for people and for programs.

use super::super::super::table::plain;
use super::{Story, Stretch};
use gatewright_domain::flow::Entry;
use gatewright_domain::hooks::HookInput;
use gatewright_policy::rehearsal::Ran;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Longest value in a line, in characters.
const VALUE_CHARS_MAX: usize = 160;
/// What an author is told to write for a field.
const SOMETHING: &str = "…";

/// Run by run: the host calls with their answers, what it took; then how it ended.
pub(super) fn write(out: &mut dyn Write, story: &Story) -> io::Result<()> {
    writeln!(out, "{} of bundle {}", story.hook, story.bundle)?;
    for stretch in &story.stretches {
        if let Some(names) = &stretch.answered {
            writeln!(out, "\nanswered with {}", plain(&names.join(", ")))?;
        }
        for ran in &stretch.turn.runs {
            write_run(out, ran)?;
        }
        if stretch.turn.runs.is_empty() && stretch.turn.waits {
            writeln!(out, "\nthe page comes back, and the hook did not run: {}", value(&stretch.turn.outcome))?;
        }
    }
    let Some(last) = story.stretches.last() else { return Ok(()) };
    for (what, sent) in [("requests", &story.requests), ("mail", &story.mails)] {
        if sent.as_array().is_some_and(|sent| !sent.is_empty()) {
            writeln!(out, "\n{what} sent: {}", pretty(sent))?;
        }
    }
    write_end(out, last)?;
    match story.answers_left {
        0 => Ok(()),
        1 => writeln!(out, "\n1 answer was left over."),
        left => writeln!(out, "\n{left} answers were left over."),
    }
}

fn write_run(out: &mut dyn Write, ran: &Ran) -> io::Result<()> {
    writeln!(out, "\n{}   {}", ran.binding, cost(ran))?;
    for Entry { call, answer } in &ran.calls {
        let (call, answer) = (tagged(&json!(call), "call", "with"), tagged(&json!(answer), "answer", "is"));
        writeln!(out, "  {call}\n    -> {answer}")?;
    }
    let then = match ran.then {
        Some(then) => format!("   (on_error: {})", then.name()),
        None => String::new(),
    };
    writeln!(out, "  {}{then}", value(&ran.end))
}

fn write_end(out: &mut dyn Write, last: &Stretch) -> io::Result<()> {
    let outcome = &last.turn.outcome;
    if outcome.get("asked") == Some(&Value::Bool(false)) {
        return writeln!(out, "\nNo binding runs for this input: see the `when` (and `scopes`) of the bindings.");
    }
    writeln!(out, "\n{}", pretty(outcome))?;
    if last.turn.waits {
        writeln!(out, "\nIt waits. To go on, put the next answer into --answers FILE: [{}]", example(outcome))?;
    }
    Ok(())
}

fn cost(ran: &Ran) -> String {
    let spent = &ran.spent;
    let work = match (spent.operations, spent.fuel) {
        (Some(operations), _) => format!("{operations} operations, "),
        (None, Some(fuel)) => format!("{fuel} instructions, "),
        (None, None) => String::new(),
    };
    format!("{work}{} µs", spent.micros)
}

/// An answer to what it shows, to be filled in.
fn example(outcome: &Value) -> Value {
    match outcome["page"].as_str() {
        Some("consent") => json!({ "allowed": true }),
        Some(_) => {
            let fields = outcome["fields"].as_object().into_iter().flatten();
            let asked = fields.filter(|(_, field)| !is_shown_only(field));
            Value::Object(asked.map(|(name, _)| (name.clone(), json!(SOMETHING))).collect::<Map<_, _>>())
        }
        None => json!({ "code": SOMETHING }),
    }
}

/// Whether a field is one that is only looked at.
fn is_shown_only(field: &Value) -> bool {
    matches!(field["kind"].as_str(), Some("qr_code" | "info"))
}

fn tagged(value_of: &Value, tag: &str, content: &str) -> String {
    let name = value_of[tag].as_str().unwrap_or_default();
    match value_of.get(content) {
        Some(inside) => format!("{name} {}", value(inside)),
        None => name.to_owned(),
    }
}

fn value(value: &Value) -> String {
    let text = plain(&value.to_string());
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// A value as lines; control characters inside of it are escaped by JSON.
fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_else(|_| value.to_string())
}

/// The same as JSON.
pub(super) fn document(story: &Story, input: &HookInput) -> Value {
    let last = story.stretches.last();
    json!({
        "hook": story.hook.name(),
        "bundle": story.bundle,
        "input": told(input),
        "stretches": story.stretches.iter().map(stretch).collect::<Vec<_>>(),
        "waits": last.is_some_and(|last| last.turn.waits),
        "failed": last.is_some_and(|last| last.turn.failed),
        "outcome": last.map(|last| &last.turn.outcome),
        "requests": story.requests,
        "mails": story.mails,
        "answers_left": story.answers_left,
    })
}

fn stretch(stretch: &Stretch) -> Value {
    let run = |ran: &Ran| {
        json!({
            "binding": ran.binding.as_str(),
            "calls": ran.calls,
            "end": ran.end,
            "on_error": ran.then.map(|then| then.name()),
            "operations": ran.spent.operations,
            "instructions": ran.spent.fuel,
            "micros": ran.spent.micros,
        })
    };
    let runs: Vec<Value> = stretch.turn.runs.iter().map(run).collect();
    json!({ "answered": stretch.answered, "runs": runs, "outcome": stretch.turn.outcome })
}

fn told(input: &HookInput) -> Value {
    match input {
        HookInput::SelectAcr(input) => json!(input),
        HookInput::Authenticate(input) => json!(input),
        HookInput::AfterAuthentication(input) => json!(input),
        HookInput::Consent(input) => json!(input),
        HookInput::Claims(input) => json!(input),
        HookInput::CustomizeToken(input) => json!(input),
    }
}
