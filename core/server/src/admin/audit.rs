//! What was done by the admin API, written into the audit log: by whom, from where, to what, and with what end.

use super::Admin;
use crate::operations::ProblemKind;
use gatewright_capabilities::OsEntropy;
use gatewright_domain::audit::{AUDIT_NAME_CHARS_MAX, Actor, AuditEntry, AuditOutcome};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::AuditId;
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// Something that was done, or was to be.
pub(super) struct Act<'a> {
    /// By whom.
    pub who: &'a str,
    /// From where.
    pub address: IpAddr,
    /// To what.
    pub target: String,
    /// With what end.
    pub end: Result<(), ProblemKind>,
}

impl Admin {
    /// Writes it down.
    ///
    /// # Errors
    /// A fault of the store; what was done is done nonetheless, and whoever asked is told of the fault.
    pub(super) async fn audit(&self, operation: &'static str, act: Act<'_>) -> Result<(), Fault> {
        let cut = |text: &str| text.chars().take(AUDIT_NAME_CHARS_MAX).collect::<String>();
        let mut detail = Map::new();
        detail.insert("address".to_owned(), json!(act.address));
        let outcome = match act.end {
            Ok(()) => AuditOutcome::Done,
            Err(kind) => {
                detail.insert("problem".to_owned(), Value::from(kind.name()));
                if kind.status().is_server_error() { AuditOutcome::Failed } else { AuditOutcome::Refused }
            }
        };
        let entry = AuditEntry {
            id: AuditId::draw(&OsEntropy),
            at_ms: self.clock.now_ms(),
            actor: Actor::Administrator(cut(act.who)),
            action: operation.to_owned(),
            target: cut(&act.target),
            outcome,
            detail,
            correlation: None,
        };
        self.stores.audit.append(&entry).await
    }
}
