//! Storage of activations: which bundle is live, how it came to be, and which nodes serve it.

use crate::activation::{Activation, ActivationKind, Node, Proposal, Proposed, PushedBundle, Verdict, Vote};
use crate::clock::Timestamp;
use crate::fault::Fault;
use crate::identifiers::{BundleDigest, NodeId};
use async_trait::async_trait;

/// Of so many latest activations the bundles are kept, so that one can go back to them.
pub const HISTORY_NAMES_MAX: usize = 50;

/// How long a node that ended without a word is remembered, in seconds: a day.
pub const NODE_FORGOTTEN_S: u64 = 24 * 3600;

/// Activations. **Invariant:** at most one is open, and of all that would decide it one does, over nodes.
#[async_trait]
pub trait ActivationStore: Send + Sync {
    /// Stores a bundle and who pushed it; answers who pushed it first, which stays so.
    ///
    /// # Errors
    /// A fault of the store.
    async fn push(&self, bundle: &PushedBundle, files: &[u8]) -> Result<PushedBundle, Fault>;

    /// Who pushed a bundle, if anybody did.
    ///
    /// # Errors
    /// A fault of the store.
    async fn pushed(&self, digest: &BundleDigest) -> Result<Option<PushedBundle>, Fault>;

    /// The bundles that were pushed, the latest first; at most `limit`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, limit: usize) -> Result<Vec<PushedBundle>, Fault>;

    /// The stored bundles whose digest begins with `prefix`, sorted; at most `limit`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn beginning_with(&self, prefix: &str, limit: usize) -> Result<Vec<BundleDigest>, Fault>;

    /// Opens an activation, unless another is open. One that is open past its deadline is refused first.
    ///
    /// # Errors
    /// A fault of the store.
    async fn propose(&self, proposal: &Proposal, now: Timestamp) -> Result<Proposed, Fault>;

    /// Takes a node's vote on an open activation; the first that it casts counts. Does nothing to one that is decided.
    ///
    /// # Errors
    /// A fault of the store.
    async fn vote(&self, number: u64, vote: &Vote) -> Result<(), Fault>;

    /// The votes on an open activation.
    ///
    /// # Errors
    /// A fault of the store.
    async fn votes(&self, number: u64) -> Result<Vec<Vote>, Fault>;

    /// Decides an open activation. Exactly one caller ever gets `true`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn decide(&self, number: u64, verdict: &Verdict, now: Timestamp) -> Result<bool, Fault>;

    /// The activation of that number.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, number: u64) -> Result<Option<Activation>, Fault>;

    /// The open activation.
    ///
    /// # Errors
    /// A fault of the store.
    async fn open(&self) -> Result<Option<Activation>, Fault>;

    /// The live activation.
    ///
    /// # Errors
    /// A fault of the store.
    async fn live(&self) -> Result<Option<Activation>, Fault>;

    /// The last of a kind that went live.
    ///
    /// # Errors
    /// A fault of the store.
    async fn latest(&self, kind: ActivationKind) -> Result<Option<Activation>, Fault>;

    /// All activations, the latest first; at most `limit`.
    ///
    /// # Errors
    /// A fault of the store.
    async fn history(&self, limit: usize) -> Result<Vec<Activation>, Fault>;

    /// Remembers what a node serves, and that it lives.
    ///
    /// # Errors
    /// A fault of the store.
    async fn beat(&self, node: &Node) -> Result<(), Fault>;

    /// The nodes that were seen after `since`, by name.
    ///
    /// # Errors
    /// A fault of the store.
    async fn nodes(&self, since: Timestamp) -> Result<Vec<Node>, Fault>;

    /// Forgets a node that ends.
    ///
    /// # Errors
    /// A fault of the store.
    async fn leave(&self, node: &NodeId) -> Result<(), Fault>;

    /// Waits until this process hears that an activation was opened, voted on or decided after the notice `since`, and
    /// answers the number of the latest notice; 0 is before the first. A notice may be lost: look by yourself as well.
    async fn noticed(&self, since: u64) -> u64;
}
