//! Passkeys as factors: the credential's public half, sealed with the factor and found by its id.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::factor::{Factor, PASSKEY, REFERENCE_BYTES_MAX};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, FactorKind, Subject};
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::{FactorRefused, FactorStore};
use std::sync::Arc;
use webauthn_rs_core::proto::Credential;

const PLACE: &str = "webauthn.credential";
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

/// Passkeys over the store of factors.
pub(super) struct Credentials {
    pub(super) factors: Arc<dyn FactorStore>,
    pub(super) sealer: Arc<dyn Sealer>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) entropy: Arc<dyn Entropy>,
}

impl Credentials {
    /// How many factors of every kind an end-user has.
    pub(super) async fn count(&self, subject: &Subject) -> Result<usize, Fault> {
        Ok(self.factors.list(subject).await?.len())
    }

    /// The passkeys of an end-user.
    pub(super) async fn of(&self, subject: &Subject) -> Result<Vec<Kept>, Fault> {
        let factors = self.factors.list(subject).await?.into_iter();
        factors.filter(|factor| factor.kind.as_str() == PASSKEY).map(|factor| self.opened(factor)).collect()
    }

    /// The passkey of that credential id.
    pub(super) async fn find(&self, id: &[u8]) -> Result<Option<Kept>, Fault> {
        if id.len() > CREDENTIAL_ID_BYTES_MAX {
            return Ok(None);
        }
        let found = self.factors.find_by_reference(&kind()?, &URL_SAFE_NO_PAD.encode(id)).await?;
        found.map(|factor| self.opened(factor)).transpose()
    }

    /// Makes a factor of a credential. None where there is one of its id already, or its id is too long.
    pub(super) async fn add(
        &self,
        subject: &Subject,
        label: &str,
        credential: &Credential,
    ) -> Result<Option<FactorId>, CallFailed> {
        if credential.cred_id.len() > CREDENTIAL_ID_BYTES_MAX {
            return Ok(None);
        }
        let id = FactorId::draw(self.entropy.as_ref());
        let factor = Factor {
            subject: subject.clone(),
            kind: kind()?,
            label: label.to_owned(),
            reference: Some(URL_SAFE_NO_PAD.encode(&credential.cred_id)),
            sealed: self.sealed(&id, credential)?,
            version: 0,
            created_at: self.clock.now(),
            used_at: None,
            pending_until: None,
            id,
        };
        match self.factors.add(&factor).await? {
            Ok(()) => Ok(Some(factor.id)),
            Err(FactorRefused::ReferenceTaken | FactorRefused::NoAccount) => Ok(None),
            Err(refused @ FactorRefused::TooMany) => Err(CapabilityError::Invalid { why: refused.to_string() }.into()),
        }
    }

    /// Notes that a passkey was used, with what changed in it. Answers `false` when somebody was faster.
    pub(super) async fn note_use(&self, factor: &mut Factor, credential: &Credential) -> Result<bool, Fault> {
        factor.sealed = self.sealed(&factor.id, credential)?;
        factor.used_at = Some(self.clock.now());
        self.factors.replace(factor).await
    }

    fn sealed(&self, id: &FactorId, credential: &Credential) -> Result<String, Fault> {
        let text = serde_json::to_string(credential).map_err(|error| Fault::caused(PLACE, error))?;
        self.sealer.seal(&purpose(id), &SecretText::new(text))
    }

    fn opened(&self, factor: Factor) -> Result<Kept, Fault> {
        let text = self.sealer.open(&purpose(&factor.id), &factor.sealed)?;
        let credential = serde_json::from_str(text.expose()).map_err(|error| Fault::caused(PLACE, error))?;
        Ok(Kept { factor, credential })
    }
}

/// Bound to the factor: what is sealed with one opens with no other.
fn purpose(id: &FactorId) -> String {
    format!("factor.passkey.{id}")
}

fn kind() -> Result<FactorKind, Fault> {
    FactorKind::parse(PASSKEY).map_err(|error| Fault::caused(PLACE, error))
}
