//! How much a hook may use. Each has a default, a binding may set another, none may pass its maximum.

use serde::{Deserialize, Serialize};

/// Limits of one binding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Script operations in one run. A plugin has a hundred instructions for each.
    pub operations: u64,
    /// Computing time of one run, in milliseconds.
    pub time_ms: u64,
    /// Time of the whole call without pages, requests it makes included, in milliseconds.
    pub total_ms: u64,
    /// Depth of calls.
    pub call_depth: usize,
    /// Longest string, in bytes.
    pub string_bytes: usize,
    /// Longest array.
    pub array_items: usize,
    /// Largest map.
    pub map_items: usize,
    /// Memory of a plugin, all its memories together, in MiB.
    pub memory_mib: usize,
    /// What a plugin hands to the host at once, in one call or as its decision, in bytes as the host keeps them.
    pub output_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operations: 200_000,
            time_ms: 50,
            total_ms: 10_000,
            call_depth: 32,
            string_bytes: 64 * 1024,
            array_items: 4_096,
            map_items: 1_024,
            memory_mib: 32,
            output_bytes: 256 * 1024,
        }
    }
}

/// A limit that a manifest sets outside its range.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limit {name} must be from 1 to {max}")]
pub struct LimitOutOfRange {
    /// Its name in the manifest.
    pub name: &'static str,
    /// The largest value allowed.
    pub max: u64,
}

impl Limits {
    /// The largest values a manifest may set.
    pub const MAX: Self = Self {
        operations: 10_000_000,
        time_ms: 1_000,
        total_ms: 60_000,
        call_depth: 64,
        string_bytes: 1024 * 1024,
        array_items: 65_536,
        map_items: 16_384,
        memory_mib: 256,
        output_bytes: 1024 * 1024,
    };

    /// These limits, if each is from 1 to its maximum.
    ///
    /// # Errors
    /// The first that is not.
    pub fn admit(self) -> Result<Self, LimitOutOfRange> {
        let pairs = self.by_name().into_iter().zip(Self::MAX.by_name());
        for ((name, value), (_, max)) in pairs {
            if value == 0 || value > max {
                return Err(LimitOutOfRange { name, max });
            }
        }
        Ok(self)
    }

    fn by_name(self) -> [(&'static str, u64); 9] {
        [
            ("operations", self.operations),
            ("time_ms", self.time_ms),
            ("total_ms", self.total_ms),
            ("call_depth", self.call_depth as u64),
            ("string_bytes", self.string_bytes as u64),
            ("array_items", self.array_items as u64),
            ("map_items", self.map_items as u64),
            ("memory_mib", self.memory_mib as u64),
            ("output_bytes", self.output_bytes as u64),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_outside_its_range_is_refused_by_name() {
        assert!(Limits::default().admit().is_ok());
        assert!(Limits::MAX.admit().is_ok());
        let none = Limits { time_ms: 0, ..Limits::default() };
        assert_eq!(none.admit().unwrap_err().name, "time_ms");
        let over = Limits { operations: Limits::MAX.operations + 1, ..Limits::default() };
        assert_eq!(over.admit().unwrap_err().name, "operations");
    }
}
