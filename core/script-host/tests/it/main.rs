//! The script host as a policy uses it: compile a unit, run it on a host with stub capabilities.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod contracts;
mod decided;
mod diagnostics;
mod factors;
mod foreseen;
mod hostile;
mod properties;
mod replay;
mod secrets;
mod stage;
