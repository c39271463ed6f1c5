//! What was measured before, in a file, and what has become worse since.
//!
//! Operations and instructions are the same in every run on every machine, so that little more than before is told; times
//! vary with the machine and with what else it does, so that only many times more is.

use super::super::super::error::CommandError;
use super::super::{PolicyError, document};
use super::measured::Measured;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What the file says of itself.
const FORMAT: &str = "gatewright policy bench 1";
/// How many more operations or instructions are let pass, in percent.
pub(super) const WORK_PERCENT: u64 = 2;
/// How many times its median a call may take.
pub(super) const TIME_FACTOR: f64 = 5.0;
/// Shorter calls are told by their operations alone, in microseconds: a caller that is interrupted takes as long.
const TIME_US_MIN: f64 = 100.0;

/// A saved measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Baseline {
    format: String,
    /// Whether it was measured without optimization: such times compare with such alone.
    unoptimized: bool,
    bindings: BTreeMap<String, Saved>,
}

/// What is kept of one binding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    ends: Vec<String>,
    operations: Option<u64>,
    instructions: Option<u64>,
    median_us: f64,
    p99_us: f64,
}

/// What came of a comparison.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Compared {
    /// What is worse.
    pub(super) complaints: Vec<String>,
    /// What is only different.
    pub(super) remarks: Vec<String>,
}

impl Baseline {
    /// What was measured.
    pub(super) fn of(all: &[Measured]) -> Self {
        let bindings = all.iter().map(|one| (one.binding.clone(), Saved::of(one))).collect();
        Self { format: FORMAT.to_owned(), unoptimized: cfg!(debug_assertions), bindings }
    }

    /// Reads a file that was saved.
    pub(super) fn read(path: &Path) -> Result<Self, CommandError> {
        let read: Self = serde_json::from_value(document::read(path)?)
            .map_err(|error| document::wrong(path, format!("it is no baseline that --save has written: {error}")))?;
        if read.format != FORMAT {
            let why = format!("it is of another format than `{FORMAT}`; write a new one with --save");
            return Err(document::wrong(path, why));
        }
        Ok(read)
    }

    /// Writes the file.
    pub(super) fn write(&self, path: &Path) -> Result<(), CommandError> {
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::from);
        let written = text.and_then(|text| fs::write(path, text + "\n"));
        Ok(written.map_err(|cause| PolicyError::Unwritable { path: path.to_owned(), cause })?)
    }

    /// How many operations a binding took, those of a script or what stands for them.
    pub(super) fn work_of(&self, binding: &str) -> Option<u64> {
        let saved = self.bindings.get(binding)?;
        saved.operations.or(saved.instructions)
    }

    /// Holds what was measured against it.
    pub(super) fn compared(&self, all: &[Measured]) -> Compared {
        let mut compared = Compared::default();
        for one in all {
            match self.bindings.get(&one.binding) {
                Some(before) => compared.binding(&one.binding, before, &Saved::of(one), self.times_compare()),
                None => compared.remarks.push(format!("{} is new: the baseline does not have it", one.binding)),
            }
        }
        for gone in self.bindings.keys().filter(|name| !all.iter().any(|one| one.binding == **name)) {
            compared.remarks.push(format!("{gone} is gone: the baseline has it"));
        }
        if !self.times_compare() {
            compared.remarks.push("times are not compared: the baseline is of another kind of build".to_owned());
        }
        compared
    }

    fn times_compare(&self) -> bool {
        self.unoptimized == cfg!(debug_assertions)
    }
}

impl Saved {
    fn of(one: &Measured) -> Self {
        #[allow(clippy::cast_precision_loss)] // A call is far shorter than 2^52 ns.
        let at = |quantile| one.times.value_at_quantile(quantile) as f64 / 1_000.0;
        Self {
            ends: one.ends.clone(),
            operations: one.operations,
            instructions: one.instructions,
            median_us: at(0.5),
            p99_us: at(0.99),
        }
    }
}

