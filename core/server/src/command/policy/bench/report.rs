//! What was measured, for people and for programs.

use super::super::super::measure::{UNOPTIMIZED, microseconds};
use super::super::super::table::plain;
use super::baseline::{Baseline, TIME_FACTOR, WORK_PERCENT};
use super::measured::Measured;
use crate::bench::Table;
use serde_json::{Value, json};
use std::io::{self, Write};

/// The table, and how to read it.
pub(super) fn write(
    out: &mut dyn Write,
    all: &[Measured],
    seconds: u64,
    baseline: Option<&Baseline>,
) -> io::Result<()> {
    writeln!(out, "{seconds} s a binding, each call in a world of its own\n")?;
    let mut heading = vec!["binding", "calls", "median µs", "p99 µs", "host calls", "operations", "of at most"];
    heading.extend(baseline.map(|_| "baseline"));
    let mut table = Table::new(&heading);
    for one in all {
        let at = |quantile| microseconds(one.times.value_at_quantile(quantile));
        let mut row = vec![
            one.binding.clone(),
            one.times.len().to_string(),
            at(0.5),
            at(0.99),
            one.host_calls.to_string(),
            one.work().to_string(),
            format!("{} ({} %)", one.operations_max, share(one)),
        ];
        row.extend(baseline.map(|baseline| before(baseline, one)));
        table.row(row);
    }
    writeln!(out, "{table}")?;
    for one in all {
        let waits = one.ends.iter().any(|end| end.starts_with("asks") || end == "visits");
        let until = if waits { "; measured to there" } else { "" };
        writeln!(out, "{} {}{until}", one.binding, plain(&one.ends.join(", then ")))?;
    }
    writeln!(
        out,
        "\noperations: of the run that takes most; a binding's `limit` says how many it may take. A host call that has to be\n\
         waited for ends a run, and the next begins anew."
    )?;
    if baseline.is_some() {
        writeln!(
            out,
            "Held against the baseline: operations and a plugin's instructions at most {WORK_PERCENT} % more, the median at most {TIME_FACTOR} times."
        )?;
    }
    if cfg!(debug_assertions) {
        writeln!(out, "{UNOPTIMIZED}")?;
    }
    Ok(())
}

fn before(baseline: &Baseline, one: &Measured) -> String {
    match baseline.work_of(&one.binding) {
        None => "-".to_owned(),
        // A plugin's instructions are compared themselves.
        Some(before) if one.instructions.is_some() => format!("{before} instr."),
        Some(before) => before.to_string(),
    }
}

fn share(one: &Measured) -> u64 {
    (one.work().saturating_mul(100)).div_ceil(one.operations_max.max(1))
}

/// What is worse, and what is only different.
pub(super) fn write_verdict(out: &mut dyn Write, complaints: &[String], remarks: &[String]) -> io::Result<()> {
    if !complaints.is_empty() || !remarks.is_empty() {
        writeln!(out)?;
    }
    for complaint in complaints {
        writeln!(out, "WORSE  {}", plain(complaint))?;
    }
    for remark in remarks {
        writeln!(out, "note   {}", plain(remark))?;
    }
    Ok(())
}

/// How many complaints there are, in words.
pub(super) fn count(complaints: usize) -> String {
    match complaints {
        1 => "1 thing is worse than allowed".to_owned(),
        many => format!("{many} things are worse than allowed"),
    }
}

/// The same as JSON.
pub(super) fn document(all: &[Measured], complaints: &[String], remarks: &[String]) -> Value {
    let one = |one: &Measured| {
        #[allow(clippy::cast_precision_loss)] // A call is far shorter than 2^52 ns.
        let at = |quantile| one.times.value_at_quantile(quantile) as f64 / 1_000.0;
        json!({
            "binding": one.binding,
            "calls": one.times.len(),
            "median_us": at(0.5),
            "p99_us": at(0.99),
            "host_calls": one.host_calls,
            "operations": one.work(),
            "instructions": one.instructions,
            "operations_max": one.operations_max,
            "time_ms_max": one.time_ms_max,
            "ends": one.ends,
        })
    };
    json!({
        "bindings": all.iter().map(one).collect::<Vec<_>>(),
        "worse": complaints,
        "notes": remarks,
        "unoptimized": cfg!(debug_assertions),
    })
}
