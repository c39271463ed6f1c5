//! Factors with what their kinds store with them: sealed under the master key, each for itself.

use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::factor::Factor;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, FactorKind, Subject};
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::FactorStore;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;

const PLACE: &str = "factors";

/// The factors of the store, opened and sealed. **Invariant:** what was sealed for one factor opens for no other factor,
/// kind or end-user, so that a row that is copied to another account is worth nothing there.
#[derive(Clone)]
pub struct FactorVault {
    store: Arc<dyn FactorStore>,
    sealer: Arc<dyn Sealer>,
    entropy: Arc<dyn Entropy>,
}

/// A factor that is to be added.
pub struct NewFactor<'n> {
    /// Whose it will be.
    pub subject: &'n Subject,
    /// What kind.
    pub kind: &'n FactorKind,
    /// What the end-user calls it.
    pub label: &'n str,
    /// By what else it is found.
    pub reference: Option<&'n str>,
    /// Now.
    pub created_at: Timestamp,
    /// When the enrolment ends unless it is confirmed.
    pub pending_until: Option<Timestamp>,
}

impl FactorVault {
    /// Over `store`, sealed by `sealer`; names are drawn from `entropy`.
    pub fn new(store: Arc<dyn FactorStore>, sealer: Arc<dyn Sealer>, entropy: Arc<dyn Entropy>) -> Self {
        Self { store, sealer, entropy }
    }

    /// The factors as they are stored.
    pub fn store(&self) -> &dyn FactorStore {
        self.store.as_ref()
    }

    /// The end-user's confirmed factors of one kind, oldest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn of_kind(&self, subject: &Subject, kind: &FactorKind) -> Result<Vec<Factor>, Fault> {
        let mut factors = self.store.list(subject).await?;
        factors.retain(|factor| &factor.kind == kind);
        Ok(factors)
    }

    /// Adds a factor with what is stored with it.
    ///
    /// # Errors
    /// Why the store does not take it, or a fault.
    pub async fn add(&self, new: NewFactor<'_>, data: &impl Serialize) -> Result<FactorId, CallFailed> {
        let mut factor = Factor {
            id: FactorId::draw(self.entropy.as_ref()),
            subject: new.subject.clone(),
            kind: new.kind.clone(),
            label: new.label.to_owned(),
            reference: new.reference.map(ToOwned::to_owned),
            sealed: String::new(),
            version: 0,
            created_at: new.created_at,
            used_at: None,
            pending_until: new.pending_until,
        };
        factor.sealed = self.seal(&factor, data)?;
        match self.store.add(&factor).await? {
            Ok(()) => Ok(factor.id),
            Err(refused) => Err(CapabilityError::Invalid { why: refused.to_string() }.into()),
        }
    }

    /// What is stored with a factor.
    ///
    /// # Errors
    /// A fault: another master key, or an altered row.
    pub fn open<T: DeserializeOwned>(&self, factor: &Factor) -> Result<T, Fault> {
        let text = self.sealer.open(&purpose(factor), &factor.sealed)?;
        // What serde says of a wrong text would repeat part of it.
        serde_json::from_str(text.expose())
            .map_err(|_| Fault::new(PLACE, format!("what is stored with factor {} is none of its kind", factor.id)))
    }

    /// Stores a changed factor with what is stored with it from now on, where nobody changed it meanwhile; answers whether
    /// it did.
    ///
    /// # Errors
    /// A fault of the store or the sealer.
    pub async fn replace(&self, factor: Factor, data: &impl Serialize) -> Result<bool, Fault> {
        let sealed = self.seal(&factor, data)?;
        self.store.replace(&Factor { sealed, ..factor }).await
    }

    fn seal(&self, factor: &Factor, data: &impl Serialize) -> Result<String, Fault> {
        let text = serde_json::to_string(data).map_err(|error| Fault::caused(PLACE, error))?;
        self.sealer.seal(&purpose(factor), &SecretText::new(text))
    }
}

fn purpose(Factor { kind, id, subject, .. }: &Factor) -> String {
    format!("factor/{kind}/{id}/{subject}")
}

/// A kind that the server keeps itself.
pub(crate) fn own_kind(name: &'static str) -> FactorKind {
    FactorKind::parse(name).expect("the server's own kinds are visible ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_testing::clock::DEFAULT_NOW;
    use gatewright_testing::entropy::SeededEntropy;
    use gatewright_testing::signing::TestSigner;
    use gatewright_testing::{memory, samples};

    #[tokio::test]
    async fn what_is_stored_with_a_factor_opens_for_no_other() {
        let stores = memory::stores();
        stores.users.add(&samples::user("alice", "alice")).await.unwrap().unwrap();
        let sealer = Arc::new(TestSigner::default());
        let vault = FactorVault::new(stores.factors, sealer, Arc::new(SeededEntropy::default()));
        let (subject, kind) = (samples::word("alice"), samples::word("badge"));
        let new = NewFactor {
            subject: &subject,
            kind: &kind,
            label: "x",
            reference: None,
            created_at: DEFAULT_NOW,
            pending_until: None,
        };
        let id = vault.add(new, &"s3cr3t").await.unwrap();
        let factor = vault.store().find(&id, DEFAULT_NOW).await.unwrap().unwrap();
        assert_eq!(vault.open::<String>(&factor).unwrap(), "s3cr3t");
        let copies = [
            Factor { id: samples::word("other"), ..factor.clone() },
            Factor { subject: samples::word("mallory"), ..factor.clone() },
            Factor { kind: samples::word("totp"), ..factor.clone() },
        ];
        assert!(copies.iter().all(|copy| vault.open::<String>(copy).is_err()));
        let fault = vault.open::<u8>(&factor).unwrap_err();
        assert!(!fault.to_string().contains("s3cr3t"), "{fault}");
    }
}
