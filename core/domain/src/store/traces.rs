//! Storage of traces.

use crate::fault::Fault;
use crate::identifiers::{Subject, TraceId};
use crate::trace::{TraceEntry, TraceHead, TraceStep};
use async_trait::async_trait;
use gatewright_protocol::client_id::ClientId;

/// Most traces that one question lists.
pub const TRACES_LISTED_MAX: usize = 1_000;
/// Most traces that one look at retention removes.
pub const TRACES_REMOVED_MAX: usize = 500;

/// A trace with its steps, in order; what was recorded of them is asked for apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// What is known of the whole.
    pub head: TraceHead,
    /// Its steps.
    pub steps: Vec<TraceStep>,
}

/// Which traces are meant; what is not said does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TraceFilter {
    /// About that end-user.
    pub subject: Option<Subject>,
    /// For that client.
    pub client: Option<ClientId>,
    /// That came after that login.
    pub login: Option<TraceId>,
    /// Begun at that moment or later, in milliseconds since 1970.
    pub since_ms: Option<i64>,
    /// Begun before that moment.
    pub until_ms: Option<i64>,
    /// With that error.
    pub error: Option<String>,
    /// With any error.
    pub failed: bool,
    /// With a step of that correlation id.
    pub correlation: Option<String>,
    /// With a step that was recorded.
    pub recorded: bool,
}

/// What traces may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TraceRetention {
    /// Those begun before that moment go, in milliseconds since 1970.
    pub since_ms: i64,
    /// The oldest go until the steps of all take no more than so many bytes.
    pub bytes_max: u64,
}

/// Traces.
#[async_trait]
pub trait TraceStore: Send + Sync {
    /// Writes steps down. A trace that is not there is made of the entry's head, and left out where it has none. What
    /// is known later is added to what was known: an end-user, an error, an outcome that is not [`Open`]. A step that
    /// is there stays as it is.
    ///
    /// [`Open`]: crate::trace::TraceOutcome::Open
    ///
    /// # Errors
    /// A fault of the store.
    async fn append(&self, entries: &[TraceEntry]) -> Result<(), Fault>;

    /// The trace of that name.
    ///
    /// # Errors
    /// A fault of the store.
    async fn find(&self, id: &TraceId) -> Result<Option<Trace>, Fault>;

    /// What was recorded of the trace of that name, sealed, in the order of its steps.
    ///
    /// # Errors
    /// A fault of the store.
    async fn recordings(&self, id: &TraceId) -> Result<Vec<String>, Fault>;

    /// Those that are meant, the newest first, at most `limit` of them and never more than [`TRACES_LISTED_MAX`].
    ///
    /// # Errors
    /// A fault of the store.
    async fn list(&self, filter: &TraceFilter, limit: usize) -> Result<Vec<TraceHead>, Fault>;

    /// Removes what is more than may be kept, the oldest first, at most [`TRACES_REMOVED_MAX`]; answers how many went.
    ///
    /// # Errors
    /// A fault of the store.
    async fn retain(&self, retention: TraceRetention) -> Result<u64, Fault>;
}
