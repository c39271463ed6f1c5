//! Stack enough for any script within its limits.
//!
//! Rhai evaluates, clones and drops by recursion, so a script that calls deep and nests values deep needs more
//! stack than a thread may have, and an overflow would end the process. A run therefore gets what its limits
//! allow it to need: from its thread when that has it left, else from a stack made for it (some microseconds).

use gatewright_domain::hooks::Limits;

/// Stack for one level of script calls, each nested as deep as an expression may be.
const BYTES_A_CALL: usize = 128 * 1024;
/// Stack for one level of nested values: the lightest of them (dropping) to the heaviest (hashing).
const BYTES_A_NESTING: usize = 512;
/// Stack beneath the first call.
const BYTES_BELOW: usize = 256 * 1024;

/// Stack that a run within the default limits may need. Threads that run hooks and have this much and a
/// little to spare never need another stack.
pub const STACK_BYTES: usize = needed(32, 4_096 + 1_024);

/// Runs `run` with the stack that `limits` allow a script to need.
pub fn with_stack<T>(limits: &Limits, run: impl FnOnce() -> T) -> T {
    let bytes = needed(limits.call_depth, limits.array_items + limits.map_items);
    stacker::maybe_grow(bytes, bytes, run)
}

const fn needed(call_depth: usize, nesting: usize) -> usize {
    BYTES_BELOW + call_depth * BYTES_A_CALL + nesting * BYTES_A_NESTING
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_size_is_that_of_the_default_limits() {
        let limits = Limits::default();
        assert_eq!(STACK_BYTES, needed(limits.call_depth, limits.array_items + limits.map_items));
    }
}
