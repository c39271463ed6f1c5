//! `[lifetimes]`: how long things live, in seconds.

use super::complaint::{Complaint, within};
use gatewright_engine::settings;
use serde::{Deserialize, Serialize};

/// Longest lifetime of a code (RFC 6749 4.1.2: ten minutes).
pub const CODE_S_MAX: u64 = 600;
/// Shortest lifetime of a pushed request: a client must come to send a browser with it (FAPI 2.0: 5 seconds).
pub const PUSHED_REQUEST_S_MIN: u64 = 5;
/// Longest lifetime of a pushed request (FAPI 2.0: ten minutes).
pub const PUSHED_REQUEST_S_MAX: u64 = 600;
/// Longest lifetime of an access token or ID token: a day. What is shown around must run out.
pub const TOKEN_S_MAX: u64 = 24 * 3600;
/// Longest lifetime of anything: ten years.
pub const LIFETIME_S_MAX: u64 = 10 * 365 * 24 * 3600;

/// How long things live, in seconds.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetimes {
    /// Pushed authorization request, until a browser comes with it.
    pub pushed_request_s: u64,
    /// Authorization code.
    pub code_s: u64,
    /// Access token.
    pub access_token_s: u64,
    /// ID token.
    pub id_token_s: u64,
    /// Refresh token, anew with every use.
    pub refresh_token_s: u64,
    /// All refresh tokens that follow one sign-in, however often they are used: then the end-user signs in again.
    pub token_family_s: u64,
    /// Session, from its authentication.
    pub session_s: u64,
    /// A browser's unfinished trip.
    pub interaction_s: u64,
    /// Remembered consent.
    pub consent_s: u64,
}

impl Default for Lifetimes {
    fn default() -> Self {
        let engine = settings::Lifetimes::default();
        Self {
            pushed_request_s: engine.pushed_request_s,
            code_s: engine.code_s,
            access_token_s: engine.access_token_s,
            id_token_s: engine.id_token_s,
            refresh_token_s: engine.refresh_token_s,
            token_family_s: engine.token_family_s,
            session_s: engine.session_s,
            interaction_s: engine.interaction_s,
            consent_s: engine.consent_s,
        }
    }
}

impl Lifetimes {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        let table = [
            ("lifetimes.code_s", self.code_s, CODE_S_MAX),
            ("lifetimes.access_token_s", self.access_token_s, TOKEN_S_MAX),
            ("lifetimes.id_token_s", self.id_token_s, TOKEN_S_MAX),
            ("lifetimes.refresh_token_s", self.refresh_token_s, LIFETIME_S_MAX),
            ("lifetimes.token_family_s", self.token_family_s, LIFETIME_S_MAX),
            ("lifetimes.session_s", self.session_s, LIFETIME_S_MAX),
            ("lifetimes.interaction_s", self.interaction_s, LIFETIME_S_MAX),
            ("lifetimes.consent_s", self.consent_s, LIFETIME_S_MAX),
        ];
        for (key, seconds, max) in table {
            within(complaints, key, seconds, 1..=max);
        }
        let pushed = PUSHED_REQUEST_S_MIN..=PUSHED_REQUEST_S_MAX;
        within(complaints, "lifetimes.pushed_request_s", self.pushed_request_s, pushed);
    }
}
