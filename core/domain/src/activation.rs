//! How a bundle becomes the live one on every node: pushed, proposed, voted on, live.

use crate::clock::Timestamp;
use crate::identifiers::{BundleDigest, NodeId};

/// Longest reason for which an activation is refused, in characters: diagnostics of a whole bundle may be more.
pub const WHY_CHARS_MAX: usize = 4_000;

/// A bundle that somebody stored to be activated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushedBundle {
    /// Its digest.
    pub digest: BundleDigest,
    /// What its manifest calls it.
    pub name: Option<String>,
    /// Who pushed it first.
    pub author: String,
    /// What they said of it.
    pub note: Option<String>,
    /// When.
    pub pushed_at: Timestamp,
}

/// What an activation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActivationKind {
    /// Somebody asked for it.
    Activate,
    /// Somebody went back to it.
    Rollback,
    /// A policy folder was found changed.
    Folder,
    /// A server without a folder started: the policy that comes with it.
    Start,
}

impl ActivationKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Activate, Self::Rollback, Self::Folder, Self::Start];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Activate => "activate",
            Self::Rollback => "rollback",
            Self::Folder => "folder",
            Self::Start => "start",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// An activation that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What is to be live.
    pub digest: BundleDigest,
    /// What it comes from.
    pub kind: ActivationKind,
    /// Who asks.
    pub by: String,
    /// What they say of it.
    pub note: Option<String>,
    /// Until when it must be decided.
    pub deadline: Timestamp,
}

/// How far an activation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActivationState {
    /// Nodes get ready for it.
    Proposed,
    /// It was, or is, live.
    Live,
    /// It never was live.
    Refused {
        /// Why, for its author.
        why: String,
    },
}

/// An activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activation {
    /// 1, 2, …; what has the greatest of those that went live is live.
    pub number: u64,
    /// What was asked for.
    pub proposal: Proposal,
    /// When.
    pub proposed_at: Timestamp,
    /// How far it is.
    pub state: ActivationState,
    /// When that was decided.
    pub decided_at: Option<Timestamp>,
}

/// What becomes of a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposed {
    /// It is open; nodes get ready.
    Open(Activation),
    /// Another one is open, and only one may be.
    Busy(Activation),
}

/// The decision on an activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is live.
    Live,
    /// It will not be.
    Refused {
        /// Why, for its author.
        why: String,
    },
}

/// A server among those that share a database, as it was at its last beat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// This run of it.
    pub id: NodeId,
    /// What people call it.
    pub name: String,
    /// The bundle it serves.
    pub digest: BundleDigest,
    /// The activation that came of; 0 before its first.
    pub activation: u64,
    /// When it last said so.
    pub seen_at: Timestamp,
}

/// What a node says of an activation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vote {
    /// The node.
    pub node: NodeId,
    /// What people call it.
    pub node_name: String,
    /// `None`: it is ready to serve the bundle. Else why it cannot.
    pub failure: Option<String>,
}
