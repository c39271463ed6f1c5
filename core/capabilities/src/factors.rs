//! `factors`: what bindings keep of their own kinds, opaque to the server.

use crate::factor_vault::{FactorVault, NewFactor};
use async_trait::async_trait;
use gatewright_domain::capabilities::factors::{Factors, FactorsAnswer, FactorsCall};
use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::{Factor, FactorView, OWN_KINDS};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, FactorKind};
use serde_json::Value;

/// Keeps bindings' factors in a vault.
pub struct BindingFactors(FactorVault);

impl BindingFactors {
    /// In `vault`.
    pub fn new(vault: FactorVault) -> Self {
        Self(vault)
    }

    /// A confirmed factor of the binding's own kind.
    async fn own(&self, kind: &FactorKind, id: &FactorId, now: Timestamp) -> Result<Option<Factor>, Fault> {
        let found = self.0.store().find(id, now).await?;
        Ok(found.filter(|factor| &factor.kind == kind && factor.pending_until.is_none()))
    }

    /// Two updates of one value at once: the second one finds another version and does nothing, even where both write
    /// what was there before. So what may count once (a counter, a signed challenge) counts once.
    async fn update(&self, factor: Factor, before: &Value, to: &Value, now: Timestamp) -> Result<bool, Fault> {
        if &self.0.open::<Value>(&factor)? != before {
            return Ok(false);
        }
        self.0.replace(Factor { used_at: Some(now), ..factor }, to).await
    }
}

#[async_trait]
impl Factors for BindingFactors {
    async fn call(&self, kind: &FactorKind, call: &FactorsCall, now: Timestamp) -> Result<FactorsAnswer, CallFailed> {
        if OWN_KINDS.contains(&kind.as_str()) {
            return Err(CapabilityError::NotLent { what: format!("factors of the server's own kind `{kind}`") }.into());
        }
        Ok(match call {
            FactorsCall::List { subject } => {
                let factors = self.0.store().list(subject).await?;
                FactorsAnswer::Listed(factors.iter().map(FactorView::from).collect())
            }
            FactorsCall::Enrol { subject, label, reference, data } => {
                let reference = reference.as_deref();
                let new = NewFactor { subject, kind, label, reference, created_at: now, pending_until: None };
                FactorsAnswer::Enrolled(self.0.add(new, data).await?)
            }
            FactorsCall::Find { reference } => {
                let found = self.0.store().find_by_reference(kind, reference).await?;
                FactorsAnswer::Found(found.as_ref().map(FactorView::from))
            }
            FactorsCall::Data { id } => {
                let found = self.own(kind, id, now).await?;
                FactorsAnswer::Data(found.map(|factor| self.0.open(&factor)).transpose()?)
            }
            FactorsCall::Update { id, before, to } => FactorsAnswer::Done(match self.own(kind, id, now).await? {
                Some(factor) => self.update(factor, before, to, now).await?,
                None => false,
            }),
            FactorsCall::Remove { id } => FactorsAnswer::Done(match self.own(kind, id, now).await? {
                Some(factor) => self.0.store().remove(&factor.subject, id).await?,
                None => false,
            }),
        })
    }
}

#[cfg(test)]
mod tests;
