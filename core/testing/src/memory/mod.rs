//! Every store of `domain::store` in memory: plain maps behind one lock, so that each call is one
//! transaction. Meant to be read beside the ports: it says in a few lines what each call must do.

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
mod kv;
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

use crate::clock::FixedClock;
use gatewright_domain::access_token::OpaqueAccessToken;
use gatewright_domain::activation::{Activation, Node, PushedBundle, Vote};
use gatewright_domain::audit::AuditEntry;
use gatewright_domain::client::Client;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::code::AuthorizationCode;
use gatewright_domain::consent::Consent;
use gatewright_domain::factor::Factor;
use gatewright_domain::failed_tries::FailedTries;
use gatewright_domain::family::{ClientFamily, TokenFamily};
use gatewright_domain::fault::Fault;
use gatewright_domain::guessing::Tally;
use gatewright_domain::identifiers::{
    BundleDigest, EventId, FactorId, FamilyId, InteractionId, NodeId, SessionId, Subject, TraceId,
};
use gatewright_domain::pushed_request::PushedRequest;
use gatewright_domain::refresh_token::RefreshToken;
use gatewright_domain::security_event::SecurityEvent;
use gatewright_domain::session::Session;
use gatewright_domain::store::{StoredInteraction, StoredKey, Stores, Trace, TryKey};
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::trial::{Measured, Sample, Trial};
use gatewright_domain::user::User;
use gatewright_protocol::client_id::ClientId;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

/// Empty stores. What has no time of its own (a removed account's families) is dated by a clock that
/// stands at [`crate::clock::DEFAULT_NOW`].
pub fn stores() -> Stores {
    stores_at(Arc::new(FixedClock::default()))
}

/// Empty stores that read the time from `clock`.
pub fn stores_at(clock: Arc<dyn Clock>) -> Stores {
    let memory = Arc::new(Memory {
        tables: Mutex::default(),
        clock,
        notices: watch::Sender::new(0),
        bulletins: watch::Sender::default(),
    });
    Stores {
        clients: memory.clone(),
        users: memory.clone(),
        sessions: memory.clone(),
        interactions: memory.clone(),
        consents: memory.clone(),
        pushed_requests: memory.clone(),
        codes: memory.clone(),
        tokens: memory.clone(),
        logouts: memory.clone(),
        keys: memory.clone(),
        bundles: memory.clone(),
        activations: memory.clone(),
        bulletins: memory.clone(),
        issued: memory.clone(),
        factors: memory.clone(),
        kv: memory.clone(),
        tries: memory.clone(),
        security_events: memory.clone(),
        trials: memory.clone(),
        traces: memory.clone(),
        audit: memory.clone(),
        sweeper: memory,
    }
}

struct Memory {
    tables: Mutex<Tables>,
    clock: Arc<dyn Clock>,
    notices: watch::Sender<u64>,
    bulletins: watch::Sender<Vec<Arc<str>>>,
}

impl Memory {
    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct Tables {
    clients: BTreeMap<ClientId, Arc<Client>>,
    users: BTreeMap<Subject, User>,
    sessions: BTreeMap<TokenHash, Session>,
    signed_in: BTreeMap<(SessionId, ClientId), logouts::Noted>,
    interactions: BTreeMap<InteractionId, Leased>,
    consents: BTreeMap<(Subject, ClientId), Consent>,
    /// With whether it was completed.
    pushed_requests: BTreeMap<TokenHash, (PushedRequest, bool)>,
    codes: BTreeMap<TokenHash, Issued>,
    families: BTreeMap<FamilyId, TokenFamily>,
    client_families: BTreeMap<FamilyId, ClientFamily>,
    refresh_tokens: BTreeMap<TokenHash, Rotating>,
    access_tokens: BTreeMap<TokenHash, OpaqueAccessToken>,
    revoked: BTreeMap<String, Timestamp>,
    assertions: BTreeMap<TokenHash, Timestamp>,
    keys: Vec<StoredKey>,
    /// With when they were last put there.
    bundles: BTreeMap<BundleDigest, (Vec<u8>, Timestamp)>,
    trials: BTreeMap<u64, Trial>,
    tallies: BTreeMap<(u64, Measured), u64>,
    samples: Vec<(u64, Sample)>,
    pushed: BTreeMap<BundleDigest, PushedBundle>,
    /// By number.
    activations: Vec<Activation>,
    /// On the open activation.
    votes: Vec<Vote>,
    nodes: BTreeMap<NodeId, Node>,
    factors: BTreeMap<FactorId, Factor>,
    kv: BTreeMap<(String, String), (Value, Timestamp)>,
    tries: BTreeMap<TryKey, Tried>,
    /// With whether the end-user was told.
    events: BTreeMap<EventId, (SecurityEvent, bool)>,
    traces: BTreeMap<TraceId, Trace>,
    audit: Vec<AuditEntry>,
}

struct Tried {
    tally: Tally,
    failed: FailedTries,
    expires_at: Timestamp,
}

struct Leased {
    interaction: StoredInteraction,
    lease_until: Option<Timestamp>,
}

struct Issued {
    code: AuthorizationCode,
    redeemed: bool,
}

struct Rotating {
    token: RefreshToken,
    used: bool,
}

impl Tables {
    fn revoke(&mut self, now: Timestamp, which: impl Fn(&TokenFamily) -> bool) -> u64 {
        let mut count = 0;
        for family in self.families.values_mut().filter(|family| family.revoked_at.is_none() && which(family)) {
            family.revoked_at = Some(now);
            count += 1;
        }
        count
    }

    /// The same of what clients got for themselves.
    fn revoke_own(&mut self, now: Timestamp, which: impl Fn(&ClientFamily) -> bool) -> u64 {
        let living = self.client_families.values_mut().filter(|family| family.revoked_at.is_none() && which(family));
        living.map(|family| family.revoked_at = Some(now)).count() as u64
    }

    /// Stores tokens, or none of them when there is one of the same hash.
    fn store(&mut self, refresh: Option<&RefreshToken>, opaque: Option<&OpaqueAccessToken>) -> Result<(), Fault> {
        let refresh_taken = refresh.is_some_and(|token| self.refresh_tokens.contains_key(&token.hash));
        if refresh_taken || opaque.is_some_and(|token| self.access_tokens.contains_key(&token.hash)) {
            return Err(Fault::new("store.tokens", "the token is there already"));
        }
        if let Some(token) = refresh {
            self.refresh_tokens.insert(token.hash.clone(), Rotating { token: token.clone(), used: false });
        }
        if let Some(token) = opaque {
            self.access_tokens.insert(token.hash.clone(), token.clone());
        }
        Ok(())
    }

    /// A family that is not there counts as revoked: it expired, or its client was removed.
    fn is_family_revoked(&self, id: &FamilyId) -> bool {
        let revoked_at = self.families.get(id).map(|family| family.revoked_at);
        let own = || self.client_families.get(id).map(|family| family.revoked_at);
        revoked_at.or_else(own).is_none_or(|revoked_at| revoked_at.is_some())
    }
}
