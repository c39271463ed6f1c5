//! What happened to an account, in lines: the words are the template's, by what it was.

use super::device::device;
use super::lines::{Moment, called};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use serde::Serialize;

/// An event.
#[derive(Debug, Serialize)]
pub(super) struct EventLine {
    /// What happened, by a name that no language changes.
    what: &'static str,
    /// Of which factor, browser or client, as others called it.
    which: Option<String>,
    /// How many times, where that is told.
    times: Option<u32>,
    at: Moment,
    address: Option<String>,
}

impl From<&SecurityEvent> for EventLine {
    fn from(event: &SecurityEvent) -> Self {
        let named = |text: &str| Some(called(text));
        let (what, which, times) = match &event.kind {
            SecurityEventKind::FailedTries { tries } => ("failed_tries", None, Some(*tries)),
            SecurityEventKind::LockedOut { .. } => ("locked_out", None, None),
            SecurityEventKind::FactorAdded { label, .. } => ("factor_added", named(label), None),
            SecurityEventKind::FactorRenamed { label, .. } => ("factor_renamed", named(label), None),
            SecurityEventKind::FactorRemoved { label, .. } => ("factor_removed", named(label), None),
            SecurityEventKind::RecoveryCodesRenewed => ("recovery_renewed", None, None),
            SecurityEventKind::PasswordChanged => ("password_changed", None, None),
            SecurityEventKind::SessionEnded { user_agent } => ("session_ended", device(user_agent.as_deref()), None),
            SecurityEventKind::ClientDisconnected { name } => ("client_disconnected", named(name), None),
            SecurityEventKind::ClientNotToldOfLogout { name } => ("client_not_told", named(name), None),
        };
        let address = event.address.map(|address| address.to_canonical().to_string());
        Self { what, which, times, at: event.at.into(), address }
    }
}

impl EventLine {
    /// One of each.
    pub(super) fn samples() -> Vec<Self> {
        let of = |what| Self {
            what,
            which: Some("Phone".into()),
            times: Some(3),
            at: gatewright_domain::clock::Timestamp(0).into(),
            address: Some("192.0.2.7".into()),
        };
        let known = ["failed_tries", "locked_out", "factor_added", "factor_renamed", "factor_removed"];
        let more = ["recovery_renewed", "password_changed", "session_ended", "client_disconnected", "client_not_told"];
        known.into_iter().chain(more).map(of).collect()
    }
}
