//! What a replay prints.

use super::{Replayed, Story};
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::write_json;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::trace::EndRecord;
use gatewright_policy::replay::{Change, Effect};
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Most of an answer that a row shows, in characters.
const ANSWER_CHARS_MAX: usize = 60;

pub(super) fn write(out: &mut dyn Write, story: &Story) -> io::Result<()> {
    let (logins, questions) = (story.replayed.len(), story.questions);
    writeln!(out, "{} was asked what {logins} recorded logins asked ({questions} questions):\n", story.policy)?;
    for effect in Effect::ALL {
        match logins_with(story, effect) {
            0 => {}
            count => writeln!(out, "{count:>8}  {}", effect.words())?,
        }
    }
    let same = story.replayed.iter().filter(|login| login.changes.is_empty()).count();
    writeln!(out, "{same:>8}  would have been as they were")?;
    if same == logins {
        return Ok(());
    }
    let header = ["TRACE", "OF", "CLIENT", "SUBJECT", "WHAT", "HOOK", "BINDING", "WAS", "WOULD BE"];
    let mut rows = vec![header.map(str::to_owned)];
    for login in &story.replayed {
        rows.extend(login.changes.iter().map(|change| row(login, change)));
    }
    writeln!(out)?;
    write_rows(out, &rows)
}

pub(super) fn json(out: &mut dyn Write, story: &Story) -> Result<(), CommandError> {
    let mut effects = Map::new();
    for effect in Effect::ALL {
        effects.insert(effect.name().to_owned(), logins_with(story, effect).into());
    }
    let same = story.replayed.iter().filter(|login| login.changes.is_empty()).count();
    let logins: Vec<Value> = story.replayed.iter().map(described).collect();
    let document = json!({
        "policy": story.policy,
        "questions": story.questions,
        "same": same,
        "effects": effects,
        "logins": logins,
    });
    write_json(out, &document)
}

fn logins_with(story: &Story, effect: Effect) -> usize {
    let has = |login: &&Replayed| login.changes.iter().any(|change| change.effect == effect);
    story.replayed.iter().filter(has).count()
}

fn described(login: &Replayed) -> Value {
    let change = |change: &Change| {
        json!({
            "effect": change.effect.name(),
            "hook": change.hook,
            "binding": change.binding,
            "names": change.names,
            "was": change.was,
            "would_be": change.would_be,
        })
    };
    json!({
        "trace": login.head.id.as_str(),
        "of": login.head.kind,
        "client": login.head.client.as_str(),
        "subject": login.head.subject,
        "bundle": login.head.bundle.as_str(),
        "changes": login.changes.iter().map(change).collect::<Vec<_>>(),
    })
}

fn row(login: &Replayed, change: &Change) -> [String; 9] {
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { plain(text) };
    let what = match change.names.as_slice() {
        [] => change.effect.name().to_owned(),
        names => format!("{}: {}", change.effect.name(), plain(&names.join(", "))),
    };
    [
        login.head.id.to_string(),
        login.head.kind.name().to_owned(),
        plain(login.head.client.as_str()),
        or_dash(login.head.subject.as_ref().map_or("", Subject::as_str)),
        what,
        change.hook.to_string(),
        or_dash(&change.binding),
        answer(&change.was),
        answer(&change.would_be),
    ]
}

fn answer(end: &EndRecord) -> String {
    let text = match end {
        EndRecord::Decided { decision: Value::String(word) } => word.clone(),
        EndRecord::Decided { decision } => decision.to_string(),
        EndRecord::Page { title } => format!("page “{title}”"),
        EndRecord::Visit { host } => format!("visit {host}"),
        EndRecord::Fault { why, .. } => format!("FAULT {why}"),
    };
    let text = plain(&text);
    match text.char_indices().nth(ANSWER_CHARS_MAX) {
        Some((place, _)) => format!("{}…", &text[..place]),
        None => text,
    }
}
