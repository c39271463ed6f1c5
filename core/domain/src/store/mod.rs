//! What the walk asks of storage: one trait a noun, each call one transaction.
//!
//! Every implementation passes the conformance suite in `gatewright-testing`. **Invariant:** what must
//! happen once (redeem a code, rotate a refresh token, claim an interaction) is decided by a single
//! statement in the database, never by a lock in the process, so that it holds across nodes.

mod activations;
mod audit;
mod bulletins;
mod bundles;
mod clients;
mod codes;
mod consents;
mod factors;
mod interactions;
mod issued;
mod keys;
mod logouts;
mod pushed_requests;
mod security_events;
mod sessions;
mod sweep;
mod tokens;
mod traces;
mod trials;
mod tries;
mod users;

pub use activations::{ActivationStore, HISTORY_NAMES_MAX, NODE_FORGOTTEN_S};
pub use audit::{AUDIT_LISTED_MAX, AuditPlace, AuditStore};
pub use bulletins::{BULLETIN_BYTES_MAX, BULLETINS_KEPT_MAX, BulletinStore, Heard};
pub use bundles::{BUNDLE_KEPT_S, BundleStore};
pub use clients::ClientStore;
pub use codes::{CodeStore, FirstTokens};
pub use consents::ConsentStore;
pub use factors::{FactorRefused, FactorStore};
pub use interactions::{Claimed, DOCUMENT_BYTES_MAX, EXPIRED_TAKEN_MAX, InteractionStore, StoredInteraction};
pub use issued::{Issued, IssuedCount, IssuedKind, IssuedStore};
pub use keys::{KeyStore, StoredKey};
pub use logouts::{LOGOUTS_CLAIMED_MAX, LogoutStore};
pub use pushed_requests::PushedRequestStore;
pub use security_events::{EVENTS_MAX, SecurityEventStore};
pub use sessions::SessionStore;
pub use sweep::{SWEEP_BATCH_MAX, Sweeper};
pub use tokens::{NextTokens, Rotation, TokenStore};
pub use traces::{TRACES_LISTED_MAX, TRACES_REMOVED_MAX, Trace, TraceFilter, TraceRetention, TraceStore};
pub use trials::{Begun, SAMPLES_A_FINDING_MAX, TRIALS_KEPT_MAX, TrialStore};
pub use tries::{Counter, Reservable, Reservation, TryKey, TryStore};
pub use users::{DuplicateUser, UserStore};

use crate::capabilities::kv::KeyValue;
use std::sync::Arc;

/// Most sessions, consents or clients of one account that are listed.
pub const LISTED_MAX: usize = 100;

/// Every store, as the engine and the command line hold them.
#[derive(Clone)]
pub struct Stores {
    /// Clients.
    pub clients: Arc<dyn ClientStore>,
    /// End-users.
    pub users: Arc<dyn UserStore>,
    /// Sessions.
    pub sessions: Arc<dyn SessionStore>,
    /// Interactions.
    pub interactions: Arc<dyn InteractionStore>,
    /// Consents.
    pub consents: Arc<dyn ConsentStore>,
    /// Pushed authorization requests.
    pub pushed_requests: Arc<dyn PushedRequestStore>,
    /// Authorization codes.
    pub codes: Arc<dyn CodeStore>,
    /// Token families, refresh tokens, opaque access tokens, revocations.
    pub tokens: Arc<dyn TokenStore>,
    /// Who is to be told of a session's end.
    pub logouts: Arc<dyn LogoutStore>,
    /// Signing keys.
    pub keys: Arc<dyn KeyStore>,
    /// Policy bundles.
    pub bundles: Arc<dyn BundleStore>,
    /// Which bundle is live, and how it came to be.
    pub activations: Arc<dyn ActivationStore>,
    /// What the servers of the database tell one another.
    pub bulletins: Arc<dyn BulletinStore>,
    /// What was issued under a bundle.
    pub issued: Arc<dyn IssuedStore>,
    /// Factors.
    pub factors: Arc<dyn FactorStore>,
    /// Values of bindings.
    pub kv: Arc<dyn KeyValue>,
    /// Tries at secrets.
    pub tries: Arc<dyn TryStore>,
    /// Security events.
    pub security_events: Arc<dyn SecurityEventStore>,
    /// Trials of policies.
    pub trials: Arc<dyn TrialStore>,
    /// Traces.
    pub traces: Arc<dyn TraceStore>,
    /// The audit log.
    pub audit: Arc<dyn AuditStore>,
    /// Removal of what has expired.
    pub sweeper: Arc<dyn Sweeper>,
}
