//! What an operator does with bundles: push, activate, roll back. The command line and the administration use it alike.

use super::backwards::before;
use super::error::ActivationError;
use super::order::{Activations, Order};
use super::persons;
use crate::Runtimes;
use crate::files::{Files, MANIFEST};
use crate::manifest::Manifest;
use crate::rehearsal::rehearse_alone;
use gatewright_domain::activation::{Activation, ActivationState, PushedBundle};
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Diagnostic;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::{BundleStore, HISTORY_NAMES_MAX};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// Shortest beginning of a digest that names it.
pub const DIGEST_PREFIX_MIN: usize = 8;
/// The name of the bundle that is live.
pub const LIVE: &str = "live";
/// Most digests that an ambiguous beginning is answered with.
const AMBIGUOUS_MAX: usize = 5;

/// What operations work with.
pub struct Operations {
    /// The activations of the database.
    pub activations: Activations,
    /// Where bundles are stored.
    pub bundles: Arc<dyn BundleStore>,
    /// What compiles them.
    pub runtimes: Runtimes,
    /// Whether whoever activates must be another than who pushed.
    pub two_persons: bool,
}

/// A bundle that was pushed.
#[derive(Debug)]
pub struct Pushed {
    /// Who pushed it first.
    pub bundle: PushedBundle,
    /// How many of its tests hold.
    pub tests: usize,
}

impl Operations {
    /// Examines a bundle and stores it.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn push(
        &self,
        files: &Files,
        by: &str,
        note: Option<&str>,
        within_s: u64,
    ) -> Result<Pushed, ActivationError> {
        let tests = self.examine(files, within_s).await?;
        let bundle = PushedBundle {
            digest: files.digest(),
            name: Manifest::read(files.text(MANIFEST).unwrap_or_default()).0.name,
            author: by.to_owned(),
            note: note.map(str::to_owned),
            pushed_at: self.activations.clock.now(),
        };
        let bundle = self.activations.store.push(&bundle, &files.encode()).await?;
        Ok(Pushed { bundle, tests })
    }

    /// Examines a stored bundle and puts it live on every node, or on none. Of what is live already, that activation is
    /// answered and nothing is done.
    ///
    /// # Errors
    /// Why it is not live.
    pub async fn activate(&self, order: &Order) -> Result<Activation, ActivationError> {
        let live = self.activations.store.live().await?;
        if let Some(live) = live.filter(|live| live.proposal.digest == order.digest) {
            return Ok(live);
        }
        self.admit(&order.digest, &order.by, order.within_s).await?;
        self.activations.activate(order).await
    }

    /// Examines a stored bundle, and sees that this person may let it decide.
    ///
    /// # Errors
    /// Why it may not.
    pub async fn admit(&self, digest: &BundleDigest, by: &str, within_s: u64) -> Result<(), ActivationError> {
        let pushed = self.activations.store.pushed(digest).await?;
        persons::admit(self.two_persons, by, pushed.as_ref())?;
        let files = self.files(digest).await?;
        self.examine(&files, within_s).await?;
        Ok(())
    }

    /// Puts a bundle live again that was before; the order names it. It has passed its tests then, and two persons have
    /// agreed to it where that is needed, so nothing is in the way of going back.
    ///
    /// # Errors
    /// Why it is not live.
    pub async fn roll_back(&self, order: &Order) -> Result<Activation, ActivationError> {
        let history = self.activations.store.history(HISTORY_NAMES_MAX).await?;
        let was_live = |one: &Activation| one.state == ActivationState::Live && one.proposal.digest == order.digest;
        if !history.iter().any(was_live) {
            return Err(ActivationError::NeverLive(order.digest.to_string()));
        }
        self.activations.activate(order).await
    }

    /// The bundle that a rollback leads to.
    ///
    /// # Errors
    /// When there is none.
    pub async fn before(&self) -> Result<BundleDigest, ActivationError> {
        let history = self.activations.store.history(HISTORY_NAMES_MAX).await?;
        before(&history).cloned().ok_or(ActivationError::NothingBefore)
    }

    /// The stored bundle of that name: `live`, a digest, or its beginning.
    ///
    /// # Errors
    /// When none or several have it.
    pub async fn named(&self, name: &str) -> Result<BundleDigest, ActivationError> {
        if name == LIVE {
            let live = self.activations.store.live().await?.ok_or(ActivationError::NothingLive)?;
            return Ok(live.proposal.digest);
        }
        if name.len() < DIGEST_PREFIX_MIN || !name.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ActivationError::NoDigest(name.chars().filter(|c| !c.is_control()).take(64).collect()));
        }
        let mut found = self.activations.store.beginning_with(name, AMBIGUOUS_MAX).await?;
        match (found.pop(), found.is_empty()) {
            (Some(one), true) => Ok(one),
            (Some(last), false) => {
                let digests = found.into_iter().chain([last]).map(String::from).collect();
                Err(ActivationError::Ambiguous { prefix: name.to_owned(), digests })
            }
            (None, _) => Err(ActivationError::NoBundle(name.to_owned())),
        }
    }

    /// The files of a stored bundle.
    ///
    /// # Errors
    /// When it is not stored, or altered.
    pub async fn files(&self, digest: &BundleDigest) -> Result<Files, ActivationError> {
        let bytes = self.bundles.find(digest).await?;
        let bytes = bytes.ok_or_else(|| ActivationError::NoBundle(digest.to_string()))?;
        Ok(Files::decode(&bytes, digest).map_err(|error| Fault::caused("policy.bundles", error))?)
    }

    /// Compiles a bundle and runs its tests; answers how many.
    async fn examine(&self, files: &Files, within_s: u64) -> Result<usize, ActivationError> {
        let examining = timeout(Duration::from_secs(within_s), rehearse_alone(files, &self.runtimes));
        let played = examining.await.map_err(|_| ActivationError::Endless(within_s))?;
        let played = played.map_err(ActivationError::Wrong)?;
        let tests = played.len();
        let failures: Vec<Diagnostic> = played.into_iter().filter_map(|played| played.failure).collect();
        if failures.is_empty() { Ok(tests) } else { Err(ActivationError::Wrong(failures)) }
    }
}
