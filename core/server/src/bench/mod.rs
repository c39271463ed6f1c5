//! `gatewright bench`: a load driver for any OpenID Provider.
//!
//! It finds the provider by discovery, registers a client (or takes one that is given), plays end-users
//! with browsers of their own, and does one kind of operation at a time, over and over, as many at once
//! as asked: a closed loop, in which a slow answer delays the next request. Every answer is read and
//! believed only if it is right, so a server cannot be fast by being wrong. It runs on one thread,
//! to take little of a machine that it shares with the server.
//!
//! ```text
//! arguments   the command line            load        workers in a closed loop
//! run         the run from end to end     measure     one scenario: ready, warm-up, measurement
//! discovery   the provider's metadata     scenario/   one kind of operation a file
//! client      the client                  party       an end-user, a browser, a client: the flows
//! browser     cookies, redirects, forms   pages       how a page is answered (html, form)
//! wire        requests (connect, answer)  report      what was found (tally, table, server_cpu)
//! ```

mod answer;
mod arguments;
mod authorization;
mod browser;
mod client;
mod connect;
mod cookies;
mod discovery;
mod error;
mod failure;
mod form;
mod html;
mod laps;
mod load;
mod measure;
mod pages;
mod party;
mod password_hash;
mod progress;
mod random;
mod report;
mod run;
mod scenario;
mod server_cpu;
mod table;
mod tally;
mod target;
mod tokens;
mod wire;

pub use arguments::{BenchArguments, CONCURRENCY_MAX};
pub use error::BenchError;
pub use scenario::Scenario;
pub(crate) use table::Table;

use std::io::{self, Write};

/// Loads a provider and prints what was found on standard output: tables, or one JSON document.
///
/// It starts a runtime of its own, so it must be called outside of one.
///
/// # Errors
/// When the provider cannot be loaded at all; and, after the report is printed, when operations failed.
pub fn run(arguments: BenchArguments) -> Result<(), BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(BenchError::Runtime)?;
    let report = runtime.block_on(run::run(arguments))?;
    let mut out = io::stdout().lock();
    if report.arguments.json {
        serde_json::to_writer_pretty(&mut out, &report).map_err(io::Error::from)?;
        writeln!(out)?;
    } else {
        write!(out, "{report}")?;
    }
    out.flush()?;
    match report.failed() {
        0 => Ok(()),
        failed => Err(BenchError::OperationsFailed(failed)),
    }
}
