//! `totp`: codes of authenticator apps (RFC 6238): SHA-1, six digits, thirty seconds, as every app knows them.

use crate::factor_vault::{FactorVault, NewFactor, own_kind};
use crate::tries::{guess_at_factor, under_limit};
use async_trait::async_trait;
use gatewright_domain::capabilities::guessing::GuessLimit;
use gatewright_domain::capabilities::totp::{Totp, TotpKey};
use gatewright_domain::capabilities::{Attempt, CallFailed, CapabilityError};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::factor::{ENROLMENT_S, Factor, TOTP};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorId, FactorKind, Subject};
use gatewright_domain::secret::SecretText;
use gatewright_domain::store::UserStore;
use gatewright_domain::user::User;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use totp_rs::{Algorithm, Builder, Secret};
use zeroize::Zeroize;

/// Seconds that a code is shown.
pub const TOTP_STEP_S: u64 = 30;
/// Steps that the clock of an app may be before or after ours (RFC 6238 5.2).
pub const TOTP_DRIFT_STEPS: u16 = 1;

const PLACE: &str = "totp";
const DIGITS: u8 = 6;
/// Bytes of a key: as long as the output of SHA-1 (RFC 4226 4, R6).
const KEY_BYTES: usize = 20;
/// Times that a code is tried on a factor which others change meanwhile.
const ATTEMPTS_MAX: usize = 3;

/// What the capability is put together from.
#[derive(Clone)]
pub struct TotpSetup {
    /// Where the keys are.
    pub vault: FactorVault,
    /// Whose they can be.
    pub users: Arc<dyn UserStore>,
    /// How fast codes may be guessed.
    pub guesses: Arc<dyn GuessLimit>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Keys.
    pub entropy: Arc<dyn Entropy>,
    /// What apps call this server.
    pub issuer: String,
}

/// Authenticator apps.
pub struct AuthenticatorApps {
    setup: TotpSetup,
    kind: FactorKind,
}

/// What is stored with an app.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    /// In base32.
    key: String,
    /// The last step of which a code was accepted: neither it nor an earlier one counts again (RFC 6238 5.2).
    last_step: Option<u64>,
}

impl Drop for Stored {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl AuthenticatorApps {
    /// Of these parts.
    pub fn new(setup: TotpSetup) -> Self {
        Self { setup, kind: own_kind(TOTP) }
    }

    async fn enabled(&self, subject: &Subject) -> Result<Option<User>, Fault> {
        Ok(self.setup.users.find(subject).await?.filter(|user| !user.disabled))
    }

    /// An enrolment that can still be confirmed.
    async fn pending(&self, enrolment: &FactorId) -> Result<Option<Factor>, Fault> {
        let found = self.setup.vault.store().find(enrolment, self.setup.clock.now()).await?;
        Ok(found.filter(|factor| factor.kind == self.kind && factor.pending_until.is_some()))
    }

    fn generator(&self, stored: &Stored, username: &str) -> Result<totp_rs::Totp, Fault> {
        let key = Secret::try_from_base32(&stored.key).map_err(|_| Fault::new(PLACE, "a stored key is no base32"))?;
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(DIGITS)
            .with_step_duration(TOTP_STEP_S)
            .with_skew(TOTP_DRIFT_STEPS)
            .with_secret(key)
            .with_issuer(Some(without_colon(&self.setup.issuer)))
            .with_account_name(without_colon(username))
            .build()
            .map_err(|error| Fault::new(PLACE, error.to_string()))
    }

    /// The step of the code, where that is later than the last one of which a code was accepted.
    fn step(&self, stored: &Stored, code: &SecretText) -> Result<Option<u64>, Fault> {
        let now = u64::try_from(self.setup.clock.now().0).map_err(|_| Fault::new(PLACE, "it is before 1970"))?;
        let step = self.generator(stored, "")?.check(&digits(code), now);
        Ok(step.filter(|step| stored.last_step.is_none_or(|last| last < *step)))
    }

