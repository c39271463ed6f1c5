//! The policies of a running server: the live one, and those that interactions in flight began with.

use crate::Runtimes;
use crate::aside::aside;
use crate::bundle::CompiledBundle;
use crate::compile::compile;
use crate::files::Files;
use crate::rehearsal::rehearse;
use crate::report::shown;
use async_trait::async_trait;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::{Diagnostic, Policies, Policy};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::BundleStore;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use tokio::sync::OnceCell;

/// Most bundles kept compiled beside the live one; others are compiled anew from the store when asked for.
pub const KEPT_MAX: usize = 8;

/// What policies are compiled with and stored in.
#[derive(Clone)]
pub struct Workshop {
    /// The runtimes, and whose signatures plugins need.
    pub runtimes: Runtimes,
    /// What capabilities work with.
    pub tools: Tools,
    /// Where bundles are stored.
    pub store: Arc<dyn BundleStore>,
}

/// The policies of a running server.
pub struct LivePolicies {
    workshop: Workshop,
    live: RwLock<Arc<CompiledBundle>>,
    kept: Mutex<VecDeque<Kept>>,
}

/// A bundle that is compiled, or being compiled by one caller while others wait for it.
#[derive(Clone)]
struct Kept {
    digest: BundleDigest,
    policy: Arc<OnceCell<Arc<CompiledBundle>>>,
}

/// What is wrong with a bundle, or why it could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum NotActivated {
    /// It does not compile, its tests do not, or they fail.
    #[error("the bundle has errors:\n{}", shown(.0))]
    Wrong(Vec<Diagnostic>),
    /// The server could not: it cannot be stored.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl LivePolicies {
    /// The policies of a server that starts with these files. Their tests are not run: they were before the bundle went
    /// live for the first time.
    ///
    /// # Errors
    /// When they do not compile, or cannot be stored.
    pub async fn open(files: &Files, workshop: Workshop) -> Result<Self, NotActivated> {
        let live = Arc::new(compiled(files, &workshop).await.map_err(NotActivated::Wrong)?);
        keep(files, live.digest(), &workshop).await?;
        let kept = Mutex::new(VecDeque::new());
        Ok(Self { workshop, live: RwLock::new(live), kept })
    }

    /// Compiles a bundle, runs its tests and stores it, so that it can go live here and on other nodes. It stays compiled.
    ///
    /// # Errors
    /// When anything is wrong with it; then nothing has changed.
    pub async fn examined(&self, files: &Files) -> Result<Arc<CompiledBundle>, NotActivated> {
        let Examined { policy, .. } = examine(files, &self.workshop).await.map_err(NotActivated::Wrong)?;
        keep(files, policy.digest(), &self.workshop).await?;
        self.remember(Kept::of(policy.clone()));
        Ok(policy)
    }

    /// A stored bundle, compiled: it can go live.
    ///
    /// # Errors
    /// When it does not compile here, or is not stored.
    pub async fn prepared(&self, digest: &BundleDigest) -> Result<Arc<CompiledBundle>, NotActivated> {
        let live = self.bundle();
        if live.digest == *digest {
            return Ok(live);
        }
        let kept = self.remember(Kept { digest: digest.clone(), policy: Arc::default() });
        let policy = kept.policy.get_or_try_init(|| self.stored(digest)).await;
        Ok(policy?.clone())
    }

    /// Puts a bundle live in one step. Interactions in flight end on the one they began with.
    pub fn go_live(&self, policy: Arc<CompiledBundle>) {
        if self.bundle().digest != policy.digest {
            let before = std::mem::replace(&mut *self.live.write().unwrap_or_else(PoisonError::into_inner), policy);
            self.remember(Kept::of(before));
        }
    }

    /// The live bundle.
    pub fn bundle(&self) -> Arc<CompiledBundle> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The bundle of that digest: the live one, one that is kept compiled, or a stored one that is compiled now.
    ///
    /// # Errors
    /// A fault when it is nowhere to be had or no longer compiles.
    pub async fn bundle_of(&self, digest: &BundleDigest) -> Result<Arc<CompiledBundle>, Fault> {
        match self.prepared(digest).await {
            Ok(policy) => Ok(policy),
            Err(NotActivated::Fault(fault)) => Err(fault),
            Err(NotActivated::Wrong(wrong)) => {
                let message = format!("the bundle {digest} no longer compiles:\n{}", shown(&wrong));
                Err(Fault::new("policy.bundles", message))
            }
        }
    }

    /// Puts a bundle in front of the kept ones and forgets what is too many.
    fn remember(&self, kept: Kept) -> Kept {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.iter().position(|other| other.digest == kept.digest).and_then(|place| all.remove(place));
        // One that is being compiled stays the one that others wait for.
        let kept = known.unwrap_or(kept);
        all.push_front(kept.clone());
        all.truncate(KEPT_MAX);
        kept
    }

    async fn stored(&self, digest: &BundleDigest) -> Result<Arc<CompiledBundle>, NotActivated> {
        let bytes = self.workshop.store.find(digest).await?;
        let bytes = bytes.ok_or_else(|| Fault::new("policy.bundles", format!("the bundle {digest} is not stored")))?;
        let files = Files::decode(&bytes, digest).map_err(|error| Fault::caused("policy.bundles", error))?;
        Ok(Arc::new(compiled(&files, &self.workshop).await.map_err(NotActivated::Wrong)?))
    }
}

impl Kept {
    fn of(policy: Arc<CompiledBundle>) -> Self {
        let digest = policy.digest.clone();
        Self { digest, policy: Arc::new(OnceCell::new_with(Some(policy))) }
    }
}

#[async_trait]
impl Policies for LivePolicies {
    fn live(&self) -> Arc<dyn Policy> {
        self.bundle()
    }

    async fn pinned(&self, digest: &BundleDigest) -> Result<Arc<dyn Policy>, Fault> {
        Ok(self.bundle_of(digest).await?)
    }
}

/// A bundle that may go live.
pub struct Examined {
    /// The bundle.
    pub policy: Arc<CompiledBundle>,
    /// How many of its tests were run; all of them hold.
    pub tests: usize,
}

/// Compiles a bundle and runs its tests: everything that must hold before it goes live.
///
/// # Errors
/// What is wrong with it: with its files, with its test files, or else the tests that fail.
pub async fn examine(files: &Files, workshop: &Workshop) -> Result<Examined, Vec<Diagnostic>> {
    let policy = Arc::new(compiled(files, workshop).await?);
    let played = rehearse(files, &workshop.runtimes).await?;
    let tests = played.len();
    let failures: Vec<Diagnostic> = played.into_iter().filter_map(|played| played.failure).collect();
    if failures.is_empty() { Ok(Examined { policy, tests }) } else { Err(failures) }
}

/// Compiles on a thread that may be busy for long: a plugin takes its time.
async fn compiled(files: &Files, workshop: &Workshop) -> Result<CompiledBundle, Vec<Diagnostic>> {
    let (files, runtimes, tools) = (files.clone(), workshop.runtimes.clone(), workshop.tools.clone());
    let compiling = aside(move || compile(&files, &runtimes, tools));
    compiling.await.unwrap_or_else(|error| Err(vec![crate::compile::broke_off(&error)]))
}

async fn keep(files: &Files, digest: &BundleDigest, workshop: &Workshop) -> Result<(), Fault> {
    workshop.store.keep(digest, &files.encode(), workshop.tools.clock.now()).await
}

#[cfg(test)]
mod tests;
