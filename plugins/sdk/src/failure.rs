//! Why a capability could not, and why a hook has no decision.

pub use crate::bindings::types::Failure;
use std::fmt::{Display, Formatter, Result as Formatted};

/// Why a hook has no decision. What happens then is said by its binding's `on_error`. The reason is written to the
/// server's log.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault(Why);

#[derive(Debug, Clone, PartialEq)]
enum Why {
    Capability(Failure),
    Unexpected(String),
}

/// A decision, or why there is none.
pub type Outcome<D> = Result<D, Fault>;

impl Fault {
    /// A fault for this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(Why::Unexpected(reason.into()))
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> Formatted {
        match &self.0 {
            Why::Capability(failure) => f.write_str(&told(failure)),
            Why::Unexpected(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for Fault {}

/// What a failure says.
pub(crate) fn told(failure: &Failure) -> String {
    match failure {
        Failure::NotLent(what) => format!("not lent: {what}"),
        Failure::Invalid(why) => why.clone(),
        Failure::Unreachable(what) => format!("{what} did not answer"),
        Failure::TooLarge(bytes) => format!("the answer is larger than {bytes} bytes"),
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self(Why::Capability(failure))
    }
}

impl From<Fault> for crate::bindings::types::Fault {
    fn from(fault: Fault) -> Self {
        match fault.0 {
            Why::Capability(failure) => Self::Capability(failure),
            Why::Unexpected(reason) => Self::Unexpected(reason),
        }
    }
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self::new(reason)
    }
}

impl From<&str> for Fault {
    fn from(reason: &str) -> Self {
        Self::new(reason)
    }
}
