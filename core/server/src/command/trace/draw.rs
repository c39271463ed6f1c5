//! A trace, drawn in a terminal: time on the left, what happened beside it.

use crate::command::table::plain;
use crate::moment;
use gatewright_domain::store::Trace;
use gatewright_domain::trace::{
    AskedRecord, CallRecord, EndRecord, RunRecord, StepRecord, TraceHead, TraceOutcome, TraceStep,
};
use serde_json::Value;
use std::io::{self, Write};

/// Most of what came after a login that is listed under it.
pub(super) const LATER_SHOWN_MAX: usize = 20;
/// Width of the column of times.
const TIME_WIDTH: usize = 10;
/// Longest value in a line, in characters.
const VALUE_CHARS_MAX: usize = 160;

/// Draws a trace, and lists what came after it.
pub(super) fn draw(out: &mut dyn Write, trace: &Trace, later: &[TraceHead]) -> io::Result<()> {
    let head = &trace.head;
    let subject = head.subject.as_ref().map_or("nobody yet", |subject| subject.as_str());
    writeln!(out, "{} {}: {}", head.kind.name(), head.id, ended(head.outcome, head.error.as_deref()))?;
    writeln!(out, "  began    {}", moment::exact(head.began_at_ms))?;
    writeln!(out, "  client   {}", plain(head.client.as_str()))?;
    writeln!(out, "  subject  {}", plain(subject))?;
    writeln!(out, "  bundle   {}", head.bundle)?;
    if let Some(login) = &head.login {
        writeln!(out, "  after    the login {login}")?;
    }
    writeln!(out)?;
    let mut waits_since = None;
    for step in &trace.steps {
        if let (Some(since), true) = (waits_since.take(), is_answer(step)) {
            line(out, "", &format!("the end-user took {}", span(step.at_ms.saturating_sub(since))))?;
        }
        draw_step(out, head.began_at_ms, step)?;
        waits_since = waiting_since(step);
    }
    if !later.is_empty() {
        writeln!(out, "\nlater:")?;
        for head in later {
            let ended = ended(head.outcome, head.error.as_deref());
            writeln!(out, "  {}  {} {}: {ended}", moment::exact(head.began_at_ms), head.kind.name(), head.id)?;
        }
    }
    Ok(())
}

fn draw_step(out: &mut dyn Write, began_at_ms: i64, step: &TraceStep) -> io::Result<()> {
    let time = format!("+{}", span(step.at_ms.saturating_sub(began_at_ms)));
    match &step.what {
        StepRecord::Asked(asked) => draw_asked(out, &time, asked),
        StepRecord::Page { page } => line(out, &time, &format!("the server's own page: {}", plain(page))),
        StepRecord::Ended { outcome, error, why } => {
            line(out, &time, &ended(*outcome, error.as_deref()))?;
            why.iter().try_for_each(|why| line(out, "", &format!("  {}", plain(why))))
        }
        StepRecord::Logged { endpoint } => {
            let id = step.correlation.as_deref().unwrap_or("?");
            line(out, &time, &format!("logged at {} as {}", plain(endpoint), plain(id)))
        }
        StepRecord::LeftOut => line(out, &time, "more happened than could be kept"),
    }
}

fn draw_asked(out: &mut dyn Write, time: &str, asked: &AskedRecord) -> io::Result<()> {
    // Recorded logins hold the questions too that nothing of the policy answers.
    let unbound = if asked.runs.is_empty() { "  (no binding)" } else { "" };
    line(out, time, &format!("{} → {}{unbound}", asked.hook, end(&asked.answer)))?;
    for run in &asked.runs {
        line(out, "", &format!("  {} → {}  ({})", plain(&run.binding), end(&run.end), spent(run)))?;
        for call in &run.calls {
            line(out, "", &format!("    {}", called(call)))?;
        }
        if let Some(then) = &run.then {
            line(out, "", &format!("    then: {}", plain(then)))?;
        }
    }
    Ok(())
}

fn line(out: &mut dyn Write, time: &str, text: &str) -> io::Result<()> {
    writeln!(out, "{time:>TIME_WIDTH$}  {text}")
}

fn ended(outcome: TraceOutcome, error: Option<&str>) -> String {
    match error {
        None => outcome.name().to_owned(),
        Some(error) => format!("{} ({})", outcome.name(), plain(error)),
    }
}

fn end(end: &EndRecord) -> String {
    match end {
        EndRecord::Decided { decision } => value(decision),
        EndRecord::Page { title } => format!("page “{}”", plain(title)),
        EndRecord::Visit { host } => format!("visit {}", plain(host)),
        EndRecord::Fault { why, place: None } => format!("FAULT {}", plain(why)),
        EndRecord::Fault { why, place: Some(place) } => format!("FAULT at {}: {}", plain(place), plain(why)),
    }
}

