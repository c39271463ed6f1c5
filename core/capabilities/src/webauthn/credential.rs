//! Passkeys as factors: the credential's public half, sealed with the factor and found by its id.

use crate::factor_vault::{FactorVault, NewFactor, own_kind};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::capabilities::CallFailed;
use gatewright_domain::clock::Clock;
use gatewright_domain::factor::{Factor, PASSKEY, REFERENCE_BYTES_MAX};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, Subject};
use std::sync::Arc;
use webauthn_rs_core::proto::Credential;

/// Longest credential id, in bytes: what fits in a factor's reference, three quarters of what the standard allows and
/// twice what authenticators make.
pub const CREDENTIAL_ID_BYTES_MAX: usize = REFERENCE_BYTES_MAX / 4 * 3;

/// A passkey as it is kept.
pub(super) struct Kept {
    /// Whose it is, and what they call it.
    pub(super) factor: Factor,
    /// Its public key and counter.
    pub(super) credential: Credential,
}

/// Passkeys among the factors.
pub(super) struct Credentials {
    pub(super) vault: FactorVault,
    pub(super) clock: Arc<dyn Clock>,
}

impl Credentials {
    /// How many factors of every kind an end-user has.
    pub(super) async fn count(&self, subject: &Subject) -> Result<usize, Fault> {
        Ok(self.vault.store().list(subject).await?.len())
    }

    /// The passkeys of an end-user.
    pub(super) async fn of(&self, subject: &Subject) -> Result<Vec<Kept>, Fault> {
        let factors = self.vault.of_kind(subject, &own_kind(PASSKEY)).await?;
        factors.into_iter().map(|factor| self.opened(factor)).collect()
    }

    /// The passkey of that credential id.
    pub(super) async fn find(&self, id: &[u8]) -> Result<Option<Kept>, Fault> {
        if id.len() > CREDENTIAL_ID_BYTES_MAX {
            return Ok(None);
        }
        let found = self.vault.store().find_by_reference(&own_kind(PASSKEY), &URL_SAFE_NO_PAD.encode(id)).await?;
        found.map(|factor| self.opened(factor)).transpose()
    }

    /// Makes a factor of a credential. None where there is one of its id already, or its id is too long.
    pub(super) async fn add(
        &self,
        subject: &Subject,
        label: &str,
        credential: &Credential,
    ) -> Result<Option<FactorId>, CallFailed> {
        let id = &credential.cred_id;
        if id.len() > CREDENTIAL_ID_BYTES_MAX || self.find(id).await?.is_some() {
            return Ok(None);
        }
        let (kind, reference) = (own_kind(PASSKEY), URL_SAFE_NO_PAD.encode(id));
        let factor = NewFactor {
            subject,
            kind: &kind,
            label,
            reference: Some(&reference),
            created_at: self.clock.now(),
            pending_until: None,
        };
        self.vault.add(factor, credential).await.map(Some)
    }

    /// Notes that a passkey was used, with what changed in it. Answers `false` when somebody was faster.
    pub(super) async fn note_use(&self, factor: Factor, credential: &Credential) -> Result<bool, Fault> {
        self.vault.replace(Factor { used_at: Some(self.clock.now()), ..factor }, credential).await
    }

    fn opened(&self, factor: Factor) -> Result<Kept, Fault> {
        let credential = self.vault.open(&factor)?;
        Ok(Kept { factor, credential })
    }
}
