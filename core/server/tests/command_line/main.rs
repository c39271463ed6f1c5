//! The binary as an operator meets it: what is typed, what is answered, how it ends.

#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod check;
mod clients;
mod keys;
mod policy;
mod process;
mod quickstart;
mod serve;
mod users;