impl Compared {
    fn binding(&mut self, name: &str, before: &Saved, now: &Saved, with_times: bool) {
        if now.ends != before.ends {
            let (now, before) = (now.ends.join(", then "), before.ends.join(", then "));
            self.complaints.push(format!("{name} {now}; it was: {before}"));
        }
        self.work(name, "operations", before.operations, now.operations);
        self.work(name, "instructions", before.instructions, now.instructions);
        let slow = now.median_us > before.median_us * TIME_FACTOR && now.median_us >= TIME_US_MIN;
        if with_times && slow {
            let (now, before) = (now.median_us, before.median_us);
            self.complaints.push(format!("{name} takes {now:.1} µs; it was {before:.1} µs"));
        }
    }

    fn work(&mut self, name: &str, what: &str, before: Option<u64>, now: Option<u64>) {
        let (Some(before), Some(now)) = (before, now) else { return };
        if now > before.saturating_add(before.saturating_mul(WORK_PERCENT) / 100) {
            self.complaints.push(format!("{name} takes {now} {what}; it was {before}"));
        } else if now < before {
            self.remarks.push(format!("{name} takes {now} {what}; it was {before}, more than now"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saved(operations: u64, median_us: f64, end: &str) -> Saved {
        let ends = vec![end.to_owned()];
        Saved { ends, operations: Some(operations), instructions: None, median_us, p99_us: median_us }
    }

    fn complaints(before: &Saved, now: &Saved) -> Vec<String> {
        let mut compared = Compared::default();
        compared.binding("claims/x", before, now, true);
        compared.complaints
    }

    #[test]
    fn little_more_work_is_told_and_much_more_time() {
        let before = saved(1_000, 40.0, "decides");
        for as_good in [saved(1_020, 40.0, "decides"), saved(900, 199.0, "decides"), saved(1_000, 1.0, "decides")] {
            assert_eq!(complaints(&before, &as_good), Vec::<String>::new());
        }
        let said = |now: &Saved| complaints(&before, now).join("\n");
        assert_eq!(said(&saved(1_021, 40.0, "decides")), "claims/x takes 1021 operations; it was 1000");
        assert_eq!(said(&saved(1_000, 201.0, "decides")), "claims/x takes 201.0 µs; it was 40.0 µs");
        assert_eq!(said(&saved(1_000, 40.0, "fails: it threw: x")), "claims/x fails: it threw: x; it was: decides");
    }

    #[test]
    fn the_time_of_a_very_short_call_says_nothing() {
        assert_eq!(complaints(&saved(10, 2.0, "decides"), &saved(10, 99.0, "decides")), Vec::<String>::new());
    }

    #[test]
    fn less_work_and_other_bindings_are_remarked_and_no_more() {
        let baseline = Baseline {
            format: FORMAT.to_owned(),
            unoptimized: !cfg!(debug_assertions),
            bindings: BTreeMap::from([("claims/gone".to_owned(), saved(1, 1.0, "decides"))]),
        };
        let compared = baseline.compared(&[]);
        assert_eq!(compared.complaints, Vec::<String>::new());
        assert_eq!(compared.remarks[0], "claims/gone is gone: the baseline has it");
        assert!(compared.remarks[1].starts_with("times are not compared"));
    }

    #[test]
    fn a_saved_file_is_read_back_and_another_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let baseline = Baseline::of(&[]);
        baseline.write(file.path()).unwrap();
        assert_eq!(Baseline::read(file.path()).unwrap(), baseline);
        let refused = |text: &str| {
            fs::write(file.path(), text).unwrap();
            Baseline::read(file.path()).unwrap_err().to_string()
        };
        assert!(refused("{}").contains("it is no baseline that --save has written"));
        let other = Baseline { format: "gatewright policy bench 9".to_owned(), ..baseline };
        assert!(refused(&serde_json::to_string(&other).unwrap()).contains("write a new one with --save"));
    }
}
