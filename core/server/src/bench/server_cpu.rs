//! What the server costs: CPU time and memory of its processes, as Linux counts them (`proc(5)`).

use super::error::BenchError;
use serde::Serialize;
use std::fs;
use std::ops::AddAssign;
use std::path::{Path, PathBuf};

/// Ticks a second that Linux counts CPU time in wherever it does not say otherwise.
const TICKS_PER_SECOND_USUAL: u64 = 100;

/// The auxiliary vector's entry that says how many ticks a second has (`AT_CLKTCK`, `getauxval(3)`).
const AT_CLKTCK: usize = 17;

/// What processes have used so far, and hold now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Usage {
    /// User and system time of all threads, ended ones included, in ms. Counted in ticks, of 10 ms as a rule.
    pub(super) cpu_ms: f64,
    /// Resident memory in KiB; pages shared between processes count in each.
    pub(super) rss_kib: u64,
    /// Memory in KiB with shared pages divided among those who share them; none where it may not be read.
    pub(super) pss_kib: Option<u64>,
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.cpu_ms += other.cpu_ms;
        self.rss_kib += other.rss_kib;
        self.pss_kib = self.pss_kib.zip(other.pss_kib).map(|(one, another)| one + another);
    }
}

/// The usage of all of the server's processes together; none if no process was named.
pub(super) fn of_server(pids: &[u32]) -> Result<Option<Usage>, BenchError> {
    let mut sum: Option<Usage> = None;
    for pid in pids {
        let one = read(&PathBuf::from(format!("/proc/{pid}")))?;
        match &mut sum {
            None => sum = Some(one),
            Some(sum) => *sum += one,
        }
    }
    Ok(sum)
}

/// The CPU time of the driver itself in ms; none where there is no `/proc`.
pub(super) fn of_driver() -> Option<f64> {
    read(Path::new("/proc/self")).ok().map(|usage| usage.cpu_ms)
}

fn read(directory: &Path) -> Result<Usage, BenchError> {
    let text = |name: &str| {
        let path = directory.join(name);
        fs::read_to_string(&path).map_err(|error| (path, error.to_string()))
    };
    let failed = |(path, reason)| BenchError::Server { path, reason };
    let unreadable = |name: &str| failed((directory.join(name), "it does not read as expected".into()));
    let ticks = cpu_ticks(&text("stat").map_err(failed)?).ok_or_else(|| unreadable("stat"))?;
    let rss_kib = kib(&text("status").map_err(failed)?, "VmRSS:").ok_or_else(|| unreadable("status"))?;
    // Reading this takes the rights of a debugger, so it may well be refused.
    let pss_kib = text("smaps_rollup").ok().and_then(|rollup| kib(&rollup, "Pss:"));
    Ok(Usage { cpu_ms: in_ms(ticks, ticks_per_second()), rss_kib, pss_kib })
}

/// User and system time of a `stat` line. The name before them may hold spaces and brackets.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let mut after_name = stat.rsplit_once(") ")?.1.split_whitespace().skip(11);
    let user: u64 = after_name.next()?.parse().ok()?;
    let system: u64 = after_name.next()?.parse().ok()?;
    Some(user + system)
}

fn kib(listing: &str, name: &str) -> Option<u64> {
    listing.lines().find_map(|line| line.strip_prefix(name))?.trim().strip_suffix("kB")?.trim().parse().ok()
}

fn ticks_per_second() -> u64 {
    let vector = fs::read("/proc/self/auxv").unwrap_or_default();
    ticks_in(&vector).unwrap_or(TICKS_PER_SECOND_USUAL)
}

fn ticks_in(auxiliary_vector: &[u8]) -> Option<u64> {
    const WORD: usize = size_of::<usize>();
    auxiliary_vector.chunks_exact(2 * WORD).find_map(|entry| {
        let (key, value) = entry.split_at(WORD);
        let word = |bytes: &[u8]| bytes.try_into().ok().map(usize::from_ne_bytes);
        if word(key)? == AT_CLKTCK { u64::try_from(word(value)?).ok() } else { None }
    })
}

#[allow(clippy::cast_precision_loss)] // 2^52 ticks are a million years.
fn in_ms(ticks: u64, per_second: u64) -> f64 {
    ticks as f64 * 1000.0 / per_second as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_read_behind_any_name() {
        let fields = "S 1 2 3 4 5 6 7 8 9 10 120 34 0 0 20 0 8 0 99";
        for name in ["server", "a b", "odd) R 1 (name", ")"] {
            assert_eq!(cpu_ticks(&format!("42 ({name}) {fields}")), Some(154), "{name}");
        }
        assert_eq!(cpu_ticks("42 (server) S 1 2"), None);
        assert_eq!(cpu_ticks(""), None);
    }

    #[test]
    fn memory_is_read_by_name() {
        let listing = "VmPeak:\t  900 kB\nVmRSS:\t  5124 kB\nPss:  77 kB\nThreads:\t8\n";
        assert_eq!(
            (kib(listing, "VmRSS:"), kib(listing, "Pss:"), kib(listing, "Threads:")),
            (Some(5124), Some(77), None)
        );
    }

    #[test]
    fn the_length_of_a_tick_is_the_kernels_word() {
        let entries = [[6usize, 4096], [AT_CLKTCK, 250], [0, 0]];
        let vector: Vec<u8> = entries.iter().flatten().flat_map(|word| word.to_ne_bytes()).collect();
        assert_eq!(ticks_in(&vector), Some(250));
        assert_eq!(ticks_in(&vector[..size_of::<usize>() * 2]), None);
        assert!((in_ms(154, 100) - 1540.0).abs() < 1e-9);
    }

    #[test]
    fn memory_shared_out_is_known_of_all_processes_or_not_at_all() {
        let known = Usage { cpu_ms: 1.0, rss_kib: 2, pss_kib: Some(3) };
        let mut sum = known;
        sum += known;
        assert_eq!(sum, Usage { cpu_ms: 2.0, rss_kib: 4, pss_kib: Some(6) });
        sum += Usage { pss_kib: None, ..known };
        assert_eq!(sum.pss_kib, None);
    }

    #[test]
    fn this_very_process_can_be_observed() {
        let pid = std::process::id();
        let before = of_server(&[pid]).unwrap().unwrap();
        let mut spun = 0u64;
        while of_driver().unwrap() < before.cpu_ms + 30.0 {
            spun = spun.wrapping_add(1);
        }
        let after = of_server(&[pid]).unwrap().unwrap();
        assert!(spun > 0 && after.cpu_ms > before.cpu_ms && after.rss_kib > 0);
        assert_eq!(of_server(&[]).unwrap(), None);
        assert!(of_server(&[u32::MAX]).is_err());
    }
}
