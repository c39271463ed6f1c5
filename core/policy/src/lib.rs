//! Policy bundles: which code answers which hook, and how the answers become one decision.
//!
//! - [`files`] are what a bundle is made of, and its digest;
//! - [`manifest`] reads `policy.toml`;
//! - [`compile`](mod@compile) finds everything that can be known to be wrong before anything is swapped;
//! - [`bundle`] is the table of the contracts in code, behind [`gatewright_domain::hooks::Policy`];
//! - [`explain`](mod@explain) says which bindings would run for a request, and why;
//! - [`signatures`] are what stands beside a plugin that somebody signed;
//! - [`rehearsal`] runs the tests that lie beside scripts;
//! - [`activation`] puts a bundle live on every node or on none, and goes back;
//! - [`difference`](mod@difference) tells two bundles apart;
//! - [`live`] is what a running server holds, behind [`gatewright_domain::hooks::Policies`], and how it is swapped;
//! - [`quarantine`] takes a bundle back that fails too often;
//! - [`replay`] runs recorded logins through a candidate;
//! - [`trial`] tries a bundle beside the live one: shadows and canaries;
//! - [`watch`] follows a folder whose saves go live by themselves;
//! - [`schema`] is the contracts as JSON Schema;
//! - [`report`] shows diagnostics to people and to programs.
//!
//! **Invariant:** this crate knows no runtime. Scripts and plugins reach it as [`gatewright_domain::hooks::Runtime`].

pub mod activation;
mod aside;
pub mod bundle;
pub mod compile;
pub mod difference;
pub mod explain;
pub mod files;
pub mod live;
pub mod manifest;

pub mod quarantine;
pub mod rehearsal;
pub mod replay;
pub mod report;
pub mod schema;
pub mod signatures;
pub mod trial;
pub mod watch;

mod nearest;
mod runtimes;

pub use runtimes::Runtimes;

#[cfg(test)]
mod stub;
