//! Why nothing went live, in words for whoever asked.

use crate::live::NotActivated;
use crate::report::shown;
use gatewright_domain::activation::Activation;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Diagnostic;

/// Nothing went live; what was live goes on.
#[derive(Debug, thiserror::Error)]
pub enum ActivationError {
    /// The bundle does not compile, or its tests fail.
    #[error("the bundle has errors:\n{}", shown(.0))]
    Wrong(Vec<Diagnostic>),
    /// Compiling it and running its tests did not end.
    #[error("compiling the bundle and running its tests did not end within {0} s")]
    Endless(u64),
    /// Another activation is open.
    #[error("activation {} is being decided: {} asked for {}", .0.number, .0.proposal.by, .0.proposal.digest)]
    Busy(Box<Activation>),
    /// Another went live between the look at what is live and the order.
    #[error("another activation went live meanwhile")]
    Overtaken,
    /// A node cannot serve it, or did not say in time that it can.
    #[error("activation {number} is refused: {why}")]
    Refused {
        /// Its number.
        number: u64,
        /// Why.
        why: String,
    },
    /// Two persons are needed.
    #[error("{0} pushed this bundle, and two persons are needed to put one live")]
    SamePerson(String),
    /// Two persons are needed, and nobody pushed it.
    #[error("nobody pushed this bundle, and two persons are needed to put one live")]
    NobodyPushed,
    /// No stored bundle has that digest.
    #[error("no stored bundle has a digest that begins with {0}")]
    NoBundle(String),
    /// Too little of a digest, or nothing like one.
    #[error("{0} is no digest: at least 8 of its hexadecimal digits are needed")]
    NoDigest(String),
    /// Several have.
    #[error("{prefix} is the beginning of several digests: {}", .digests.join(", "))]
    Ambiguous {
        /// What was typed.
        prefix: String,
        /// Some of them.
        digests: Vec<String>,
    },
    /// There is nothing to go back to.
    #[error("no other bundle was live before this one")]
    NothingBefore,
    /// It is no rollback.
    #[error("the bundle {0} was never live")]
    NeverLive(String),
    /// Nothing is live: no server has ever run on this database.
    #[error("no bundle is live: no server has run on this database yet")]
    NothingLive,
    /// What is to be revoked still decides.
    #[error("the bundle {0} is live")]
    StillLive(String),
    /// The server could not.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<NotActivated> for ActivationError {
    fn from(error: NotActivated) -> Self {
        match error {
            NotActivated::Wrong(wrong) => Self::Wrong(wrong),
            NotActivated::Fault(fault) => Self::Fault(fault),
        }
    }
}
