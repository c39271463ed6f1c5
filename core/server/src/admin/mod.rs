//! The admin API, `/admin/api/v1/…`: what the command line does, over HTTP, for those whose access token allows it.
//!
//! ```text
//! table     every operation: method, path, scope, what it takes and answers     router   a request to its operation
//! authority who asks, and what their token allows (RFC 6750)                     answer   documents, problems (RFC 9457)
//! openapi   the same table as OpenAPI 3.1                                        events   what happens, as it happens
//! clients, users, accounts, keys, policies, trials, records, status: a file a resource or two   bootstrap the first token
//! ```
//!
//! **Invariants.** An operation that is not in the table does not exist, and one in it cannot run before its scope was
//! held against the token. Every operation but a read is audited by the router, whatever its outcome. No cookie is
//! looked at and no other origin is answered, so a browser cannot be led into asking.

mod accounts;
mod answer;
mod audit;
mod authority;
mod bootstrap;
mod call;
mod clients;
mod events;
mod keys;
mod openapi;
mod policies;
mod records;
mod replay;
mod router;
mod status;
mod table;
#[cfg(test)]
mod tests;
mod trials;
mod uploads;
mod users;

pub use bootstrap::{BOOTSTRAP_S, issue_bootstrap_token, revoke_bootstrap_tokens};
pub use events::{AnnouncedEvents, LiveEvents, LoginsTold};
pub(crate) use events::{activations, followed, hear, post};
pub use uploads::{UPLOAD_BYTES_MAX, UPLOAD_S_MAX};

use crate::http::{Response, Service};
use crate::operations::Operations;
use gatewright_domain::clock::Clock;
use gatewright_domain::store::Stores;
use gatewright_engine::SignIns;
use std::sync::Arc;
use warp::filters::BoxedFilter;

/// Where it is, from the issuer's path on the main listener and from the root on its own.
pub const BASE: &str = "/admin/api/v1";

/// What the admin API is given.
pub struct Admin {
    /// What it does.
    pub operations: Arc<dyn Operations>,
    /// What is common to all endpoints.
    pub service: Arc<Service>,
    /// Tokens and clients.
    pub stores: Stores,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// What happens.
    pub events: Arc<LiveEvents>,
    /// How often addresses may present bad tokens.
    pub tries: SignIns,
    /// Origins beside the issuer's that it is served at: those that a DPoP proof may name.
    pub origins: Vec<String>,
}

impl Admin {
    /// Its filter below `base`, which is the issuer's path or nothing. It takes every path below [`BASE`].
    pub fn filter(self: &Arc<Self>, base: &str) -> BoxedFilter<(Response,)> {
        router::filter(self, base)
    }

    /// The same for a listener of its own, where there is nothing else.
    pub fn routes(self: &Arc<Self>) -> BoxedFilter<(Response,)> {
        router::alone(self)
    }
}
