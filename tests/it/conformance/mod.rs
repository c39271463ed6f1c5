//! What an OpenID Provider is judged by: one test for each module of the OpenID Foundation's plans, named after it, over
//! HTTPS. `rows.txt` has the modules, and `rows.rs` finds those without a test.
//!
//! A file for each plan; `suite` is what they stand on. Nothing here is taken from the suite's code: what a module sends and
//! what must come of it is written down from the specifications that it is about.

mod fapi2_security_profile;
mod oidcc_basic;
mod oidcc_config;
mod oidcc_dynamic;
mod oidcc_front_channel;
mod oidcc_logout;
mod rows;
pub mod suite;