fn spent(run: &RunRecord) -> String {
    let mut spent = micros(run.micros);
    if let Some(operations) = run.operations {
        spent.push_str(&format!(", {operations} operations"));
    }
    if let Some(fuel) = run.fuel {
        spent.push_str(&format!(", {fuel} instructions"));
    }
    spent
}

fn called(call: &CallRecord) -> String {
    let about = if call.about.is_null() { String::new() } else { format!(" {}", value(&call.about)) };
    format!("{}{about} → {}", plain(&call.call), value(&call.answer))
}

/// A value in one line.
fn value(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| format!("{name}: {}", self::value(member)));
            members.collect::<Vec<_>>().join(", ")
        }
        Value::Array(items) => format!("[{}]", items.iter().map(self::value).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    };
    let text = plain(&text);
    match text.char_indices().nth(VALUE_CHARS_MAX) {
        Some((place, _)) => format!("{}…", &text[..place]),
        None => text,
    }
}

/// When a step began to wait for the end-user, where it does.
fn waiting_since(step: &TraceStep) -> Option<i64> {
    match &step.what {
        StepRecord::Page { .. } => Some(step.at_ms),
        StepRecord::Asked(asked) => match asked.answer {
            EndRecord::Page { .. } | EndRecord::Visit { .. } => {
                let micros: u64 = asked.runs.iter().map(|run| run.micros).sum();
                Some(step.at_ms.saturating_add(i64::try_from(micros / 1000).unwrap_or(0)))
            }
            EndRecord::Decided { .. } | EndRecord::Fault { .. } => None,
        },
        _ => None,
    }
}

/// Whether a step comes because the end-user answered.
fn is_answer(step: &TraceStep) -> bool {
    !matches!(step.what, StepRecord::Logged { .. } | StepRecord::LeftOut)
}

fn span(ms: i64) -> String {
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

fn micros(micros: u64) -> String {
    if micros < 1_000 { format!("{micros} µs") } else { format!("{}.{} ms", micros / 1000, micros % 1000 / 100) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::hooks::HookKind;
    use gatewright_domain::identifiers::{BundleDigest, TraceId};
    use gatewright_domain::trace::TraceKind;
    use gatewright_protocol::client_id::ClientId;
    use serde_json::json;

    fn asked(at_ms: i64, end: EndRecord, calls: Vec<CallRecord>) -> TraceStep {
        let binding = "authenticate/pwd".to_owned();
        let (micros, operations) = (1_500, Some(42));
        let run = RunRecord { binding, calls, end: end.clone(), then: None, micros, operations, fuel: None };
        let bundle = BundleDigest::parse("b1").unwrap();
        let what = AskedRecord { hook: HookKind::Authenticate, bundle, input: None, answer: end, runs: vec![run] };
        TraceStep { number: at_ms, at_ms, correlation: None, what: StepRecord::Asked(what), recording: None }
    }

    #[test]
    fn a_login_is_drawn_with_its_pages_decisions_and_costs() {
        let head = TraceHead {
            id: TraceId::parse("t1").unwrap(),
            kind: TraceKind::Login,
            login: None,
            client: ClientId::try_from("demo").unwrap(),
            subject: None,
            bundle: BundleDigest::parse("b1").unwrap(),
            began_at_ms: 1_709_251_200_000,
            outcome: TraceOutcome::Refused,
            error: Some("access_denied".into()),
        };
        let call = CallRecord {
            call: "ask".into(),
            about: json!({ "title": "Sign in" }),
            answer: json!({ "pressed": "continue" }),
        };
        let at = |ms: i64| head.began_at_ms + ms;
        let refused = StepRecord::Ended {
            outcome: TraceOutcome::Refused,
            error: Some("access_denied".into()),
            why: Some("\u{1b}[2J".into()),
        };
        let steps = vec![
            asked(at(1), EndRecord::Page { title: "Sign in".into() }, vec![]),
            asked(at(4_302), EndRecord::Decided { decision: json!({ "fail": "no" }) }, vec![call]),
            TraceStep { number: at(4_305), at_ms: at(4_305), correlation: None, what: refused, recording: None },
        ];
        let mut out = Vec::new();
        draw(&mut out, &Trace { head, steps }, &[]).unwrap();
        let expected = "\
login t1: refused (access_denied)
  began    2024-03-01T00:00:00.000Z
  client   demo
  subject  nobody yet
  bundle   b1

     +1 ms  authenticate → page “Sign in”
              authenticate/pwd → page “Sign in”  (1.5 ms, 42 operations)
            the end-user took 4.3 s
    +4.3 s  authenticate → fail: no
              authenticate/pwd → fail: no  (1.5 ms, 42 operations)
                ask title: Sign in → pressed: continue
    +4.3 s  refused (access_denied)
              \u{fffd}[2J
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
