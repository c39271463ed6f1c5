//! The report as a person reads it.

use super::load::Extent;
use super::measure::Plan;
use super::password_hash::Source;
use super::report::{Report, ScenarioReport};
use super::scenario::Scenario;
use super::tally::LatencySummary;
use std::fmt;

const NO_FIGURE: &str = "-";

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.heading(f)?;
        if let Some(seeding) = &self.seeding {
            seeded(f, seeding)?;
        }
        write!(f, "\n{}", self.operations())?;
        writeln!(
            f,
            "p50 to max: latency of what succeeded, in ms. driver/op: the driver's own CPU time per operation, in ms."
        )?;
        if !self.arguments.server_pids.is_empty() {
            writeln!(
                f,
                "CPU/op: the server's CPU time (user and system) per operation, in ms; counted in clock ticks of\n\
                 10 ms as a rule, so mind CPU s, the sum. RSS, PSS: the server's memory in MiB."
            )?;
        }
        for scenario in self.scenarios.iter().filter(|scenario| !scenario.steps.is_empty()) {
            write!(f, "\nSteps of {}\n{}", scenario.scenario.name(), steps(scenario))?;
        }
        self.password_hash(f)?;
        self.errors(f)?;
        if !self.left_out.is_empty() {
            writeln!(f, "\nLeft out")?;
        }
        for left_out in &self.left_out {
            writeln!(f, "  {}: {}", left_out.scenario.name(), left_out.reason)?;
        }
        Ok(())
    }
}

impl Report {
    fn heading(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let load = &self.arguments.load;
        let plan = Plan::measuring(Scenario::Refresh, load, None);
        let extent = match plan.extent {
            Extent::For(time) => format!("{} s", time.as_secs_f64()),
            Extent::Operations(count) => format!("{count} operations"),
        };
        let rate = load.rate.map_or_else(String::new, |rate| format!(", at most {rate} begun a second"));
        writeln!(
            f,
            "{}: {} at once{rate}, {extent} each after {} s of warm-up, on {} cores shared with the driver",
            self.arguments.issuer, load.concurrency, load.warmup, self.cores
        )
    }

    fn operations(&self) -> Table {
        let with_server = !self.arguments.server_pids.is_empty();
        let mut head = vec!["scenario", "ok", "errors", "ok/s", "p50", "p90", "p99", "max", "driver/op"];
        if with_server {
            head.extend(["CPU/op", "CPU s", "RSS before", "RSS after", "PSS after"]);
        }
        let mut table = Table::new(&head);
        for one in &self.scenarios {
            let mut row = vec![one.scenario.name().into(), one.operations.to_string(), one.failed.to_string()];
            row.push(format!("{:.1}", one.operations_per_second));
            row.extend(latencies(&one.latency));
            row.push(figure(one.driver_cpu_ms_per_operation, 3));
            if let Some(server) = &one.server {
                row.push(figure(server.cpu_ms_per_operation, 3));
                row.push(format!("{:.2}", server.cpu_ms / 1000.0));
                row.extend([server.before.rss_kib, server.after.rss_kib].map(mib));
                row.push(server.after.pss_kib.map_or_else(|| NO_FIGURE.into(), mib));
            }
            table.row(row);
        }
        table
    }

    fn password_hash(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(hash) = &self.password_hash else { return Ok(()) };
        match hash.source {
            Source::Given => writeln!(f, "\nPassword hash: {:.1} ms of CPU, as given.", hash.alone_ms)?,
            Source::Measured => writeln!(
                f,
                "\nPassword hash: {:.1} ms of CPU alone, {:.1} ms with {} at once (argon2id, m=19456, t=2, p=1,\n\
                 measured on this machine before the load; if the server hashes otherwise, say --password-hash-ms).",
                hash.alone_ms, hash.together_ms, hash.at_once
            )?,
        }
        for one in &self.scenarios {
            let Some(without) = &one.without_password_hash else { continue };
            let (least, most) = (without.cpu_ms_at_least, without.cpu_ms_at_most);
            let name = one.scenario.name();
            let range = if least < most { format!("{least:.2} to {most:.2}") } else { format!("{most:.2}") };
            writeln!(f, "It is slow on purpose. {name} without it: {range} ms of CPU per operation.")?;
            if most < 0.0 {
                writeln!(f, "Less than nothing: this server's hash costs less than that, or it does not hash.")?;
            }
        }
        Ok(())
    }

    fn errors(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeding = self.seeding.iter().map(|one| ("the seeding", one));
        let scenarios = self.scenarios.iter().map(|one| (one.scenario.name(), one));
        for (name, one) in seeding.chain(scenarios).filter(|(_, one)| one.failed > 0) {
            writeln!(f, "\nErrors of {name}")?;
            for (kind, errors) in &one.errors {
                writeln!(f, "  {} x {kind}\n    such as: {}", errors.count, errors.example)?;
            }
        }
        Ok(())
    }
}

fn seeded(f: &mut fmt::Formatter<'_>, seeding: &ScenarioReport) -> fmt::Result {
    write!(f, "\n{} sessions seeded in {:.1} s", seeding.operations, seeding.seconds)?;
    if let Some(server) = &seeding.server {
        let (before, after) = (server.before.rss_kib, server.after.rss_kib);
        write!(f, "; the server's RSS went from {} to {} MiB", mib(before), mib(after))?;
        if let Some(grown) = (after.saturating_sub(before) * 1024).checked_div(seeding.operations) {
            write!(f, ", {grown} bytes a session")?;
        }
    }
    writeln!(f)
}

fn steps(scenario: &ScenarioReport) -> Table {
    let mut table = Table::new(&["step", "count", "p50", "p90", "p99", "max"]);
    for step in &scenario.steps {
        let mut row = vec![step.step.into(), step.latency.count.to_string()];
        row.extend(latencies(&step.latency));
        table.row(row);
    }
    table
}

fn latencies(summary: &LatencySummary) -> [String; 4] {
    let known = |ms| figure((summary.count > 0).then_some(ms), 2);
    [known(summary.p50_ms), known(summary.p90_ms), known(summary.p99_ms), known(summary.max_ms)]
}

fn figure(number: Option<f64>, decimals: usize) -> String {
    number.map_or_else(|| NO_FIGURE.into(), |number| format!("{number:.decimals$}"))
}

#[allow(clippy::cast_precision_loss)] // Memory is far below 2^52 KiB.
fn mib(kib: u64) -> String {
    format!("{:.1}", kib as f64 / 1024.0)
}

/// Rows under a heading, in columns as wide as they must be: the first to the left, figures to the right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(heading: &[&str]) -> Self {
        Self { rows: vec![heading.iter().map(|text| (*text).to_owned()).collect()] }
    }

    pub(crate) fn row(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width =
            |column: usize| self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
        let widths: Vec<_> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        for row in &self.rows {
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                match column {
                    0 => write!(f, "{cell:<width$}")?,
                    _ => write!(f, "  {cell:>width$}")?,
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
