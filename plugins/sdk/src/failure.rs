//! Why a capability could not, and why a hook has no decision.

pub use crate::bindings::types::Failure;
use std::fmt::{Display, Formatter, Result as Formatted};

/// Why a hook has no decision. What happens then is said by its binding's `on_error`. The reason is written to the
/// server's log, so a plugin that can fail is lent `log`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault(String);

/// A decision, or why there is none.
pub type Outcome<D> = Result<D, Fault>;

impl Fault {
    /// A fault for this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl Display for Fault {
    fn fmt(&self, f: &mut Formatter<'_>) -> Formatted {
        f.write_str(&self.0)
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
        Self(told(&failure))
    }
}

impl From<String> for Fault {
    fn from(reason: String) -> Self {
        Self(reason)
    }
}

impl From<&str> for Fault {
    fn from(reason: &str) -> Self {
        Self(reason.to_owned())
    }
}
