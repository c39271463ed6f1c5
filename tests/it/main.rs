//! Black-box tests: a real server process, real HTTP, a real database. Laid out as the URLs and hooks are.
//!
//! `world` is what every test stands on: a server, a browser, a relying party. A test goes through public doors
//! only: the command line, the configuration file, HTTP.

#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod account;
mod admin;
mod bad_input;
mod clients;
mod conformance;
mod continuity;
mod crash;
mod docs;
mod endpoints;
mod factors;
mod failure_policy;
mod guessing;
mod hostile_scripts;
mod native;
mod plugins;
mod policy_commands;
mod policy_life;
mod policy_trial;
mod races;
mod reload;
mod replay;
mod secrets_in_logs;
mod seed;
mod tidy;
mod tls;
mod trace;
mod upstream;
mod world;
