//! Policies as operators see them: bundles pushed, put live and taken back, and what was decided under them.

use super::Outcome;
use async_trait::async_trait;
use gatewright_domain::activation::{Activation, ActivationState, Node, PushedBundle};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::{Issued, IssuedCount};
use gatewright_policy::activation::NODE_GONE_S;
use gatewright_policy::difference::Difference;
use gatewright_policy::files::Files;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Who asks for a change of what is live, and what they say of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asking {
    /// Who. The admin API of another machine knows that from the access token, whatever this says.
    pub by: String,
    /// Why, for the history.
    pub note: Option<String>,
    /// How long the bundle's tests may take, and then the nodes to get ready, in seconds.
    pub within_s: u64,
}

/// A bundle that was pushed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyDocument {
    /// The name of exactly these files.
    pub digest: BundleDigest,
    /// What its manifest calls it.
    pub name: Option<String>,
    /// Who pushed it first.
    pub author: String,
    /// What they said of it.
    pub note: Option<String>,
    /// When.
    pub pushed_at: Timestamp,
    /// Whether it is live.
    pub live: bool,
}

/// A bundle that was pushed just now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PushedDocument {
    /// What is stored.
    #[serde(flatten)]
    pub policy: PolicyDocument,
    /// How many of its tests hold.
    pub tests: usize,
}

/// What a bundle's examination came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExaminedDocument {
    /// Whether it could go live.
    pub fit: bool,
    /// Its digest.
    pub digest: BundleDigest,
    /// What is wrong, and what was probably not meant.
    pub diagnostics: Vec<Value>,
    /// Its tests; none were run where there are errors.
    pub tests: Value,
}

/// An activation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActivationDocument {
    /// 1, 2, …
    pub number: u64,
    /// What was to be live.
    pub digest: BundleDigest,
    /// What it came from: `activate`, `rollback`, `folder` or `start`.
    pub kind: String,
    /// Who asked.
    pub by: String,
    /// What they said of it.
    pub note: Option<String>,
    /// When.
    pub proposed_at: Timestamp,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    /// `proposed`, `live`, `was_live` or `refused`.
    pub state: String,
    /// Why it was refused.
    pub why: Option<String>,
}

/// What went live, and who follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WentLive {
    /// The activation.
    #[serde(flatten)]
    pub activation: ActivationDocument,
    /// The nodes that live.
    pub nodes: Vec<Following>,
    /// From the decision until every node followed, or until it was waited no longer, in milliseconds.
    pub followed_ms: u64,
    /// Whether another was live before.
    pub changed: bool,
}

/// A node, and whether it serves what went live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Following {
    /// What people call it.
    pub name: String,
    /// Whether it does.
    pub follows: bool,
}

/// What is live, what is being decided, and what each node serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicyStatus {
    /// What is live.
    pub live: Option<ActivationDocument>,
    /// What is being decided.
    pub open: Option<ActivationDocument>,
    /// The policy folder that a server has and did not put live, since what is live went live.
    pub folder_refused: Option<ActivationDocument>,
    /// The nodes that were seen within a day.
    pub nodes: Vec<NodeDocument>,
}

/// A node.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NodeDocument {
    /// What people call it.
    pub name: String,
    /// What it serves.
    pub digest: BundleDigest,
    /// The activation that came of.
    pub activation: u64,
    /// How long ago it said so, in seconds.
    pub seen_s_ago: u64,
    /// It is not waited for any more.
    pub gone: bool,
    /// It does not serve what is live.
    pub lags: bool,
}

/// What was decided under a bundle and is still good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuedUnder {
    /// The bundle.
    pub digest: BundleDigest,
    /// How much.
    pub count: IssuedCounts,
    /// Some of it, the latest of each kind first.
    pub issued: Vec<IssuedDocument>,
}

/// How much was decided under a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct IssuedCounts {
    /// Unfinished sign-ins.
    pub interactions: u64,
    /// Sessions.
    pub sessions: u64,
    /// Codes that are not redeemed.
    pub codes: u64,
    /// Token families.
    pub token_families: u64,
    /// Opaque access tokens of these.
    pub opaque_tokens: u64,
}

/// One thing that was issued under a bundle.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IssuedDocument {
    /// `session`, `code` or `token family`.
    pub kind: String,
    /// Its name.
    pub id: String,
    /// Whose.
    pub subject: String,
    /// To whom.
    pub client: Option<String>,
    /// When.
    pub issued_at: Timestamp,
}

/// What differs between two bundles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DifferenceDocument {
    /// Of the bindings.
    pub bindings: Vec<BindingChange>,
    /// Of the files.
    pub files: Vec<FileChange>,
}

/// A binding that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BindingChange {
    /// `hook/name`.
    pub name: String,
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// What it says that differs.
    pub says: Vec<String>,
}

