//! A session: this browser, signed in as this end-user, at this strength.

use crate::clock::Timestamp;
use crate::identifiers::{BundleDigest, SessionId, Subject};
use crate::token_hash::TokenHash;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Hash of the cookie's value.
    pub cookie: TokenHash,
    /// Public name (`sid`).
    pub id: SessionId,
    /// Who is signed in.
    pub subject: Subject,
    /// The ACR reached when the end-user last authenticated actively.
    pub acr: Acr,
    /// That ACR's level in the bundle it was reached under.
    pub level: i32,
    /// How the end-user authenticated (RFC 8176).
    pub amr: Vec<Amr>,
    /// When the end-user last authenticated actively.
    pub auth_time: Timestamp,
    /// When it began.
    pub created_at: Timestamp,
    /// When it ends, whatever happens.
    pub expires_at: Timestamp,
    /// The bundle that decided it.
    pub bundle: BundleDigest,
    /// Where the browser was at that authentication, as far as that is known.
    pub address: Option<IpAddr>,
    /// The browser's `User-Agent` then. It is the browser's own word and only ever shown.
    pub user_agent: Option<String>,
}
