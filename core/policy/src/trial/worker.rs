//! The thread on which a shadow is asked, apart from everything that answers requests.
//!
//! It takes what has waited long enough, one question after another, then rests for as long as that took: a candidate that
//! uses up its limits each time gets half a core and no more, and what comes meanwhile is left out and counted. To be woken
//! for each question would cost more than a script does.

use super::TrialSetup;
use super::tallies::Tallies;
use crate::bundle::CompiledBundle;
use gatewright_domain::flow::Record;
use gatewright_domain::trace::Asked;
use gatewright_domain::trial::Counted;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::runtime;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::{sleep, sleep_until, timeout_at};

/// Most questions that wait for a shadow on one node.
pub const QUESTIONS_MAX: usize = 256;
/// How long a question waits at least, in milliseconds, so that the answer of the live one has gone out before.
pub const AFTER_MS: u64 = 20;
/// How long the thread waits at least before it takes what has come, in milliseconds.
pub const GATHERS_MS: u64 = 40;
/// Longest that it takes questions without a rest, in milliseconds, but for the one it is at.
pub const STRETCH_MS: u64 = 20;
/// Time between two writes of what was counted, in milliseconds.
pub const WRITE_EVERY_MS: u64 = 1_000;

/// What the thread works with.
pub(super) struct Work {
    pub(super) trial: u64,
    pub(super) candidate: Arc<CompiledBundle>,
    pub(super) setup: TrialSetup,
    pub(super) left_out: Arc<LeftOut>,
}

/// Questions that were left out on this node since the last write, by hook.
#[derive(Default)]
pub(super) struct LeftOut([AtomicU64; gatewright_domain::hooks::HookKind::ALL.len()]);

/// A question on its way to the candidate.
pub(super) struct Waiting {
    pub(super) live: Arc<Asked>,
    pub(super) since: Instant,
}

impl LeftOut {
    pub(super) fn count(&self, asked: &Asked) {
        self.0[asked.hook() as usize].fetch_add(1, Ordering::Relaxed);
    }
}

/// Starts the thread. It ends when the sender is dropped and what it has counted is written.
pub(super) fn start(work: Work) -> io::Result<Sender<Waiting>> {
    let (sender, receiver) = channel(QUESTIONS_MAX);
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    let thread = std::thread::Builder::new().name("shadow-policy".to_owned());
    thread.spawn(move || runtime.block_on(work.go(receiver)))?;
    Ok(sender)
}

impl Work {
    async fn go(self, mut questions: Receiver<Waiting>) {
        let TrialSetup { redaction, entropy, .. } = &self.setup;
        let mut tallies = Tallies::new(redaction.clone(), entropy.clone());
        let mut write_at = next_write();
        let mut next = None;
        loop {
            let come = match next.take() {
                Some(question) => Ok(Some(question)),
                None => timeout_at(write_at, questions.recv()).await,
            };
            match come {
                Ok(Some(question)) => next = self.ask_all_due(question, &mut questions, &mut tallies).await,
                Ok(None) => break,
                Err(_) => {}
            }
            if tokio::time::Instant::now() >= write_at {
                self.write(&mut tallies).await;
                write_at = next_write();
            }
        }
        self.write(&mut tallies).await;
    }

    /// Asks this question, once it has waited, and those behind it that have waited long enough by then. Answers the one
    /// that was taken and has not.
    async fn ask_all_due(
        &self,
        first: Waiting,
        questions: &mut Receiver<Waiting>,
        tallies: &mut Tallies,
    ) -> Option<Waiting> {
        sleep_until((first.since + Duration::from_millis(GATHERS_MS)).into()).await;
        let began = Instant::now();
        let mut next = Some(first);
        while let Some(question) = next.take_if(|question| question.since + Duration::from_millis(AFTER_MS) <= began) {
            self.ask(&question.live, tallies).await;
            if began.elapsed() >= Duration::from_millis(STRETCH_MS) {
                break;
            }
            next = questions.try_recv().ok();
        }
        sleep(began.elapsed()).await;
        next
    }

    async fn ask(&self, live: &Arc<Asked>, tallies: &mut Tallies) {
        let (candidate, asked) = (self.candidate.clone(), live.clone());
        let asking = async move { candidate.ask_on_record(asked.input.clone(), record_of(&asked)).await };
        // A task of its own, so that a panic ends this question and not the trial.
        match tokio::spawn(asking).await {
            Ok(tried) => tallies.compared(live, &tried),
            Err(error) => {
                tracing::error!(%error, "a shadow policy broke off");
                tallies.broke_off(live);
            }
        }
    }

    async fn write(&self, tallies: &mut Tallies) {
        for (hook, left_out) in gatewright_domain::hooks::HookKind::ALL.into_iter().zip(&self.left_out.0) {
            tallies.add(Counted::LeftOut, hook, "", left_out.swap(0, Ordering::Relaxed));
        }
        let (counts, samples) = tallies.take();
        let store = &self.setup.store;
        let written = async {
            if !counts.is_empty() {
                store.count(self.trial, &counts).await?;
            }
            if samples.is_empty() { Ok(()) } else { store.sample(self.trial, &samples).await }
        };
        if let Err(fault) = written.await {
            tracing::error!(%fault, "what was counted of a shadow policy could not be written and is lost");
        }
    }
}

fn next_write() -> tokio::time::Instant {
    tokio::time::Instant::now() + Duration::from_millis(WRITE_EVERY_MS)
}

/// What the live policy's bindings asked of the host.
pub(crate) fn record_of(asked: &Asked) -> Record {
    asked.runs.iter().fold(Record::new(asked.at_ms), |record, run| record.with(&run.binding, &run.journal))
}
