//! Runs hooks written in Rhai: [`RhaiRuntime`] compiles the files of a policy bundle and runs them.
//!
//! A script is straight code. Each call it makes of the host is met from the flow's journal or, where there is no
//! answer yet, ends the run; the host then performs the call (or shows the page) and the script runs again from its
//! start. See `gatewright_domain::flow`.
//!
//! **Invariants:** a script reaches nothing but what [`modules`] registers for its loan; whatever it does, it ends
//! within its limits and leaves the process standing; a run that was stopped at a host call never becomes a decision.

mod catalogue;
mod check;
mod compile;
mod coverage;
mod decisions;
mod engine;
mod failure;
mod fault;
mod form;
mod input;
mod kit;
mod modules;
mod program;
mod runtime;
mod samples;
mod secret;
mod sizes;
mod slot;
mod sources;
mod stack;
mod standard;
mod subject;
mod surface;
mod test_bench;
mod thread;
mod values;

pub use coverage::{Coverage, CoveredScript};
pub use runtime::RhaiRuntime;
pub use stack::STACK_BYTES;
pub use surface::{functions, language_has};
