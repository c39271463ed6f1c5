//! What a replay prints.

use crate::command::error::CommandError;
use crate::command::policy::operations::short;
use crate::command::table::{plain, write_rows};
use crate::command::write_json;
use crate::operations::{ReplayChange, ReplayDocument, ReplayedLogin};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::trace::EndRecord;
use gatewright_policy::replay::Effect;
use serde_json::{Map, Value, json};
use std::io::{self, Write};

/// Most of an answer that a row shows, in characters.
const ANSWER_CHARS_MAX: usize = 60;

pub(super) fn write(out: &mut dyn Write, story: &ReplayDocument) -> io::Result<()> {
    let (logins, questions) = (story.logins.len(), story.questions);
    writeln!(out, "{} was asked what {logins} recorded logins asked ({questions} questions):\n", short(&story.policy))?;
    for effect in Effect::ALL {
        match logins_with(story, effect) {
            0 => {}
            count => writeln!(out, "{count:>8}  {}", effect.words())?,
        }
    }
    let same = story.logins.iter().filter(|login| login.changes.is_empty()).count();
    writeln!(out, "{same:>8}  would have been as they were")?;
    if same == logins {
        return Ok(());
    }
    let header = ["TRACE", "OF", "CLIENT", "SUBJECT", "WHAT", "HOOK", "BINDING", "WAS", "WOULD BE"];
    let mut rows = vec![header.map(str::to_owned)];
    for login in &story.logins {
        rows.extend(login.changes.iter().map(|change| row(login, change)));
    }
    writeln!(out)?;
    write_rows(out, &rows)
}

pub(super) fn json(out: &mut dyn Write, story: &ReplayDocument) -> Result<(), CommandError> {
    let mut effects = Map::new();
    for effect in Effect::ALL {
        effects.insert(effect.name().to_owned(), logins_with(story, effect).into());
    }
    let same = story.logins.iter().filter(|login| login.changes.is_empty()).count();
    let document = json!({
        "policy": short(&story.policy),
        "questions": story.questions,
        "same": same,
        "effects": effects,
        "logins": story.logins,
    });
    write_json(out, &document)
}

fn logins_with(story: &ReplayDocument, effect: Effect) -> usize {
    let has = |login: &&ReplayedLogin| login.changes.iter().any(|change| change.effect == effect.name());
    story.logins.iter().filter(has).count()
}

fn row(login: &ReplayedLogin, change: &ReplayChange) -> [String; 9] {
    let or_dash = |text: &str| if text.is_empty() { "-".to_owned() } else { plain(text) };
    let what = match change.names.as_slice() {
        [] => plain(&change.effect),
        names => format!("{}: {}", plain(&change.effect), plain(&names.join(", "))),
    };
    [
        login.trace.to_string(),
        login.of.name().to_owned(),
        plain(login.client.as_str()),
        or_dash(login.subject.as_ref().map_or("", Subject::as_str)),
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