    /// The factor that the code is of.
    async fn look(&self, subject: &Subject, code: &SecretText) -> Result<Option<Factor>, Fault> {
        let user = self.enabled(subject).await?;
        let mut found = None;
        for factor in self.setup.vault.of_kind(subject, &self.kind).await? {
            if self.step(&self.setup.vault.open(&factor)?, code)?.is_some() {
                found = Some(factor);
            }
        }
        Ok(found.filter(|_| user.is_some()))
    }

    /// Makes the code count, if no other use of it came first.
    async fn spend(&self, mut factor: Factor, code: &SecretText) -> Result<Option<FactorId>, Fault> {
        let (vault, id) = (&self.setup.vault, factor.id.clone());
        for _ in 0..ATTEMPTS_MAX {
            let mut stored: Stored = vault.open(&factor)?;
            let Some(step) = self.step(&stored, code)? else { return Ok(None) };
            stored.last_step = Some(step);
            let used = Factor { used_at: Some(self.setup.clock.now()), ..factor };
            if vault.replace(used, &stored).await? {
                return Ok(Some(id));
            }
            match vault.store().find(&id, self.setup.clock.now()).await? {
                Some(changed) => factor = changed,
                None => return Ok(None),
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl Totp for AuthenticatorApps {
    async fn begin(&self, subject: &Subject) -> Result<FactorId, CallFailed> {
        if self.enabled(subject).await?.is_none() {
            return Err(CapabilityError::Invalid { why: "there is no such end-user".to_owned() }.into());
        }
        let mut bytes = [0u8; KEY_BYTES];
        self.setup.entropy.fill(&mut bytes);
        let stored = Stored { key: Secret::new_stack(bytes).to_base32(), last_step: None };
        bytes.zeroize();
        let now = self.setup.clock.now();
        let new = NewFactor {
            subject,
            kind: &self.kind,
            label: "",
            reference: None,
            created_at: now,
            pending_until: Some(now.plus(ENROLMENT_S)),
        };
        self.setup.vault.add(new, &stored).await
    }

    async fn key(&self, enrolment: &FactorId) -> Result<Option<TotpKey>, CallFailed> {
        let Some(factor) = self.pending(enrolment).await? else { return Ok(None) };
        let Some(user) = self.enabled(&factor.subject).await? else { return Ok(None) };
        let stored: Stored = self.setup.vault.open(&factor)?;
        let uri = self.generator(&stored, &user.username)?.to_url();
        let uri = uri.map_err(|error| Fault::new(PLACE, error.to_string()))?;
        Ok(Some(TotpKey { uri: SecretText::new(uri), key: SecretText::new(stored.key.clone()) }))
    }

    /// Is not counted as a guess: whoever can type a code here was shown its key.
    async fn confirm(&self, enrolment: &FactorId, label: &str, code: &SecretText) -> Result<bool, CallFailed> {
        let Some(factor) = self.pending(enrolment).await? else { return Ok(false) };
        let mut stored: Stored = self.setup.vault.open(&factor)?;
        let Some(step) = self.step(&stored, code)? else { return Ok(false) };
        stored.last_step = Some(step);
        let confirmed = Factor { label: label.to_owned(), pending_until: None::<Timestamp>, ..factor };
        Ok(self.setup.vault.replace(confirmed, &stored).await?)
    }

    async fn verify(&self, attempt: &Attempt<'_>, code: &SecretText) -> Result<Option<FactorId>, CallFailed> {
        let look = self.look(attempt.subject, code);
        let spend = |factor| self.spend(factor, code);
        Ok(under_limit(self.setup.guesses.as_ref(), &guess_at_factor(attempt), look, spend).await?)
    }
}

/// The code without the blank space that apps show and people type in it.
fn digits(code: &SecretText) -> String {
    code.expose().chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect()
}

/// A colon stands between issuer and account in the URI, and in neither of them.
fn without_colon(name: &str) -> String {
    name.replace(':', ".")
}

#[cfg(test)]
mod tests;
