//! What a run found, as one document: printed as JSON, or as tables by `table`.

use super::arguments::BenchArguments;
use super::password_hash::PasswordHashCost;
use super::scenario::Scenario;
use super::server_cpu::Usage;
use super::tally::{ErrorCount, LatencySummary, Tally};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything a run found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) version: &'static str,
    pub(super) arguments: BenchArguments,
    /// Cores of this machine, which driver and server share.
    pub(super) cores: usize,
    pub(super) password_hash: Option<PasswordHashCost>,
    /// The sign-ins of `--seed-sessions`.
    pub(super) seeding: Option<ScenarioReport>,
    pub(super) scenarios: Vec<ScenarioReport>,
    pub(super) left_out: Vec<LeftOut>,
}

/// A scenario that was not run.
#[derive(Debug, Serialize)]
pub(super) struct LeftOut {
    pub(super) scenario: Scenario,
    pub(super) reason: &'static str,
}

/// What one scenario found.
#[derive(Debug, Serialize)]
pub(super) struct ScenarioReport {
    pub(super) scenario: Scenario,
    /// Operations that succeeded; latencies are theirs alone.
    pub(super) operations: u64,
    pub(super) failed: u64,
    pub(super) seconds: f64,
    pub(super) operations_per_second: f64,
    /// Requests sent for one operation, in the mean.
    pub(super) requests_per_operation: Option<f64>,
    pub(super) latency: LatencySummary,
    pub(super) steps: Vec<StepReport>,
    pub(super) errors: BTreeMap<String, ErrorCount>,
    /// CPU time the driver itself took from the machine for one operation.
    pub(super) driver_cpu_ms_per_operation: Option<f64>,
    pub(super) server: Option<ServerReport>,
    /// For sign-ins with a known server: its CPU time less that of the password hash.
    pub(super) without_password_hash: Option<WithoutPasswordHash>,
}

/// One step of an operation.
#[derive(Debug, Serialize)]
pub(super) struct StepReport {
    pub(super) step: &'static str,
    pub(super) latency: LatencySummary,
}

/// What a scenario cost the server.
#[derive(Debug, Serialize)]
pub(super) struct ServerReport {
    /// User and system time over the measurement; exact to a clock tick, 10 ms as a rule.
    pub(super) cpu_ms: f64,
    /// That, divided by all operations, the failed ones included.
    pub(super) cpu_ms_per_operation: Option<f64>,
    /// Cores the server kept busy, in the mean.
    pub(super) cores_busy: f64,
    pub(super) before: Usage,
    pub(super) after: Usage,
}

/// CPU time of a sign-in without its password hash, in ms. It lies between the two.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct WithoutPasswordHash {
    /// If each hash cost as much as beside others.
    pub(super) cpu_ms_at_least: f64,
    /// If each hash cost as little as alone.
    pub(super) cpu_ms_at_most: f64,
}

/// What was measured of a scenario beside its tally.
pub(super) struct Measured {
    pub(super) elapsed: Duration,
    pub(super) requests: u64,
    pub(super) driver_cpu_ms: Option<f64>,
    /// The server's usage before and after.
    pub(super) server: Option<(Usage, Usage)>,
}

