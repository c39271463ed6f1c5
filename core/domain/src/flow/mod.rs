//! Durable replay: how a hook written as straight code survives between two requests.
//!
//! Every call a hook makes of the host goes through [`Host`]. What it answered is kept in the [`Journal`];
//! when the hook runs again from its start, earlier calls answer from there, and it goes on past them. A
//! call whose answer is not there yet is *pending*: the runtime stops the run, the host performs the call (or
//! shows the page), and the run starts over.

mod call;
mod desk;
mod factor_calls;
mod fault;
mod host;
mod journal;
mod live;
mod recorded;
mod tools;
mod visit;

pub use call::{HostAnswer, HostCall, LOG_CHARS_MAX, LogLevel, RANDOM_BYTES_MAX, SecretRef, UsersCall, Visit};
pub use desk::Desk;
pub use fault::{FaultKind, HookFault, Place};
pub use host::{HOST_CALLS_MAX, Host, Met, Pending};
pub use journal::{Entry, Journal};
pub use live::LiveSecrets;
pub use recorded::{Record, Recorded};
pub use tools::Tools;

use crate::identifiers::InteractionId;
use crate::page::Page;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A hook's state between two of its runs: the journal, and the secrets that only this request knows.
#[derive(Debug, Default)]
pub struct Flow {
    /// Every host call so far, with its answer.
    pub journal: Journal,
    /// Secrets typed into the request that is being answered; empty on any other.
    pub live: LiveSecrets,
    /// Where visits lead back to; none where no browser will return, as in a rehearsal.
    pub interaction: Option<InteractionId>,
    /// Where the browser is, for the limit on guessing; none where there is no browser, or nobody knows.
    pub address: Option<IpAddr>,
    /// The record that answers every call, if it runs on one; then nothing is performed.
    pub recorded: Option<Recorded>,
}

/// What a hook waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "wait", rename_all = "snake_case")]
pub enum Wait {
    /// The end-user's answer to a page.
    Page(Page),
    /// The browser's return from elsewhere.
    Visit(Visit),
}

/// How a run of an interactive hook ended.
#[derive(Debug, Clone, PartialEq)]
pub enum FlowEnd<D> {
    /// It decided.
    Decided(D),
    /// It waits; the journal knows for what.
    Waiting(Wait),
}
