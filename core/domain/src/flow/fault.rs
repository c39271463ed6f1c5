//! What can go wrong with a hook, told so that its author can mend it.

use crate::capabilities::CapabilityError;
use crate::identifiers::{BindingName, TraceId};
use crate::page::InvalidPage;
use std::fmt;

/// A hook failed. What happens then is said by its binding; it is logged once, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct HookFault {
    /// The binding that failed.
    pub binding: BindingName,
    /// Where in its code, if known.
    pub place: Option<Place>,
    /// How.
    pub kind: FaultKind,
    /// The trace it was met in, once that is known. Boxed: most results hold no fault.
    pub trace: Option<Box<TraceId>>,
}

/// A place in a bundle's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path in the bundle.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column, from 1; 0 where only the line is known.
    pub column: usize,
}

/// How a hook failed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FaultKind {
    /// It reached a limit.
    #[error("it reached its limit of {max} {limit}")]
    Overrun {
        /// Which limit, as a plural noun.
        limit: &'static str,
        /// The limit.
        max: u64,
    },
    /// It threw, or trapped.
    #[error("it threw: {message}")]
    Threw {
        /// What it said, shortened.
        message: String,
    },
    /// A capability failed and the hook did not catch it.
    #[error("{0}")]
    Capability(CapabilityError),
    /// It returned what is no decision of its hook.
    #[error("it returned {got}, which is no decision of this hook; return {expected}")]
    WrongDecision {
        /// What the hook may return.
        expected: &'static str,
        /// What it returned.
        got: String,
    },
    /// Its decision breaks a rule of the contract (an unknown ACR, a protected claim, more scope).
    #[error("its decision is not allowed: {why}")]
    NotAllowed {
        /// Which rule.
        why: String,
    },
    /// On replay it took another path than before.
    #[error("it ran differently the second time (host call {place}); use host-given time and randomness only")]
    Nondeterministic {
        /// Place in the journal.
        place: usize,
    },
    /// It asked or visited where no page can be shown.
    #[error("this hook cannot show pages; only authenticate and consent can")]
    NotInteractive,
    /// A typed secret of an earlier page.
    #[error("a typed secret is gone after its page; use it before the next ask")]
    SecretGone,
    /// A page over a limit.
    #[error("its page cannot be shown: {0}")]
    Page(InvalidPage),
    /// On a record: a call that the recorded flow did not make. No fault of the policy's; whatever its binding says, it
    /// stands.
    #[error("it calls {call}, which the recorded one did not; what that would have answered is not known")]
    Unrecorded {
        /// The call's name.
        call: &'static str,
    },
    /// Something of the server's that it needed.
    #[error("the server could not: {what}")]
    Unavailable {
        /// What.
        what: String,
    },
}

impl FaultKind {
    /// Its name, one of a closed list.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Overrun { .. } => "overrun",
            Self::Threw { .. } => "threw",
            Self::Capability(_) => "capability",
            Self::WrongDecision { .. } => "wrong_decision",
            Self::NotAllowed { .. } => "not_allowed",
            Self::Nondeterministic { .. } => "nondeterministic",
            Self::NotInteractive => "not_interactive",
            Self::SecretGone => "secret_gone",
            Self::Page(_) => "page",
            Self::Unrecorded { .. } => "unrecorded",
            Self::Unavailable { .. } => "unavailable",
        }
    }
}

impl HookFault {
    /// A fault without a place.
    pub fn new(binding: BindingName, kind: FaultKind) -> Self {
        Self { binding, place: None, kind, trace: None }
    }

    /// The same fault, met in that trace.
    #[must_use]
    pub fn in_trace(self, trace: &TraceId) -> Self {
        Self { trace: Some(Box::new(trace.clone())), ..self }
    }

    /// The same fault at `place`, unless one is known already.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place.get_or_insert(place);
        self
    }
}

impl fmt::Display for HookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the hook {} failed", self.binding)?;
        if let Some(place) = &self.place {
            write!(f, " at {}:{}", place.file, place.line)?;
            if place.column > 0 {
                write!(f, ":{}", place.column)?;
            }
        }
        write!(f, ": {}", self.kind)
    }
}

impl std::error::Error for HookFault {}
