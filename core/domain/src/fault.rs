//! A fault: something of ours went wrong. It is logged once at the door with a correlation id and never
//! shown to a client or an end-user.

use crate::identifiers::TraceId;
use std::error::Error;
use std::fmt;

/// A failure of the server itself, its storage or its keys.
#[derive(Debug)]
pub struct Fault {
    place: &'static str,
    message: String,
    cause: Option<Box<dyn Error + Send + Sync>>,
    trace: Option<TraceId>,
}

impl Fault {
    /// A fault at `place` (a noun such as `"store.codes"`), in words for the operator.
    pub fn new(place: &'static str, message: impl Into<String>) -> Self {
        Self { place, message: message.into(), cause: None, trace: None }
    }

    /// A fault at `place` with the error that caused it.
    pub fn caused(place: &'static str, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let cause = cause.into();
        Self { place, message: cause.to_string(), cause: Some(cause), trace: None }
    }

    /// The same fault, met in that trace.
    #[must_use]
    pub fn in_trace(self, trace: &TraceId) -> Self {
        Self { trace: Some(trace.clone()), ..self }
    }

    /// The trace it was met in, if any.
    pub fn trace(&self) -> Option<&TraceId> {
        self.trace.as_ref()
    }

    /// Where it happened, as a noun of this code base.
    pub fn place(&self) -> &'static str {
        self.place
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

impl Error for Fault {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_ref().map(|cause| cause.as_ref() as &(dyn Error + 'static))
    }
}
