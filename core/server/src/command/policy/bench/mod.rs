//! `gatewright policy bench`: what each binding of a policy costs, against its limits and against a saved baseline.

mod baseline;
mod inputs;
mod measured;
mod report;

use super::super::error::CommandError;
use super::super::measure::SECONDS_MAX;
use super::super::write_json;
use super::PolicyError;
use super::folder::{Folder, TrustArguments};
use baseline::Baseline;
use clap::Args;
use gatewright_policy::rehearsal::{Gauge, GaugeError};
use gatewright_policy::report::with_source;
use measured::{Measured, measure};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// Measure what each binding of a policy takes, and compare it with its limits and with a baseline
///
/// Each call is as on the server, in a world of its own, on the sample input of the hook or on those in
/// DIR/bench/HOOK.json (an object, or an array of objects, laid over the sample; DIR/bench/given.json is what is in the
/// world, as `policy run --given` reads it). A binding that waits for someone is measured to its first page.
///
/// Exit status 1 when a binding reaches a limit; with --baseline also when it takes over 2 % more operations than there,
/// over five times its median time, or ends in another way.
#[derive(Debug, Args)]
pub(super) struct BenchArguments {
    /// The policy folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// What it is compared with: a file that --save wrote
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write what was measured as a baseline
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    /// How long to measure each binding
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u64).range(1..=SECONDS_MAX))]
    seconds: u64,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trust: TrustArguments,
}

pub(super) async fn run(arguments: &BenchArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let baseline = arguments.baseline.as_deref().map(Baseline::read).transpose()?;
    let folder = Folder::open(&arguments.folder, &arguments.trust)?;
    let files = folder.read()?;
    let inputs = inputs::read(&arguments.folder)?;
    let gauges = Gauge::all(&files, &folder.runtimes(), &inputs.of_hooks, inputs.givens.as_deref());
    let gauges = gauges.map_err(|error| match error {
        GaugeError::Wrong(wrong) => CommandError::PolicyWrong(with_source(&wrong, &files)),
        GaugeError::Misuse(misuse) => PolicyError::from(misuse).into(),
    })?;
    let mut all = Vec::new();
    for gauge in &gauges {
        all.push(measure(gauge, Duration::from_secs(arguments.seconds)).await?);
    }
    let mut complaints: Vec<String> = all.iter().filter_map(Measured::over_limit).collect();
    let mut remarks = Vec::new();
    if let Some(baseline) = &baseline {
        let compared = baseline.compared(&all);
        complaints.extend(compared.complaints);
        remarks = compared.remarks;
    }
    if arguments.json {
        write_json(out, &report::document(&all, &complaints, &remarks))?;
    } else {
        report::write(out, &all, arguments.seconds, baseline.as_ref())?;
        report::write_verdict(out, &complaints, &remarks)?;
    }
    if !complaints.is_empty() {
        return Err(PolicyError::Regressed(report::count(complaints.len())).into());
    }
    // Only what holds becomes what others are held against.
    arguments.save.as_deref().map_or(Ok(()), |path| Baseline::of(&all).write(path))
}
