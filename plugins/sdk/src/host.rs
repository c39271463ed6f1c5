//! The one place where calls leave the plugin: in WASM to the server, anywhere else to the scripted host of a test.

#[cfg(target_arch = "wasm32")]
pub use crate::bindings::{clock, http, kv, log, network, pages, random, secrets, users};
#[cfg(not(target_arch = "wasm32"))]
pub use crate::testing::imports::{clock, http, kv, log, network, pages, random, secrets, users};
