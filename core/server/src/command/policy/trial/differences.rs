//! `gatewright policy shadow diff`: samples of differences, as a person reads them.

use super::{described, latest, line};
use crate::command::error::CommandError;
use crate::command::policy::operations::Opened;
use crate::command::table::plain;
use crate::command::target::Target;
use crate::command::write_json;
use crate::moment;
use clap::Args;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::trial::{Sample, TrialKind};
use serde_json::{Value, json};
use std::io::Write;

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// How many samples
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: usize,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn diff(arguments: &DiffArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let trial = latest(&opened, TrialKind::Shadow).await?;
    let samples = opened.stores.trials.samples(trial.number, arguments.limit).await?;
    if arguments.json {
        let shown = |sample: &Sample| {
            let Sample { measured, at_ms, document, .. } = sample;
            json!({ "what": measured.what.name(), "hook": measured.hook, "binding": measured.binding,
                "at_ms": at_ms, "difference": document })
        };
        let samples: Vec<_> = samples.iter().map(shown).collect();
        return write_json(out, &json!({ "trial": described(&trial), "samples": samples }));
    }
    writeln!(out, "{}", line(&trial))?;
    if samples.is_empty() {
        return Ok(writeln!(out, "no difference was seen; `gatewright policy shadow status` says how much was asked")?);
    }
    for sample in &samples {
        writeln!(out)?;
        for line in told(sample) {
            writeln!(out, "{}", plain(&line))?;
        }
    }
    Ok(())
}

/// A sample in a few lines.
fn told(sample: &Sample) -> Vec<String> {
    let Sample { measured, at_ms, document, .. } = sample;
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    let names: Vec<&str> = document["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let of = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let binding = if measured.binding.is_empty() { measured.hook.name() } else { &measured.binding };
    let who = match text("subject") {
        "" => format!("client {}", text("client")),
        subject => format!("client {}, user {subject}", text("client")),
    };
    let at = moment::shown(Timestamp(at_ms / 1_000));
    let micros = |name: &str| document[name].as_u64().unwrap_or(0);
    vec![
        format!("{}{of} in {binding}, {who}, {at} UTC", measured.what.name()),
        format!("  live       {} ({} µs)", end(&document["live"]), micros("live_micros")),
        format!("  candidate  {} ({} µs)", end(&document["candidate"]), micros("candidate_micros")),
    ]
}

/// How a question ended, in a line.
fn end(record: &Value) -> String {
    let of = |name: &str| record[name].as_str().unwrap_or_default();
    if !record["decision"].is_null() {
        return record["decision"].to_string();
    }
    match (of("title"), of("host"), of("why")) {
        ("", "", "") => record.to_string(),
        ("", "", why) => format!("fault: {why}{}", place(of("place"))),
        ("", host, _) => format!("sends the browser to {host}"),
        (title, ..) => format!("shows the page \"{title}\""),
    }
}

fn place(place: &str) -> String {
    if place.is_empty() { String::new() } else { format!(" at {place}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::hooks::HookKind;
    use gatewright_domain::trial::{Counted, Finding, Measured};

    #[test]
    fn a_sample_says_who_what_and_both_answers() {
        let measured = Measured {
            what: Counted::Found(Finding::Claims),
            hook: HookKind::Claims,
            binding: "claims/org".to_owned(),
        };
        let document = json!({ "client": "shop", "subject": "alice", "names": ["dept"],
            "live": { "decision": {} }, "candidate": { "why": "it threw", "place": "a.rhai:3" },
            "live_micros": 7, "candidate_micros": 9 });
        let sample = Sample { id: "1".into(), measured, at_ms: 1_790_000_000_000, document };
        let told = told(&sample);
        assert!(told[0].starts_with("claims (dept) in claims/org, client shop, user alice, 2026-"), "{}", told[0]);
        assert_eq!(told[1..], ["  live       {} (7 µs)", "  candidate  fault: it threw at a.rhai:3 (9 µs)"]);
    }

    #[test]
    fn a_page_and_a_visit_are_told_as_such() {
        assert_eq!(end(&json!({ "end": "page", "title": "Sign in" })), "shows the page \"Sign in\"");
        assert_eq!(end(&json!({ "end": "visit", "host": "idp.example" })), "sends the browser to idp.example");
    }
}
