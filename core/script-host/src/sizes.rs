//! The sizes of a script's variables while it runs. Rhai looks at what functions answer and literals make, but not
//! at an array or map that is assigned into: `map[key] = value` could grow it, or nest it, without end.
//!
//! So now and then, when a variable is read or assigned, all variables of that call are looked at. What grew since
//! is bounded by the operations in between.

use rhai::{Dynamic, EvalAltResult, EvalContext};
use std::sync::atomic::{AtomicU64, Ordering};

/// Operations between two looks at the variables of one call depth.
const OPERATIONS_A_LOOK: u64 = 256;
/// Call depths that are told apart; deeper ones share the last place.
const DEPTHS: usize = 72;

/// When the variables were last looked at, by call depth.
pub struct Sizes([AtomicU64; DEPTHS]);

impl Sizes {
    /// Nothing looked at yet.
    pub fn new() -> Self {
        Self([const { AtomicU64::new(0) }; DEPTHS])
    }

    /// Before a run.
    pub fn begin(&self) {
        self.0.iter().for_each(|looked| looked.store(0, Ordering::Relaxed));
    }

    /// Rhai's callback for each use of a variable. Never answers a value of its own.
    ///
    /// # Errors
    /// When a variable has outgrown the limits.
    pub fn look(&self, context: &EvalContext) -> Result<Option<Dynamic>, Box<EvalAltResult>> {
        let operations = context.global_runtime_state().num_operations();
        let looked = &self.0[context.call_level().min(DEPTHS - 1)];
        if operations.saturating_sub(looked.load(Ordering::Relaxed)) < OPERATIONS_A_LOOK {
            return Ok(None);
        }
        looked.store(operations, Ordering::Relaxed);
        let engine = context.engine();
        for (_, _, value) in context.scope().iter_raw() {
            engine.ensure_data_size_within_limits(value)?;
        }
        if let Some(this) = context.this_ptr() {
            engine.ensure_data_size_within_limits(this)?;
        }
        Ok(None)
    }
}
