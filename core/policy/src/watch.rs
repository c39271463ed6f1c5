//! A policy folder whose saves go live by themselves, or are told to be wrong while the live policy goes on.
//!
//! The operating system tells of changes at once; a look at sizes and times every second finds what it does not tell
//! (network file systems, a folder that was replaced). A save may arrive in pieces, so a bundle with errors is told
//! only when it still is the same a moment later.

use crate::activation::{ActivationError, PolicyNode};
use crate::files::{Files, FilesError, MANIFEST};
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Diagnostic;
use gatewright_domain::identifiers::BundleDigest;
use notify::{RecursiveMode, Watcher as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, timeout};

/// How long the folder must be still after a change before it is read.
pub const STILL_FOR: Duration = Duration::from_millis(100);
/// How often the folder is looked at though nothing was told.
pub const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long something wrong must stay the same before it is told.
pub const WRONG_FOR: Duration = Duration::from_millis(150);
/// Changes without a pause are read after this long all the same.
const STILL_WITHIN: Duration = Duration::from_secs(1);

/// A folder's state was dealt with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activated {
    /// What is live.
    pub digest: BundleDigest,
    /// Whether the folder changed that.
    pub changed: bool,
    /// How long it took, in milliseconds.
    pub took_ms: u64,
}

/// What became of the folder's latest state.
#[derive(Debug)]
pub enum Report {
    /// It is live; `changed` is false when it went back to what was live already.
    Live(Activated),
    /// It has errors.
    Wrong(Files, Vec<Diagnostic>),
    /// It did not go live on every node: why.
    Refused(ActivationError),
    /// It is no bundle, or cannot be read.
    Unreadable(FilesError),
    /// The server could not put it live.
    Fault(Fault),
}

/// A folder being watched; dropped, it no longer is.
pub struct Watching {
    task: JoinHandle<()>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Where the files of a folder's bundle come from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The operator's folder.
    pub folder: PathBuf,
    /// What it is laid on: the shipped policies, or nothing.
    pub base: Files,
}

impl Source {
    /// Reads the bundle. The manifest must be the folder's own: without one the folder is not there yet.
    ///
    /// # Errors
    /// When the folder cannot be read or is no bundle.
    pub fn read(&self) -> Result<Files, FilesError> {
        let own = Files::read(&self.folder)?;
        if own.get(MANIFEST).is_none() {
            let path = self.folder.join(MANIFEST).display().to_string();
            return Err(FilesError::Unreadable { path, why: "there is no such file".to_owned() });
        }
        self.base.overlaid(&own)
    }
}

/// A folder that someone works in, for who wants to know when it was saved.
#[derive(Debug)]
pub struct Lookout {
    folder: PathBuf,
    seen: stamp::Stamp,
}

impl Lookout {
    /// Begins with the folder as it is.
    pub async fn begin(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), seen: stamp::of(folder).await }
    }

    /// Waits until it looks otherwise than last time, and has been still for a moment.
    pub async fn changed(&mut self) {
        while stamp::of(&self.folder).await == self.seen {
            sleep(STILL_FOR).await;
        }
        loop {
            self.seen = stamp::of(&self.folder).await;
            sleep(STILL_FOR).await;
            if stamp::of(&self.folder).await == self.seen {
                return;
            }
        }
    }
}

/// Watches a folder and puts what is saved there live. Every outcome is told to `tell`, from the task that watches.
/// `begun` is the state of the folder that the node began with, which was dealt with.
pub fn watch(
    source: Source,
    begun: BundleDigest,
    node: Arc<PolicyNode>,
    tell: impl Fn(Report) + Send + Sync + 'static,
) -> Watching {
    let task = tokio::spawn(async move {
        let (changed, changes) = mpsc::channel(1);
        // Without it the look every second still finds every change.
        let _watcher = told_by_the_system(&source.folder, changed)
            .inspect_err(|error| tracing::warn!("changes of the policy folder are looked for every second: {error}"));
        let mut follower = Follower { source, node, tell: Box::new(tell), told: Some(Told::Live(begun)), seen: None };
        follower.follow(changes).await;
    });
    Watching { task }
}

