//! Factors in memory.

use super::{Memory, Tables};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::{FACTORS_MAX, Factor};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, FactorKind, Subject};
use gatewright_domain::store::{FactorRefused, FactorStore};

#[async_trait]
impl FactorStore for Memory {
    async fn list(&self, subject: &Subject) -> Result<Vec<Factor>, Fault> {
        let tables = self.tables();
        let confirmed = tables.factors.values().filter(|one| &one.subject == subject && one.pending_until.is_none());
        let mut factors: Vec<Factor> = confirmed.cloned().collect();
        factors.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
        Ok(factors)
    }

    async fn find(&self, id: &FactorId, now: Timestamp) -> Result<Option<Factor>, Fault> {
        let factor = self.tables().factors.get(id).cloned();
        Ok(factor.filter(|factor| factor.pending_until.is_none_or(|end| now < end)))
    }

    async fn find_by_reference(&self, kind: &FactorKind, reference: &str) -> Result<Option<Factor>, Fault> {
        Ok(self.tables().referred(kind, reference).cloned())
    }

    async fn add(&self, factor: &Factor) -> Result<Result<(), FactorRefused>, Fault> {
        let mut tables = self.tables();
        if !tables.users.contains_key(&factor.subject) {
            return Ok(Err(FactorRefused::NoAccount));
        }
        let lives = |other: &&Factor| other.pending_until.is_none_or(|end| factor.created_at < end);
        let there = tables.factors.values().filter(|other| other.subject == factor.subject).filter(lives);
        if there.count() >= FACTORS_MAX {
            return Ok(Err(FactorRefused::TooMany));
        }
        if tables.stands_in_the_way(factor) {
            return Ok(Err(FactorRefused::ReferenceTaken));
        }
        tables.factors.insert(factor.id.clone(), factor.clone());
        Ok(Ok(()))
    }

    async fn replace(&self, factor: &Factor) -> Result<bool, Fault> {
        let mut tables = self.tables();
        if tables.stands_in_the_way(factor) {
            return Ok(false);
        }
        match tables.factors.get_mut(&factor.id) {
            Some(stored) if stored.version == factor.version => {
                stored.label = factor.label.clone();
                stored.sealed = factor.sealed.clone();
                stored.used_at = factor.used_at;
                stored.pending_until = factor.pending_until;
                stored.version += 1;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn remove(&self, subject: &Subject, id: &FactorId) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let theirs = tables.factors.get(id).is_some_and(|factor| &factor.subject == subject);
        Ok(theirs && tables.factors.remove(id).is_some())
    }
}

impl Tables {
    fn referred(&self, kind: &FactorKind, reference: &str) -> Option<&Factor> {
        let mut confirmed = self.factors.values().filter(|factor| factor.pending_until.is_none());
        confirmed.find(|factor| &factor.kind == kind && factor.reference.as_deref() == Some(reference))
    }

    /// Whether another confirmed factor has the reference that this one is to have.
    fn stands_in_the_way(&self, factor: &Factor) -> bool {
        let reference = factor.reference.as_deref().filter(|_| factor.pending_until.is_none());
        let other = reference.and_then(|reference| self.referred(&factor.kind, reference));
        other.is_some_and(|other| other.id != factor.id)
    }
}
