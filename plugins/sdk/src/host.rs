//! The one place where calls leave the plugin: in WASM to the server, anywhere else to the scripted host of a test.

#[cfg(target_arch = "wasm32")]
pub use crate::bindings::{
    clock, factors, http, kv, log, mail, network, oidc, pages, random, recovery, secrets, totp, users, webauthn,
};
#[cfg(not(target_arch = "wasm32"))]
pub use crate::testing::imports::{
    clock, factors, http, kv, log, mail, network, oidc, pages, random, recovery, secrets, totp, users, webauthn,
};