fn told_by_the_system(folder: &Path, changed: mpsc::Sender<()>) -> notify::Result<notify::RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        // Reading is told of too, our own included.
        if !event.is_ok_and(|event| event.kind.is_access()) {
            // A full channel already says that something changed.
            let _ = changed.try_send(());
        }
    })?;
    watcher.watch(folder, RecursiveMode::Recursive)?;
    Ok(watcher)
}

/// What was told last, so that it is told once.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    Live(BundleDigest),
    Wrong(BundleDigest),
    Unreadable(FilesError),
    /// Told once, tried again at every look.
    Fault(BundleDigest),
}

struct Follower {
    source: Source,
    node: Arc<PolicyNode>,
    tell: Box<dyn Fn(Report) + Send + Sync>,
    told: Option<Told>,
    seen: Option<stamp::Stamp>,
}

impl Follower {
    async fn follow(&mut self, mut changes: mpsc::Receiver<()>) {
        loop {
            let stamp = stamp::of(&self.source.folder).await;
            let looks_changed = self.seen.as_ref() != Some(&stamp);
            let told_of = match timeout(LOOK_EVERY, changes.recv()).await {
                Ok(Some(())) => true,
                // No watcher any more: nothing tells, so only looking is left.
                Ok(None) => {
                    sleep(LOOK_EVERY).await;
                    false
                }
                Err(_) => false,
            };
            if told_of {
                be_still(&mut changes).await;
            }
            if told_of || looks_changed {
                self.seen = Some(stamp::of(&self.source.folder).await);
                self.take_up(&mut changes).await;
                if matches!(self.told, Some(Told::Fault(_))) {
                    self.seen = None;
                }
            }
        }
    }

    /// Reads the folder and puts it live, or tells what is wrong with it if that lasts.
    async fn take_up(&mut self, changes: &mut mpsc::Receiver<()>) {
        loop {
            let Some(first) = self.outcome().await else { return };
            if matches!(first.1, Report::Live(_)) {
                return self.report(first);
            }
            // Told of a change in the meantime, it was the half of a save.
            if let Ok(Some(())) = timeout(WRONG_FOR, changes.recv()).await {
                be_still(changes).await;
                continue;
            }
            match self.outcome().await {
                Some(second) if second.0 == first.0 || matches!(second.1, Report::Live(_)) => {
                    return self.report(second);
                }
                // It changed though nothing told: the next look will see what it has become.
                _ => {
                    self.seen = None;
                    return;
                }
            }
        }
    }

    /// What the folder's state comes to; nothing when that was told already.
    async fn outcome(&self) -> Option<(Told, Report)> {
        let source = self.source.clone();
        let read = spawn_blocking(move || source.read()).await.ok()?;
        let files = match read {
            Ok(files) => files,
            Err(error) => return self.news(Told::Unreadable(error.clone()), Report::Unreadable(error)),
        };
        let digest = files.digest();
        if let Some(Told::Wrong(told) | Told::Live(told)) = &self.told
            && *told == digest
        {
            return None;
        }
        let begin = Instant::now();
        match self.node.save(&files).await {
            Ok(changed) => {
                let took_ms = begin.elapsed().as_millis().try_into().unwrap_or(u64::MAX);
                self.news(Told::Live(digest), Report::Live(Activated { digest: self.node.digest(), changed, took_ms }))
            }
            Err(ActivationError::Wrong(wrong)) => self.news(Told::Wrong(digest), Report::Wrong(files, wrong)),
            Err(ActivationError::Fault(fault)) => self.news(Told::Fault(digest), Report::Fault(fault)),
            Err(refused) => self.news(Told::Wrong(digest), Report::Refused(refused)),
        }
    }

    fn news(&self, told: Told, report: Report) -> Option<(Told, Report)> {
        (self.told.as_ref() != Some(&told)).then_some((told, report))
    }

    fn report(&mut self, (told, report): (Told, Report)) {
        self.told = Some(told);
        (self.tell)(report);
    }
}

/// Waits until no change was told for a while.
async fn be_still(changes: &mut mpsc::Receiver<()>) {
    let quiet = async { while let Ok(Some(())) = timeout(STILL_FOR, changes.recv()).await {} };
    // However restless, it is read in the end.
    let _ = timeout(STILL_WITHIN, quiet).await;
}

mod stamp;

#[cfg(test)]
mod tests;
