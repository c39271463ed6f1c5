//! The cost of one password hash, so that a sign-in can be reported without it: the hash is slow on
//! purpose (RFC 9106), and says nothing about the server that runs it.

use super::error::BenchError;
use argon2::{Algorithm, Argon2, Params, Version};
use serde::Serialize;
use std::num::NonZero;
use std::time::Instant;

/// Memory of one hash in KiB, passes over it, and lanes: what Gatewright hashes passwords with.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes that are measured on each thread; the median counts.
const SAMPLES: usize = 15;

/// The cost of one password hash.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct PasswordHashCost {
    /// Whether it was measured here or taken from the command line.
    pub(super) source: Source,
    /// CPU time of a hash that has the machine to itself, in ms.
    pub(super) alone_ms: f64,
    /// CPU time of a hash with as many beside it as the load will have, in ms: they share the memory's speed.
    pub(super) together_ms: f64,
    /// How many those are.
    pub(super) at_once: usize,
}

/// Where a figure comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Source {
    /// `--password-hash-ms`
    Given,
    /// Measured on this machine with Gatewright's parameters
    Measured,
}

/// The cost as given, or else as measured on this machine. Takes about half a second, and all cores.
pub(super) fn cost(given_ms: Option<f64>, concurrency: u16) -> Result<PasswordHashCost, BenchError> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    let at_once = cores.min(usize::from(concurrency));
    if let Some(ms) = given_ms {
        return Ok(PasswordHashCost { source: Source::Given, alone_ms: ms, together_ms: ms, at_once });
    }
    let alone_ms = median_ms(1)?;
    let together_ms = if at_once == 1 { alone_ms } else { median_ms(at_once)? };
    Ok(PasswordHashCost { source: Source::Measured, alone_ms, together_ms, at_once })
}

/// Median CPU time of a hash with `threads` hashing at once.
fn median_ms(threads: usize) -> Result<f64, BenchError> {
    let failed = |reason: String| BenchError::PasswordHash(reason);
    let mut samples = Vec::with_capacity(threads * SAMPLES);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(samples_ms)).collect();
        for thread in running {
            let measured = thread.join().map_err(|_| failed("a measuring thread died".into()))?;
            samples.extend(measured.map_err(|error| failed(error.to_string()))?);
        }
        Ok::<(), BenchError>(())
    })?;
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().ok_or_else(|| failed("nothing was measured".into()))
}

fn samples_ms() -> Result<Vec<f64>, argon2::Error> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, LANES, None)?);
    let mut out = [0u8; Params::DEFAULT_OUTPUT_LEN];
    let mut hash = || argon2.hash_password_into(b"a password to measure", b"sixteen bytes of", &mut out);
    hash()?; // The first one pays for fresh memory.
    (0..SAMPLES)
        .map(|_| {
            let (begun, cpu_before) = (Instant::now(), thread_cpu_ns());
            hash()?;
            let elapsed_ms = begun.elapsed().as_secs_f64() * 1000.0;
            // Where the kernel does not count, time is the next best: nothing of ours runs beside it.
            Ok(cpu_before.zip(thread_cpu_ns()).map_or(elapsed_ms, |(before, after)| ns_in_ms(after - before)))
        })
        .collect()
}

/// What this thread has spent on a CPU, in ns, as Linux counts it (`proc_pid_schedstat`): unlike time,
/// it does not grow while another program has the core.
fn thread_cpu_ns() -> Option<u64> {
    let counted = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    counted.split_whitespace().next()?.parse().ok().filter(|ns| *ns > 0)
}

#[allow(clippy::cast_precision_loss)] // 2^52 ns are weeks.
fn ns_in_ms(ns: u64) -> f64 {
    ns as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_given_cost_is_taken_as_it_is() {
        let cost = cost(Some(250.0), 4).unwrap();
        assert_eq!((cost.source, cost.alone_ms, cost.together_ms), (Source::Given, 250.0, 250.0));
    }

    #[test]
    fn a_measured_hash_costs_what_a_slow_hash_costs() {
        let cost = cost(None, 1).unwrap();
        assert_eq!((cost.source, cost.at_once), (Source::Measured, 1));
        // 19 MiB written twice cannot be had in less than a millisecond on any machine of today.
        assert!(cost.alone_ms > 1.0 && cost.alone_ms < 10_000.0, "{cost:?}");
    }
}
