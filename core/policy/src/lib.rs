//! Policy bundles: which code answers which hook, and how the answers become one decision.
//!
//! - [`files`]: what a bundle is made of, and its digest;
//! - [`manifest`]: `policy.toml`;
//! - [`compile`](mod@compile): everything that can be known to be wrong, found before anything is swapped;
//! - [`bundle`]: the table of the contracts in code, behind [`gatewright_domain::hooks::Policy`].
//!
//! **Invariant:** this crate knows no runtime. Scripts and plugins reach it as [`gatewright_domain::hooks::Runtime`].

pub mod bundle;
pub mod compile;
pub mod files;
pub mod manifest;

pub mod rehearsal;

mod nearest;

#[cfg(test)]
mod stub;
