//! Factors, with each that is enrolled or removed written down for its end-user to see: whatever did it, the server or a
//! policy. What the end-user does on the account page is written down there, with where they were.

use async_trait::async_trait;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::factor::{Factor, RECOVERY};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{EventId, FactorId, FactorKind, Subject};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::{FactorRefused, FactorStore, SecurityEventStore};
use std::sync::Arc;

/// A store of factors that writes down what is added and removed.
pub struct RecordedFactors {
    /// Where factors are.
    pub factors: Arc<dyn FactorStore>,
    /// Where events are.
    pub events: Arc<dyn SecurityEventStore>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl RecordedFactors {
    async fn added(&self, factor: &Factor) -> Result<(), Fault> {
        let kind = SecurityEventKind::FactorAdded { kind: factor.kind.clone(), label: factor.label.clone() };
        self.record(factor, kind).await
    }

    /// Of recovery codes the page that makes them writes down that they are new.
    async fn record(&self, factor: &Factor, kind: SecurityEventKind) -> Result<(), Fault> {
        if factor.pending_until.is_some() || factor.kind.as_str() == RECOVERY {
            return Ok(());
        }
        let id = EventId::draw(self.entropy.as_ref());
        let (subject, at) = (factor.subject.clone(), self.clock.now());
        self.events.record(&SecurityEvent { id, subject, at, address: None, kind }).await
    }
}

#[async_trait]
impl FactorStore for RecordedFactors {
    async fn list(&self, subject: &Subject) -> Result<Vec<Factor>, Fault> {
        self.factors.list(subject).await
    }

    async fn find(&self, id: &FactorId, now: Timestamp) -> Result<Option<Factor>, Fault> {
        self.factors.find(id, now).await
    }

    async fn find_by_reference(&self, kind: &FactorKind, reference: &str) -> Result<Option<Factor>, Fault> {
        self.factors.find_by_reference(kind, reference).await
    }

    async fn add(&self, factor: &Factor) -> Result<Result<(), FactorRefused>, Fault> {
        let outcome = self.factors.add(factor).await?;
        if outcome.is_ok() {
            self.added(factor).await?;
        }
        Ok(outcome)
    }

    async fn replace(&self, factor: &Factor) -> Result<bool, Fault> {
        // Only an enrolment that is confirmed by this makes a factor of it.
        let before = self.factors.find(&factor.id, self.clock.now()).await?;
        let replaced = self.factors.replace(factor).await?;
        if replaced && before.is_some_and(|before| before.pending_until.is_some()) {
            self.added(factor).await?;
        }
        Ok(replaced)
    }

    async fn remove(&self, subject: &Subject, id: &FactorId) -> Result<bool, Fault> {
        let before = self.factors.find(id, self.clock.now()).await?;
        let removed = self.factors.remove(subject, id).await?;
        if let Some(factor) = before.filter(|_| removed) {
            let kind = SecurityEventKind::FactorRemoved { kind: factor.kind.clone(), label: factor.label.clone() };
            self.record(&factor, kind).await?;
        }
        Ok(removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_testing::clock::FixedClock;
    use gatewright_testing::entropy::SeededEntropy;
    use gatewright_testing::{memory, samples};

    #[tokio::test]
    async fn a_factor_is_written_down_once_when_it_is_added_or_confirmed_and_once_when_it_is_removed() {
        let stores = memory::stores();
        stores.users.add(&samples::user("alice", "alice")).await.unwrap().unwrap();
        let recorded = RecordedFactors {
            factors: stores.factors.clone(),
            events: stores.security_events.clone(),
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::default()),
        };
        let written = async || stores.security_events.list(&samples::word("alice")).await.unwrap().len();
        let factor = |id: &str, kind: &str, pending_until| Factor {
            id: samples::word(id),
            subject: samples::word("alice"),
            kind: samples::word(kind),
            label: "Phone".to_owned(),
            reference: None,
            sealed: String::new(),
            version: 0,
            created_at: FixedClock::default().now(),
            used_at: None,
            pending_until,
        };
        recorded.add(&factor("f1", "badge", None)).await.unwrap().unwrap();
        assert_eq!(written().await, 1);
        recorded.add(&factor("f2", RECOVERY, None)).await.unwrap().unwrap();
        let until = Some(FixedClock::default().now().plus(60));
        recorded.add(&factor("f3", "totp", until)).await.unwrap().unwrap();
        assert_eq!(written().await, 1, "neither recovery codes nor an enrolment that waits");
        assert!(recorded.replace(&factor("f3", "totp", None)).await.unwrap());
        assert_eq!(written().await, 2);
        let used = Factor { version: 1, used_at: until, ..factor("f3", "totp", None) };
        assert!(recorded.replace(&used).await.unwrap());
        assert!(!recorded.replace(&used).await.unwrap());
        assert_eq!(written().await, 2, "a factor that is used is no new one");
        recorded.add(&factor("f4", "totp", until)).await.unwrap().unwrap();
        for (id, events) in [("f2", 2), ("f4", 2), ("f3", 3), ("f3", 3), ("f9", 3)] {
            recorded.remove(&samples::word("alice"), &samples::word(id)).await.unwrap();
            assert_eq!(written().await, events, "{id}");
        }
        assert!(!recorded.remove(&samples::word("bob"), &samples::word("f1")).await.unwrap());
        assert_eq!(written().await, 3, "nobody removes what is another's");
        let newest = &stores.security_events.list(&samples::word("alice")).await.unwrap();
        let removed = SecurityEventKind::FactorRemoved { kind: samples::word("totp"), label: "Phone".to_owned() };
        assert!(newest.iter().any(|event| event.kind == removed), "{newest:?}");
    }
}
