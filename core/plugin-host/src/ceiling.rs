//! How much memory a run may take, all its memories together, and how large its tables may be.

use crate::engine::{INSTANCES_MAX, MEMORIES_MAX, TABLE_ELEMENTS_MAX, TABLES_MAX};
use gatewright_domain::flow::FaultKind;
use wasmtime::{Error, ResourceLimiter};

/// Counts what a run takes. Going over ends the run there: a plugin that asks again and again for what it cannot
/// have would only spend its time, and its author would read of that instead.
pub struct Ceiling {
    memory_mib: usize,
    taken: usize,
    passed: Option<FaultKind>,
}

/// A run asked for more than it may have.
#[derive(Debug, thiserror::Error)]
#[error("more than it may have")]
struct TooMuch;

impl Ceiling {
    /// Nothing taken yet.
    pub fn new(memory_mib: usize) -> Self {
        Self { memory_mib, taken: 0, passed: None }
    }

    /// Bytes of memory taken so far; none is ever given back.
    pub fn taken(&self) -> usize {
        self.taken
    }

    /// The limit it went over, if it did.
    pub fn passed(&mut self) -> Option<FaultKind> {
        self.passed.take()
    }

    fn pass(&mut self, limit: &'static str, max: usize) -> wasmtime::Result<bool> {
        self.passed.get_or_insert(FaultKind::Overrun { limit, max: max as u64 });
        Err(Error::new(TooMuch))
    }
}

impl ResourceLimiter for Ceiling {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let taken = self.taken.saturating_add(desired.saturating_sub(current));
        if taken > self.memory_mib << 20 {
            return self.pass("MiB of memory", self.memory_mib);
        }
        self.taken = taken;
        Ok(true)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        if desired > TABLE_ELEMENTS_MAX {
            return self.pass("table elements", TABLE_ELEMENTS_MAX);
        }
        Ok(true)
    }

    fn instances(&self) -> usize {
        INSTANCES_MAX as usize
    }

    fn tables(&self) -> usize {
        TABLES_MAX as usize
    }

    fn memories(&self) -> usize {
        MEMORIES_MAX as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 64 * 1024;

    #[test]
    fn all_memories_together_have_one_limit() {
        let mut ceiling = Ceiling::new(1);
        assert!(ceiling.memory_growing(0, 10 * PAGE, None).unwrap());
        assert!(ceiling.memory_growing(0, 6 * PAGE, None).unwrap());
        assert!(ceiling.passed().is_none());
        assert!(ceiling.memory_growing(6 * PAGE, 7 * PAGE, None).is_err());
        assert_eq!(ceiling.passed(), Some(FaultKind::Overrun { limit: "MiB of memory", max: 1 }));
    }

    #[test]
    fn a_table_has_a_limit() {
        let mut ceiling = Ceiling::new(1);
        assert!(ceiling.table_growing(0, TABLE_ELEMENTS_MAX, None).unwrap());
        assert!(ceiling.table_growing(0, TABLE_ELEMENTS_MAX + 1, None).is_err());
        let max = TABLE_ELEMENTS_MAX as u64;
        assert_eq!(ceiling.passed(), Some(FaultKind::Overrun { limit: "table elements", max }));
    }
}