/// A file that differs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileChange {
    /// Its path.
    pub path: String,
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// A unified diff; none for what is no text.
    pub diff: Option<String>,
}

/// Policies. A bundle is named by its digest, by eight or more digits that it begins with, or as `live`.
#[async_trait]
pub trait PolicyOperations: Send + Sync {
    /// The bundles that were pushed, the latest first.
    async fn policies(&self, limit: usize) -> Outcome<Vec<PolicyDocument>>;

    /// The files of a stored bundle.
    async fn policy_files(&self, name: &str) -> Outcome<Files>;

    /// Compiles the files of a policy folder, laid over the shipped policies, runs their tests and stores them.
    async fn push_policy(&self, own: &Files, asking: &Asking) -> Outcome<PushedDocument>;

    /// The same without storing anything; says what is wrong and what was probably not meant.
    async fn examine_policy(&self, own: &Files, within_s: u64) -> Outcome<ExaminedDocument>;

    /// Puts a bundle live on every node, or on none, and waits a few seconds until the nodes follow.
    async fn activate_policy(&self, name: &str, asking: &Asking) -> Outcome<WentLive>;

    /// Goes back to a bundle that was live; where none is named, to the one before.
    async fn roll_back_policy(&self, to: Option<&str>, asking: &Asking) -> Outcome<WentLive>;

    /// What was live or refused, the latest first.
    async fn policy_history(&self, limit: usize) -> Outcome<Vec<ActivationDocument>>;

    /// What is live, what is being decided, and what each node serves.
    async fn policy_status(&self) -> Outcome<PolicyStatus>;

    /// What was decided under a bundle and is still good, at most so many of each kind listed.
    async fn issued_under(&self, name: &str, limit: usize) -> Outcome<IssuedUnder>;

    /// Ends all of that; the bundle must not be live any more. Nothing is listed.
    async fn revoke_issued(&self, name: &str) -> Outcome<IssuedUnder>;
}

impl PolicyDocument {
    /// What is told of a bundle where that one is live.
    pub fn of(bundle: &PushedBundle, live: Option<&BundleDigest>) -> Self {
        Self {
            digest: bundle.digest.clone(),
            name: bundle.name.clone(),
            author: bundle.author.clone(),
            note: bundle.note.clone(),
            pushed_at: bundle.pushed_at,
            live: live == Some(&bundle.digest),
        }
    }
}

impl ActivationDocument {
    /// What is told of an activation where the one of that number is live.
    pub fn of(activation: &Activation, live: Option<u64>) -> Self {
        let proposal = &activation.proposal;
        let (state, why) = match &activation.state {
            ActivationState::Proposed => ("proposed", None),
            ActivationState::Live if live == Some(activation.number) => ("live", None),
            ActivationState::Live => ("was_live", None),
            ActivationState::Refused { why } => ("refused", Some(why.clone())),
        };
        Self {
            number: activation.number,
            digest: proposal.digest.clone(),
            kind: proposal.kind.name().to_owned(),
            by: proposal.by.clone(),
            note: proposal.note.clone(),
            proposed_at: activation.proposed_at,
            decided_at: activation.decided_at,
            state: state.to_owned(),
            why,
        }
    }
}

impl NodeDocument {
    /// What is told of a node at a moment where the activation of that number is live.
    pub fn at(node: &Node, live: u64, now: Timestamp) -> Self {
        let seen_s_ago = now.since(node.seen_at);
        Self {
            name: node.name.clone(),
            digest: node.digest.clone(),
            activation: node.activation,
            seen_s_ago,
            gone: seen_s_ago >= NODE_GONE_S,
            lags: node.activation < live,
        }
    }
}

impl From<&IssuedCount> for IssuedCounts {
    fn from(count: &IssuedCount) -> Self {
        Self {
            interactions: count.interactions,
            sessions: count.sessions,
            codes: count.codes,
            token_families: count.families,
            opaque_tokens: count.opaque_tokens,
        }
    }
}

impl From<&Issued> for IssuedDocument {
    fn from(issued: &Issued) -> Self {
        Self {
            kind: issued.kind.name().to_owned(),
            id: issued.id.clone(),
            subject: issued.subject.clone(),
            client: issued.client.clone(),
            issued_at: issued.issued_at,
        }
    }
}

impl From<&Difference> for DifferenceDocument {
    fn from(difference: &Difference) -> Self {
        let bindings = difference.bindings.iter().map(|one| BindingChange {
            name: one.name.clone(),
            change: one.change.name().to_owned(),
            says: one.says.clone(),
        });
        let files = difference.files.iter().map(|one| FileChange {
            path: one.path.clone(),
            change: one.change.name().to_owned(),
            diff: one.lines.clone(),
        });
        Self { bindings: bindings.collect(), files: files.collect() }
    }
}
