//! `gatewright plugin bench`: what a call of a plugin costs, hook by hook, on the sample inputs of the contracts.

use super::super::error::CommandError;
use super::super::hook::named;
use super::super::measure::{SECONDS_MAX, UNOPTIMIZED, WARMING_UP, end, microseconds, times};
use super::super::table::plain;
use super::error::PluginError;
use crate::bench::Table;
use clap::Args;
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::{HookInput, HookKind, Limits};
use gatewright_plugin_host::{Gauge, Manifest, WasmRuntime};
use gatewright_policy::rehearsal::{usual, world_of};
use gatewright_policy::report::shown;
use hdrhistogram::Histogram;
use serde_json::json;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Claims of the sample end-user, beside those that samples have and `email_verified`: ten in all.
const MORE_CLAIMS: [(&str, &str); 6] = [
    ("given_name", "Alice"),
    ("family_name", "Liddell"),
    ("phone_number", "+44 1865 000000"),
    ("locale", "en-GB"),
    ("department", "Natural philosophy"),
    ("employee_number", "007"),
];

/// Measure what a call of a plugin takes: time, operations, memory
///
/// Each call is a fresh instance, as on the server and within the default limits, on the sample input of the hook. A hook
/// that waits for someone is measured to its first page.
#[derive(Debug, Args)]
pub(super) struct BenchArguments {
    /// The plugin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// This hook alone; otherwise all that it serves
    #[arg(long, value_name = "HOOK", value_parser = named)]
    hook: Option<HookKind>,
    /// How long to measure each
    #[arg(long, value_name = "N", default_value = "2", value_parser = clap::value_parser!(u64).range(1..=SECONDS_MAX))]
    seconds: u64,
}

pub(super) fn run(arguments: &BenchArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let path = &arguments.file;
    let plugin = fs::read(path).map_err(|cause| PluginError::File { path: path.clone(), cause })?;
    let manifest = Manifest::read(&plugin).map_err(|why| PluginError::NoPlugin { path: path.clone(), why })?;
    let hooks = match arguments.hook {
        Some(hook) if !manifest.hooks.contains(&hook) => {
            return Err(PluginError::NotServed { name: manifest.name, hook }.into());
        }
        Some(hook) => vec![hook],
        None => manifest.hooks,
    };
    let (name, version) = (plain(&manifest.name), plain(&manifest.version));
    writeln!(out, "{name} {version}: {} s a hook, each call in a fresh instance\n", arguments.seconds)?;
    let runtime = WasmRuntime::new(None);
    let mut measured = Vec::new();
    for hook in hooks {
        let gauge = runtime.gauge(&plugin, hook);
        let gauge = gauge.map_err(|wrong| PluginError::Uncompiled { path: path.clone(), why: shown(&wrong) })?;
        measured.push((hook, measure(&gauge, hook, Duration::from_secs(arguments.seconds))?));
    }
    write!(out, "{}", table(&measured))?;
    explain(&measured, out)
}

/// What was found of one hook.
struct Measured {
    times: Histogram<u64>,
    runs: u64,
    operations: u64,
    memory_bytes: usize,
    /// How the calls ended, in words.
    ends: String,
}

fn measure(gauge: &Gauge, hook: HookKind, time: Duration) -> Result<Measured, CommandError> {
    let executor = tokio::runtime::Builder::new_current_thread().build().map_err(CommandError::Runtime)?;
    let input = input(hook);
    for _ in 0..WARMING_UP {
        let tools = world(gauge)?;
        // How they end is seen below.
        let _ = executor.block_on(gauge.call(&input, &tools));
    }
    let mut measured = Measured { times: times(), runs: 0, operations: 0, memory_bytes: 0, ends: String::new() };
    let began = Instant::now();
    while began.elapsed() < time {
        // A new world each, so that no call finds what the one before has left.
        let tools = world(gauge)?;
        let (ended, cost) = executor.block_on(gauge.call(&input, &tools));
        measured.times.saturating_record(u64::try_from(cost.time.as_nanos()).unwrap_or(u64::MAX));
        measured.runs = measured.runs.max(cost.runs);
        measured.operations = measured.operations.max(cost.operations);
        measured.memory_bytes = measured.memory_bytes.max(cost.memory_bytes);
        measured.ends = end(&ended);
    }
    Ok(measured)
}

/// The sample of the hook; for `claims`, of an end-user with ten.
fn input(hook: HookKind) -> HookInput {
    let mut input = HookInput::sample(hook);
    if let HookInput::Claims(claims) = &mut input {
        claims.user.claims.insert("email_verified".to_owned(), json!(true));
        claims.user.claims.extend(MORE_CLAIMS.map(|(name, value)| (name.to_owned(), json!(value))));
    }
    input
}

/// A world with the end-user of the samples and the secrets that are lent.
fn world(gauge: &Gauge) -> Result<Tools, PluginError> {
    world_of(usual(&gauge.loan().secrets)).map_err(PluginError::World)
}

fn table(measured: &[(HookKind, Measured)]) -> Table {
    let mut table = Table::new(&["hook", "calls", "min µs", "median µs", "p99 µs", "runs", "operations", "memory KiB"]);
    for (hook, one) in measured {
        let at = |quantile| microseconds(one.times.value_at_quantile(quantile));
        table.row(vec![
            hook.name().to_owned(),
            one.times.len().to_string(),
            microseconds(one.times.min()),
            at(0.5),
            at(0.99),
            one.runs.to_string(),
            one.operations.to_string(),
            one.memory_bytes.div_ceil(1024).to_string(),
        ]);
    }
    table
}

fn explain(measured: &[(HookKind, Measured)], out: &mut dyn Write) -> Result<(), CommandError> {
    writeln!(out)?;
    for (hook, one) in measured {
        let until = if one.ends.starts_with("asks") || one.ends == "visits" { "; measured to there" } else { "" };
        writeln!(out, "{hook} {}{until}", one.ends)?;
    }
    let Limits { operations, memory_mib, time_ms, .. } = Limits::default();
    writeln!(
        out,
        "\nruns: a host call that has to be waited for ends a run, and the next begins anew. Limits of one run:\n\
         {operations} operations, {} KiB, {time_ms} ms; a binding can set others.",
        memory_mib * 1024
    )?;
    if cfg!(debug_assertions) {
        writeln!(out, "{UNOPTIMIZED}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_claims_hook_is_told_of_ten_claims() {
        let HookInput::Claims(input) = input(HookKind::Claims) else { panic!("another hook") };
        assert_eq!(input.user.claims.len(), 10);
    }
}
