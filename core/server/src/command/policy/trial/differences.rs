//! `gatewright policy shadow diff`: samples of differences, as a person reads them.

use super::line;
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::{SampleDocument, SamplesDocument};
use clap::Args;
use gatewright_domain::clock::Timestamp;
use serde_json::Value;
use std::io::Write;

#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// How many samples
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn diff(arguments: &DiffArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let SamplesDocument { trial, samples } =
        arguments.target.operations()?.shadow_samples(arguments.limit.into()).await?;
    if arguments.json {
        return write_json(out, &SamplesDocument { trial, samples });
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
fn told(sample: &SampleDocument) -> Vec<String> {
    let SampleDocument { what, hook, binding, at_ms, difference: document } = sample;
    let text = |name: &str| document[name].as_str().unwrap_or_default();
    let names: Vec<&str> = document["names"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let of = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let binding = if binding.is_empty() { hook.name() } else { binding };
    let who = match text("subject") {
        "" => format!("client {}", text("client")),
        subject => format!("client {}, user {subject}", text("client")),
    };
    let at = moment::shown(Timestamp(at_ms / 1_000));
    let micros = |name: &str| document[name].as_u64().unwrap_or(0);
    vec![
        format!("{what}{of} in {binding}, {who}, {at} UTC"),
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
    use serde_json::json;

    #[test]
    fn a_sample_says_who_what_and_both_answers() {
        let document = json!({ "client": "shop", "subject": "alice", "names": ["dept"],
            "live": { "decision": {} }, "candidate": { "why": "it threw", "place": "a.rhai:3" },
            "live_micros": 7, "candidate_micros": 9 });
        let sample = SampleDocument {
            what: "claims".into(),
            hook: HookKind::Claims,
            binding: "claims/org".into(),
            at_ms: 1_790_000_000_000,
            difference: document,
        };
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
