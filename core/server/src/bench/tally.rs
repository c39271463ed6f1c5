//! Counts operations, their latencies and their errors.

use super::failure::Failure;
use hdrhistogram::Histogram;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

/// Most kinds of error that are told apart; more are counted together.
pub(super) const ERROR_KINDS_MAX: usize = 20;

/// Longest latency that is told from longer ones, in µs: ten minutes.
const LATENCY_US_MAX: u64 = 600_000_000;

/// Latencies at three significant digits.
pub(super) struct Latencies(Histogram<u64>);

impl Latencies {
    pub(super) fn new() -> Self {
        // The bounds are ours and right: low >= 1, high >= 2 * low, digits <= 5.
        Self(Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).expect("the bounds are valid"))
    }

    /// Counts one latency.
    pub(super) fn record(&mut self, latency: Duration) {
        self.0.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX).max(1));
    }

    /// The figures of a report.
    pub(super) fn summary(&self) -> LatencySummary {
        let at = |quantile| ms(self.0.value_at_quantile(quantile));
        LatencySummary {
            count: self.0.len(),
            p50_ms: at(0.5),
            p90_ms: at(0.9),
            p99_ms: at(0.99),
            max_ms: ms(self.0.max()),
        }
    }
}

/// Latencies as they are reported, in ms.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct LatencySummary {
    pub(super) count: u64,
    pub(super) p50_ms: f64,
    pub(super) p90_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) max_ms: f64,
}

/// Errors of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ErrorCount {
    pub(super) count: u64,
    /// The first of them, in full.
    pub(super) example: String,
}

/// What happened to the operations of one load.
pub(super) struct Tally {
    pub(super) operations: u64,
    pub(super) latencies: Latencies,
    /// Steps in the order they first came.
    pub(super) steps: Vec<(&'static str, Latencies)>,
    pub(super) errors: BTreeMap<String, ErrorCount>,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self { operations: 0, latencies: Latencies::new(), steps: Vec::new(), errors: BTreeMap::new() }
    }

    /// Counts an operation that succeeded, and its steps.
    pub(super) fn success(&mut self, latency: Duration, laps: &[(&'static str, Duration)]) {
        self.operations += 1;
        self.latencies.record(latency);
        for (step, length) in laps {
            let at = self.steps.iter().position(|(known, _)| known == step).unwrap_or_else(|| {
                self.steps.push((step, Latencies::new()));
                self.steps.len() - 1
            });
            self.steps[at].1.record(*length);
        }
    }

    /// Counts an operation that failed. Its time is in no latency.
    pub(super) fn failure(&mut self, failure: &Failure) {
        self.error(failure.kind(), ErrorCount { count: 1, example: failure.to_string() });
    }

    /// Counts the errors of another load too.
    pub(super) fn add_errors(&mut self, other: &Self) {
        for (kind, errors) in &other.errors {
            self.error(kind.clone(), errors.clone());
        }
    }

    fn error(&mut self, mut kind: String, errors: ErrorCount) {
        if self.errors.len() >= ERROR_KINDS_MAX && !self.errors.contains_key(&kind) {
            kind = "other".into();
        }
        let count = errors.count;
        self.errors.entry(kind).or_insert(ErrorCount { count: 0, ..errors }).count += count;
    }

    /// How many operations failed.
    pub(super) fn failed(&self) -> u64 {
        self.errors.values().map(|error| error.count).sum()
    }
}

#[allow(clippy::cast_precision_loss)] // Ten minutes in µs are far below 2^52.
fn ms(us: u64) -> f64 {
    us as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_latencies() {
        let mut latencies = Latencies::new();
        for n in 1..=1000 {
            latencies.record(Duration::from_millis(n));
        }
        let summary = latencies.summary();
        for (figure, expected) in
            [(summary.p50_ms, 500.0), (summary.p90_ms, 900.0), (summary.p99_ms, 990.0), (summary.max_ms, 1000.0)]
        {
            assert!((figure - expected).abs() <= expected * 0.001 + 0.001, "{figure} for {expected}");
        }
        assert_eq!(summary.count, 1000);
    }

    #[test]
    fn latencies_beyond_the_scale_are_counted_at_its_end() {
        let mut latencies = Latencies::new();
        latencies.record(Duration::ZERO);
        latencies.record(Duration::MAX);
        let summary = latencies.summary();
        assert_eq!(summary.count, 2);
        assert!(summary.p50_ms <= 0.001 && summary.max_ms >= 600_000.0);
    }

    #[test]
    fn steps_are_told_apart_and_kept_in_order() {
        let mut tally = Tally::new();
        let lap = Duration::from_millis(1);
        tally.success(lap, &[("b", lap), ("a", lap)]);
        tally.success(lap, &[("b", lap), ("c", lap), ("b", lap)]);
        let steps: Vec<_> = tally.steps.iter().map(|(step, times)| (*step, times.summary().count)).collect();
        assert_eq!(steps, [("b", 3), ("a", 1), ("c", 1)]);
        assert_eq!((tally.operations, tally.failed()), (2, 0));
    }

    #[test]
    fn errors_are_counted_by_kind_with_the_first_as_example() {
        let mut tally = Tally::new();
        for host in ["one", "two"] {
            tally.failure(&Failure::Unreachable { host: host.into() });
        }
        tally.failure(&Failure::Inactive);
        assert_eq!(tally.failed(), 3);
        let error = &tally.errors["host not allowed"];
        assert!(error.count == 2 && error.example.starts_with("one is not"), "{error:?}");
    }

    #[test]
    fn kinds_beyond_the_limit_are_counted_together() {
        let mut tally = Tally::new();
        for status in 0..u16::try_from(ERROR_KINDS_MAX).unwrap() + 5 {
            let excerpt = super::super::answer::Excerpt::of("");
            tally.failure(&Failure::Status { endpoint: "page", status, excerpt });
        }
        assert_eq!((tally.errors.len(), tally.errors["other"].count), (ERROR_KINDS_MAX + 1, 5));
    }
}
