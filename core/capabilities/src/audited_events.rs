//! Security events, with each that is recorded written into the audit log too: the end-user sees theirs, an
//! administrator all.

use async_trait::async_trait;
use gatewright_domain::audit::{Actor, AuditEntry, AuditOutcome};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{AuditId, EventId, Subject};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::{AuditStore, SecurityEventStore};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// A store of security events that writes them into the audit log too.
pub struct AuditedEvents {
    /// Where events are.
    pub events: Arc<dyn SecurityEventStore>,
    /// The audit log.
    pub audit: Arc<dyn AuditStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

#[async_trait]
impl SecurityEventStore for AuditedEvents {
    async fn record(&self, event: &SecurityEvent) -> Result<(), Fault> {
        self.events.record(event).await?;
        let (actor, action, outcome) = told(event);
        let mut detail = Map::new();
        if let Some(address) = event.address {
            detail.insert("address".to_owned(), json!(address));
        }
        if let Ok(Value::Object(mut of)) = serde_json::to_value(&event.kind) {
            of.remove("event");
            detail.extend(of);
        }
        let entry = AuditEntry {
            id: AuditId::draw(self.entropy.as_ref()),
            at_ms: self.clock.now_ms(),
            actor,
            action: action.to_owned(),
            target: event.subject.to_string(),
            outcome,
            detail,
            correlation: None,
        };
        self.audit.append(&entry).await
    }

    async fn list(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        self.events.list(subject).await
    }

    async fn untold(&self, subject: &Subject) -> Result<Vec<SecurityEvent>, Fault> {
        self.events.untold(subject).await
    }

    async fn told(&self, events: &[EventId], now: Timestamp) -> Result<(), Fault> {
        self.events.told(events, now).await
    }
}

/// Who did it, what it is called, and whether it was refused.
fn told(event: &SecurityEvent) -> (Actor, &'static str, AuditOutcome) {
    let end_user = || Actor::EndUser(event.subject.to_string());
    let done = |action| (end_user(), action, AuditOutcome::Done);
    match &event.kind {
        SecurityEventKind::FailedTries { .. } => (Actor::Server, "account.failed_tries", AuditOutcome::Refused),
        SecurityEventKind::LockedOut { .. } => (Actor::Server, "account.lock", AuditOutcome::Done),
        SecurityEventKind::FactorAdded { .. } => done("factor.add"),
        SecurityEventKind::FactorRenamed { .. } => done("factor.rename"),
        SecurityEventKind::FactorRemoved { .. } => done("factor.remove"),
        SecurityEventKind::PasswordChanged => done("account.change_password"),
        SecurityEventKind::RecoveryCodesRenewed => done("factor.renew_recovery_codes"),
        SecurityEventKind::SessionEnded { .. } => done("session.end"),
        SecurityEventKind::ClientDisconnected { .. } => done("consent.withdraw"),
        SecurityEventKind::ClientNotToldOfLogout { .. } => {
            (Actor::Server, "account.logout_untold", AuditOutcome::Failed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::store::AuditPlace;
    use gatewright_testing::clock::FixedClock;
    use gatewright_testing::entropy::SeededEntropy;
    use gatewright_testing::{memory, samples};

    #[tokio::test]
    async fn an_event_of_an_account_is_in_its_list_and_in_the_audit_log() {
        let stores = memory::stores();
        let audited = AuditedEvents {
            events: stores.security_events.clone(),
            audit: stores.audit.clone(),
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::new(1)),
        };
        let event = SecurityEvent {
            id: samples::word("e1"),
            subject: samples::word("alice"),
            at: Timestamp(1),
            address: "192.0.2.1".parse().ok(),
            kind: SecurityEventKind::FactorAdded { kind: samples::word("totp"), label: "phone".into() },
        };
        audited.record(&event).await.unwrap();
        assert_eq!(audited.list(&event.subject).await.unwrap(), [event]);
        let entries = stores.audit.list(&AuditPlace::default(), 10).await.unwrap();
        let [entry] = &entries[..] else { panic!("{entries:?}") };
        assert_eq!((entry.action.as_str(), entry.target.as_str()), ("factor.add", "alice"));
        assert_eq!(entry.actor, Actor::EndUser("alice".into()));
        let detail = json!({ "address": "192.0.2.1", "kind": "totp", "label": "phone" });
        assert_eq!(Value::Object(entry.detail.clone()), detail);
    }
}
