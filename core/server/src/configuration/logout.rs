//! `[logout]`: how clients learn that a session has ended.

use super::complaint::{Complaint, within};
use gatewright_engine::settings::LogoutSettings;
use serde::{Deserialize, Serialize};

/// Most tries to tell one client.
pub const LOGOUT_TRIES_MAX: u32 = 100;
/// Longest time for one try, in seconds.
pub const LOGOUT_TIMEOUT_S_MAX: u64 = 60;
/// Longest pause between two tries, in seconds: a day.
pub const LOGOUT_PAUSE_S_MAX: u64 = 24 * 3600;

/// How clients are told.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logout {
    /// How often a client's back-channel address is tried before it is given up.
    pub tries: u32,
    /// Seconds for one try.
    pub timeout_s: u64,
    /// Seconds from the first try to the second; each pause is twice as long as the one before.
    pub first_pause_s: u64,
    /// Seconds that no pause is longer than.
    pub longest_pause_s: u64,
    /// The check-session iframe is served, where the issuer is https.
    pub session_management: bool,
}

impl Default for Logout {
    fn default() -> Self {
        let LogoutSettings { tries, paces } = LogoutSettings::default();
        let (first_pause_s, longest_pause_s) = (paces.first_s, paces.longest_s);
        Self { tries, timeout_s: 5, first_pause_s, longest_pause_s, session_management: true }
    }
}

impl Logout {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        within(complaints, "logout.tries", self.tries, 1..=LOGOUT_TRIES_MAX);
        within(complaints, "logout.timeout_s", self.timeout_s, 1..=LOGOUT_TIMEOUT_S_MAX);
        within(complaints, "logout.first_pause_s", self.first_pause_s, 1..=LOGOUT_PAUSE_S_MAX);
        within(complaints, "logout.longest_pause_s", self.longest_pause_s, 1..=LOGOUT_PAUSE_S_MAX);
        if self.first_pause_s <= self.timeout_s {
            let what = "is not longer than logout.timeout_s: a second try would be made while the first one goes on";
            complaints.push(Complaint::of("logout.first_pause_s", what));
        }
        if self.longest_pause_s < self.first_pause_s {
            let what = "is shorter than logout.first_pause_s";
            complaints.push(Complaint::of("logout.longest_pause_s", what));
        }
    }
}
