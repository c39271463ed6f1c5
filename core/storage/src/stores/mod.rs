//! The ports of `domain::store`, one file a noun: its row, how it is parsed, its queries.
//!
//! A row is got by `get_result`, not by `first`: its LIMIT is a bound value, and SQLite parses a statement anew
//! when that may change its plan.
//!
//! To add a store: a table in both dialects of `migrations/` and in `schema.rs`, a file here, promises in
//! `gatewright-testing`'s conformance suite. **Invariant:** rows are locked in the order sessions, their clients, codes, families, refresh
//! tokens, accounts, factors, and of tries the account's before the address's, so that transactions wait for one another
//! and never in a ring.

mod access_tokens;
mod activation_rows;
mod activations;
mod audit;
mod bulletins;
mod bundles;
mod client_cache;
mod client_families;
mod clients;
mod codes;
mod consents;
mod factors;
mod families;
mod interactions;
mod issued;
mod keys;
mod kv;
mod logouts;
mod pushed_requests;
mod refresh_tokens;
mod security_events;
mod sessions;
mod sweep;
mod sweep_bundles;
mod tokens;
mod traces;
mod trial_rows;
mod trials;
mod tries;
mod users;

use crate::executor::Executor;
use crate::notices::Notices;
use clients::Clients;
use gatewright_domain::clock::Clock;
use gatewright_domain::store::Stores;
use std::sync::Arc;

/// The scope value that asks for tokens that outlive the session (OpenID Connect Core 11).
const OFFLINE_ACCESS: &str = "offline_access";

/// All stores but that of clients, which has a cache of its own.
struct Tables {
    executor: Arc<Executor>,
    clock: Arc<dyn Clock>,
    notices: Notices,
}

/// The stores over an executor.
pub(crate) fn over(executor: Arc<Executor>, clock: Arc<dyn Clock>, notices: Notices) -> Stores {
    let clients = Arc::new(Clients::new(executor.clone(), clock.clone()));
    let tables = Arc::new(Tables { executor, clock, notices });
    Stores {
        clients,
        users: tables.clone(),
        sessions: tables.clone(),
        interactions: tables.clone(),
        consents: tables.clone(),
        pushed_requests: tables.clone(),
        codes: tables.clone(),
        tokens: tables.clone(),
        logouts: tables.clone(),
        keys: tables.clone(),
        bundles: tables.clone(),
        activations: tables.clone(),
        bulletins: tables.clone(),
        issued: tables.clone(),
        factors: tables.clone(),
        kv: tables.clone(),
        tries: tables.clone(),
        security_events: tables.clone(),
        trials: tables.clone(),
        traces: tables.clone(),
        audit: tables.clone(),
        sweeper: tables,
    }
}
