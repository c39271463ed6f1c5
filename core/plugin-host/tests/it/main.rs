//! The plugin host as a policy uses it: compile a unit, run it on a host with stub capabilities. Plugins are written
//! as WASM text by the canonical ABI of the published interfaces.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod cache;
mod capabilities;
mod contracts;
mod diagnostics;
mod factors;
mod guest;
mod hostile;
mod pack;
mod released;
mod replay;
mod secrets;
mod stage;
mod wasi;
