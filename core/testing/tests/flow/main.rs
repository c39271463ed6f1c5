//! Durable replay (`domain::flow`), driven as a runtime drives it: a hook is a closure that makes host calls, and
//! runs again from its start whenever one was performed.

#![allow(clippy::result_large_err, reason = "the stop of a run holds the fault it ended in")]
#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod factors;
mod lending;
mod limits;
mod logging;
mod recorded;
mod replay;
mod runs;
mod secrets;
