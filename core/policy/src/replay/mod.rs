//! Recorded logins, run through a candidate: what it would have made of them.
//!
//! Each question is asked on the record of its own host calls ([`CompiledBundle::ask_on_record`]). From the first answer
//! that leads a login another way on, its later questions would have been others: they are not asked.

mod effect;

pub use effect::Effect;

use crate::Runtimes;
use crate::aside::aside;
use crate::bundle::CompiledBundle;
use crate::compile::{broke_off, compile};
use crate::files::Files;
use crate::rehearsal::World;
use crate::trial::{answers, record_of};
use effect::effect;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::{Diagnostic, HookKind};
use gatewright_domain::identifiers::TraceId;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::{TRACES_LISTED_MAX, TraceFilter, TraceStore};
use gatewright_domain::trace::{Asked, EndRecord, Recording, Redaction, TraceHead};
use std::collections::BTreeSet;

/// A decision that the candidate takes otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// What that does to the login.
    pub effect: Effect,
    /// At which hook.
    pub hook: HookKind,
    /// The binding that makes the difference; empty where none does.
    pub binding: String,
    /// Which claims, or which parts of a token.
    pub names: Vec<String>,
    /// What came of it, redacted as a trace is.
    pub was: EndRecord,
    /// What would have come of it.
    pub would_be: EndRecord,
}

/// Compiles a candidate without a server around it.
///
/// # Errors
/// What is wrong with it.
pub async fn candidate(files: &Files, runtimes: &Runtimes) -> Result<CompiledBundle, Vec<Diagnostic>> {
    let (files, with) = (files.clone(), runtimes.clone());
    let compiling = aside(move || compile(&files, &with, World::new().tools()));
    compiling.await.unwrap_or_else(|error| Err(vec![broke_off(&error)]))
}

/// What a candidate would have decided otherwise of one login; `questions` in the order they were asked.
pub async fn replay(candidate: &CompiledBundle, questions: &[Asked], redaction: &Redaction) -> Vec<Change> {
    let mut changes = Vec::new();
    for was in questions {
        let would_be = candidate.ask_on_record(was.input.clone(), record_of(was)).await;
        let Some(difference) = answers(was, &would_be) else { continue };
        let effect = effect(&was.answer, &would_be.answer, &difference);
        changes.push(Change {
            effect,
            hook: was.hook(),
            binding: difference.binding,
            names: difference.names,
            was: redaction.record(was).answer,
            would_be: redaction.record(&would_be).answer,
        });
        if effect.diverts() {
            break;
        }
    }
    changes
}

/// The recorded questions of a trace, in order.
///
/// # Errors
/// A fault of the store; that a record cannot be opened.
pub async fn questions(traces: &dyn TraceStore, sealer: &dyn Sealer, trace: &TraceId) -> Result<Vec<Asked>, Fault> {
    let sealed = traces.recordings(trace).await?;
    sealed.iter().map(|sealed| Recording::open(sealed, trace, sealer)?.asked()).collect()
}

/// The recorded traces that are meant, the newest first, as many as `limit`.
///
/// # Errors
/// A fault of the store.
pub async fn recorded(traces: &dyn TraceStore, filter: &TraceFilter, limit: usize) -> Result<Vec<TraceHead>, Fault> {
    let mut filter = TraceFilter { recorded: true, ..filter.clone() };
    let mut found: Vec<TraceHead> = Vec::new();
    let mut known = BTreeSet::new();
    loop {
        let page = traces.list(&filter, TRACES_LISTED_MAX).await?;
        let (full, oldest) = (page.len() == TRACES_LISTED_MAX, page.last().map(|head| head.began_at_ms));
        let before = found.len();
        found.extend(page.into_iter().filter(|head| known.insert(head.id.clone())));
        if !full || found.len() == before || found.len() >= limit {
            found.truncate(limit);
            return Ok(found);
        }
        // The next page begins in the millisecond that this one ends in.
        filter.until_ms = oldest.map(|oldest| oldest.saturating_add(1));
    }
}

#[cfg(test)]
mod tests;