impl ScenarioReport {
    /// Sums up one measurement.
    pub(super) fn new(scenario: Scenario, tally: &Tally, measured: &Measured, hash: Option<&PasswordHashCost>) -> Self {
        let begun = tally.operations + tally.failed();
        let seconds = measured.elapsed.as_secs_f64();
        let server = measured.server.map(|(before, after)| {
            let cpu_ms = after.cpu_ms - before.cpu_ms;
            let cores_busy = if seconds > 0.0 { cpu_ms / 1000.0 / seconds } else { 0.0 };
            ServerReport { cpu_ms, cpu_ms_per_operation: per(cpu_ms, begun), cores_busy, before, after }
        });
        let hashed = hash.filter(|_| scenario == Scenario::LoginCodeFlow);
        let cpu_ms = server.as_ref().and_then(|server| server.cpu_ms_per_operation);
        Self {
            scenario,
            operations: tally.operations,
            failed: tally.failed(),
            seconds,
            operations_per_second: if seconds > 0.0 { count(tally.operations) / seconds } else { 0.0 },
            requests_per_operation: per(count(measured.requests), begun),
            latency: tally.latencies.summary(),
            steps: tally.steps.iter().map(|(step, times)| StepReport { step, latency: times.summary() }).collect(),
            errors: tally.errors.clone(),
            driver_cpu_ms_per_operation: measured.driver_cpu_ms.and_then(|ms| per(ms, begun)),
            without_password_hash: hashed.zip(cpu_ms).map(|(hash, cpu_ms)| WithoutPasswordHash {
                cpu_ms_at_least: cpu_ms - hash.together_ms,
                cpu_ms_at_most: cpu_ms - hash.alone_ms,
            }),
            server,
        }
    }
}

impl Report {
    /// Operations that failed, in all scenarios and the seeding.
    pub(super) fn failed(&self) -> u64 {
        self.scenarios.iter().chain(&self.seeding).map(|one| one.failed).sum()
    }
}

fn per(sum: f64, operations: u64) -> Option<f64> {
    (operations > 0).then(|| sum / count(operations))
}

#[allow(clippy::cast_precision_loss)] // No run gets near 2^52 operations.
fn count(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::failure::Failure;
    use super::super::password_hash::Source;
    use super::*;

    /// A report of ten operations, one of which failed, in two seconds.
    pub(in super::super) fn sample(scenario: Scenario) -> ScenarioReport {
        let mut tally = Tally::new();
        let step = Duration::from_millis(20);
        for _ in 0..9 {
            tally.success(2 * step, &[("authorize", step), ("credentials", step)]);
        }
        tally.failure(&Failure::Inactive);
        let before = Usage { cpu_ms: 100.0, rss_kib: 10_240, pss_kib: None };
        let after = Usage { cpu_ms: 300.0, rss_kib: 20_480, pss_kib: Some(15_360) };
        let measured = Measured {
            elapsed: Duration::from_secs(2),
            requests: 40,
            driver_cpu_ms: Some(5.0),
            server: Some((before, after)),
        };
        ScenarioReport::new(scenario, &tally, &measured, Some(&hash()))
    }

    pub(in super::super) fn hash() -> PasswordHashCost {
        PasswordHashCost { source: Source::Measured, alone_ms: 14.0, together_ms: 17.0, at_once: 2 }
    }

    #[test]
    fn cost_is_divided_by_all_operations_and_speed_counts_those_that_succeeded() {
        let report = sample(Scenario::LoginCodeFlow);
        let server = report.server.as_ref().unwrap();
        assert_eq!((report.operations, report.failed, report.operations_per_second), (9, 1, 4.5));
        assert_eq!((server.cpu_ms, server.cpu_ms_per_operation, server.cores_busy), (200.0, Some(20.0), 0.1));
        assert_eq!((report.requests_per_operation, report.driver_cpu_ms_per_operation), (Some(4.0), Some(0.5)));
    }

    #[test]
    fn the_hash_is_taken_off_sign_ins_alone() {
        let without = WithoutPasswordHash { cpu_ms_at_least: 3.0, cpu_ms_at_most: 6.0 };
        assert_eq!(sample(Scenario::LoginCodeFlow).without_password_hash, Some(without));
        assert_eq!(sample(Scenario::SsoCodeFlow).without_password_hash, None);
    }

    #[test]
    fn a_load_without_operations_has_no_cost_per_operation() {
        let measured = Measured { elapsed: Duration::ZERO, requests: 0, driver_cpu_ms: None, server: None };
        let report = ScenarioReport::new(Scenario::Refresh, &Tally::new(), &measured, None);
        assert_eq!((report.operations_per_second, report.requests_per_operation), (0.0, None));
    }
}
