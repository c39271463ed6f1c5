//! Quarantine: a live bundle of which a binding fails, or takes too long, more often than its budget allows is taken back
//! to the one that was live before, through the two phases of every activation; and somebody is told.
//!
//! Never towards weaker authentication ([`rule`]): where going back would be that, the bundle stays, failing as its
//! `on_error` says, and somebody is told that too. Once for each activation: of several nodes the first that opens the
//! rollback does it.

mod rule;
mod window;

use crate::activation::{ActivationError, Activations, Order, before};
use crate::live::LivePolicies;
use gatewright_domain::activation::ActivationKind;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::Policies as _;
use gatewright_domain::identifiers::{BindingName, BundleDigest};
use gatewright_domain::store::HISTORY_NAMES_MAX;
use gatewright_domain::trace::{Asked, HookRun, Observer, RunEnd};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;
use window::Windows;

/// Who goes back, in the history of activations.
pub const BY: &str = "quarantine";
/// Bindings that wait to be looked at; more than one at once say no more than one.
const WAITING_MAX: usize = 8;

/// What a binding may use up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// So many bad runs on one node …
    pub faults: u32,
    /// … within so many seconds use it up.
    pub within_s: u64,
    /// A run that takes so many milliseconds is a bad one, as one that fails is.
    pub slow_ms: Option<u64>,
}

/// What was done about a binding that passed its budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// This bundle is live again.
    WentBack(BundleDigest),
    /// Going back would have weakened authentication; the bundle stays.
    Stays(Vec<String>),
    /// Nothing was live before it.
    NothingBefore,
    /// Going back was tried and refused.
    Refused(String),
}

/// A binding passed its budget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The binding.
    pub binding: BindingName,
    /// Its bundle.
    pub bundle: BundleDigest,
    /// The activation by which that was live.
    pub activation: u64,
    /// What was done.
    pub reaction: Reaction,
}

/// What quarantine works with.
pub struct QuarantineSetup {
    /// What bindings may use up.
    pub budget: Budget,
    /// What is live here.
    pub policies: Arc<LivePolicies>,
    /// The activations of the database.
    pub activations: Activations,
}

/// Watches the live bundle.
pub struct Quarantine {
    setup: QuarantineSetup,
    windows: Mutex<(Option<BundleDigest>, Windows)>,
    passed: mpsc::Sender<(BindingName, BundleDigest)>,
    waiting: tokio::sync::Mutex<mpsc::Receiver<(BindingName, BundleDigest)>>,
    /// The last activation that something was done about.
    seen_to: Mutex<u64>,
}

impl Quarantine {
    /// Watches from now on.
    pub fn new(setup: QuarantineSetup) -> Self {
        let (passed, waiting) = mpsc::channel(WAITING_MAX);
        let (windows, seen_to) = (Mutex::default(), Mutex::default());
        Self { setup, windows, passed, waiting: tokio::sync::Mutex::new(waiting), seen_to }
    }

    /// The next incident, once it was reacted to. Waits for ever where there is none.
    ///
    /// # Errors
    /// A fault of the store; the incident is lost, and comes again with the binding's next faults.
    pub async fn next(&self) -> Result<Incident, Fault> {
        let mut waiting = self.waiting.lock().await;
        loop {
            let Some((binding, bundle)) = waiting.recv().await else { return std::future::pending().await };
            if let Some(incident) = self.react(binding, bundle).await? {
                return Ok(incident);
            }
        }
    }

    /// Does what is to be done; nothing where it is done, or the bundle is live no longer.
    async fn react(&self, binding: BindingName, bundle: BundleDigest) -> Result<Option<Incident>, Fault> {
        let activations = &self.setup.activations;
        let Some(live) = activations.store.live().await? else { return Ok(None) };
        if live.proposal.digest != bundle || live.number <= self.seen_to() {
            return Ok(None);
        }
        let history = activations.store.history(HISTORY_NAMES_MAX).await?;
        let reaction = match before(&history) {
            None => Reaction::NothingBefore,
            Some(good) => match self.go_back(&binding, &bundle, good, live.number).await? {
                Some(reaction) => reaction,
                None => return Ok(None),
            },
        };
        *self.seen_to.lock().unwrap_or_else(PoisonError::into_inner) = live.number;
        Ok(Some(Incident { binding, bundle, activation: live.number, reaction }))
    }

    /// Goes back where that weakens nothing; nothing where another node, or somebody, was first.
    async fn go_back(
        &self,
        binding: &BindingName,
        bad: &BundleDigest,
        good: &BundleDigest,
        from: u64,
    ) -> Result<Option<Reaction>, Fault> {
        let QuarantineSetup { policies, activations, budget } = &self.setup;
        let (from_bundle, to_bundle) = (policies.bundle_of(bad).await?, policies.bundle_of(good).await?);
        let weaker = rule::weaker(&from_bundle, &to_bundle);
        if !weaker.is_empty() {
            return Ok(Some(Reaction::Stays(weaker)));
        }
        let note = format!("{binding} was bad {} times within {} s", budget.faults, budget.within_s);
        let order = Order { note: Some(note), ..Order::new(good.clone(), ActivationKind::Rollback, BY) };
        match activations.activate_from(Some(from), &order).await {
            Ok(activation) => Ok(Some(Reaction::WentBack(activation.proposal.digest))),
            Err(ActivationError::Busy(_) | ActivationError::Overtaken) => Ok(None),
            Err(ActivationError::Fault(fault)) => Err(fault),
            Err(refused) => Ok(Some(Reaction::Refused(refused.to_string()))),
        }
    }

    fn seen_to(&self) -> u64 {
        *self.seen_to.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_bad(&self, run: &HookRun) -> bool {
        let slow = self.setup.budget.slow_ms.is_some_and(|slow_ms| run.spent.micros >= slow_ms.saturating_mul(1000));
        let failed = match &run.end {
            // What the server could not do is not the bundle's fault.
            RunEnd::Fault { fault, .. } => !matches!(fault.kind, FaultKind::Unavailable { .. }),
            RunEnd::Decided(_) | RunEnd::Waiting(_) => false,
        };
        slow || failed
    }
}

impl Observer for Quarantine {
    fn asked(&self, asked: &Arc<Asked>) {
        let mut bad = asked.runs.iter().filter(|run| self.is_bad(run)).peekable();
        // An interaction that ends on an older bundle, or a canary, says nothing about the live one.
        if bad.peek().is_none() || *self.setup.policies.live().digest() != asked.bundle {
            return;
        }
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.0.as_ref() != Some(&asked.bundle) {
            *windows = (Some(asked.bundle.clone()), Windows::default());
        }
        for run in bad {
            if windows.1.passes(&self.setup.budget, &run.binding, asked.at_ms) {
                // Where it is full, somebody is at it; if they come to nothing, the next bad run comes again.
                let _full = self.passed.try_send((run.binding.clone(), asked.bundle.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests;
