//! `recovery`: codes that an end-user wrote down. Of each only a keyed digest is stored, sealed.

use crate::factor_vault::{FactorVault, NewFactor, own_kind};
use crate::tries::{guess_at_factor, under_limit};
use async_trait::async_trait;
use gatewright_domain::capabilities::guessing::GuessLimit;
use gatewright_domain::capabilities::recovery::{RECOVERY_CODES, Recovery};
use gatewright_domain::capabilities::{Attempt, CallFailed, CapabilityError};
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::factor::{Factor, RECOVERY};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FactorKind, Subject};
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::UserStore;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// Letters of a code: what is left of digits and capitals without those that are taken for one another (I, L, O, U).
pub const RECOVERY_ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code: 60 random bits.
pub const RECOVERY_CODE_CHARS: usize = 12;

const PLACE: &str = "recovery";
/// Letters between two hyphens.
const GROUP_CHARS: usize = 4;
const LABEL: &str = "Recovery codes";
/// Times that a change is tried on a set which others change meanwhile.
const ATTEMPTS_MAX: usize = RECOVERY_CODES + 2;

/// What the capability is put together from.
#[derive(Clone)]
pub struct RecoverySetup {
    /// Where the digests are.
    pub vault: FactorVault,
    /// Makes the digests.
    pub sealer: Arc<dyn Sealer>,
    /// Whose they can be.
    pub users: Arc<dyn UserStore>,
    /// How fast codes may be guessed.
    pub guesses: Arc<dyn GuessLimit>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Codes.
    pub entropy: Arc<dyn Entropy>,
}

/// Recovery codes. An end-user has one set of them: its reference is the subject, and that is unique.
pub struct RecoveryCodes {
    setup: RecoverySetup,
    kind: FactorKind,
}

/// What is stored with a set.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    /// Of the codes that are left.
    digests: Vec<String>,
}

impl RecoveryCodes {
    /// Of these parts.
    pub fn new(setup: RecoverySetup) -> Self {
        Self { setup, kind: own_kind(RECOVERY) }
    }

    async fn is_enabled(&self, subject: &Subject) -> Result<bool, Fault> {
        Ok(self.setup.users.find(subject).await?.is_some_and(|user| !user.disabled))
    }

    async fn set(&self, subject: &Subject) -> Result<Option<Factor>, Fault> {
        self.setup.vault.store().find_by_reference(&self.kind, subject.as_str()).await
    }

    fn digest(&self, subject: &Subject, code: &str) -> String {
        self.setup.sealer.keyed_digest(&format!("recovery code/{subject}"), code)
    }

    /// Twelve letters, each drawn alike: five bits of a byte name one of 32.
    fn draw(&self) -> SecretText {
        let mut drawn = [0u8; RECOVERY_CODE_CHARS];
        self.setup.entropy.fill(&mut drawn);
        let letters = drawn.iter().map(|byte| char::from(RECOVERY_ALPHABET[usize::from(byte & 31)]));
        let mut code = String::with_capacity(RECOVERY_CODE_CHARS + RECOVERY_CODE_CHARS / GROUP_CHARS);
        for (place, letter) in letters.enumerate() {
            if place > 0 && place % GROUP_CHARS == 0 {
                code.push('-');
            }
            code.push(letter);
        }
        SecretText::new(code)
    }

    /// Puts the digests in the place of those there are.
    async fn store(&self, subject: &Subject, stored: &Stored) -> Result<bool, CallFailed> {
        let now = self.setup.clock.now();
        if let Some(set) = self.set(subject).await? {
            return Ok(self.setup.vault.replace(Factor { used_at: None, ..set }, stored).await?);
        }
        let reference = Some(subject.as_str());
        let new =
            NewFactor { subject, kind: &self.kind, label: LABEL, reference, created_at: now, pending_until: None };
        match self.setup.vault.add(new, stored).await {
            Ok(_) => Ok(true),
            // Another set came between, or there is no room for any.
            Err(CallFailed::Capability(refused)) => match self.set(subject).await? {
                Some(_) => Ok(false),
                None => Err(refused.into()),
            },
            Err(fault) => Err(fault),
        }
    }

    /// The set that the code is of. Each digest is compared, in a time that tells nothing.
    async fn look(&self, subject: &Subject, typed: &str) -> Result<Option<Factor>, Fault> {
        let enabled = self.is_enabled(subject).await?;
        let digest = self.digest(subject, typed);
        let Some(set) = self.set(subject).await? else { return Ok(None) };
        let found = place_of(&self.setup.vault.open(&set)?, &digest).is_some();
        Ok((found && enabled).then_some(set))
    }

    /// Takes the code out of its set, if no other use of it came first.
    async fn spend(&self, mut set: Factor, typed: &str) -> Result<Option<()>, Fault> {
        let subject = set.subject.clone();
        let digest = self.digest(&subject, typed);
        for _ in 0..ATTEMPTS_MAX {
            let mut stored: Stored = self.setup.vault.open(&set)?;
            let Some(place) = place_of(&stored, &digest) else { return Ok(None) };
            stored.digests.remove(place);
            let used = Factor { used_at: Some(self.setup.clock.now()), ..set };
            if self.setup.vault.replace(used, &stored).await? {
                return Ok(Some(()));
            }
            match self.set(&subject).await? {
                Some(changed) => set = changed,
                None => return Ok(None),
            }
        }
        Ok(None)
    }
}

#[async_trait]
impl Recovery for RecoveryCodes {
    async fn renew(&self, subject: &Subject) -> Result<Vec<SecretText>, CallFailed> {
        if !self.is_enabled(subject).await? {
            return Err(CapabilityError::Invalid { why: "there is no such end-user".to_owned() }.into());
        }
        let codes: Vec<SecretText> = (0..RECOVERY_CODES).map(|_| self.draw()).collect();
        let digests = codes.iter().map(|code| self.digest(subject, &letters(code))).collect();
        let stored = Stored { digests };
        for _ in 0..ATTEMPTS_MAX {
            if self.store(subject, &stored).await? {
                return Ok(codes);
            }
        }
        Err(Fault::new(PLACE, "the set of codes is changed faster than it can be renewed").into())
    }

    async fn remaining(&self, subject: &Subject) -> Result<usize, CallFailed> {
        let Some(set) = self.set(subject).await? else { return Ok(0) };
        Ok(self.setup.vault.open::<Stored>(&set)?.digests.len())
    }

    async fn verify(&self, attempt: &Attempt<'_>, code: &SecretText) -> Result<bool, CallFailed> {
        let typed = letters(code);
        let look = self.look(attempt.subject, &typed);
        let spend = |set| self.spend(set, &typed);
        let spent = under_limit(self.setup.guesses.as_ref(), &guess_at_factor(attempt), look, spend).await?;
        Ok(spent.is_some())
    }
}

fn place_of(stored: &Stored, digest: &str) -> Option<usize> {
    let mut found = None;
    for (place, one) in stored.digests.iter().enumerate() {
        if bool::from(one.as_bytes().ct_eq(digest.as_bytes())) {
            found = Some(place);
        }
    }
    found
}

/// The code as it is compared: however it was grouped, in capitals, and with the letters that were read wrong.
fn letters(code: &SecretText) -> String {
    let written = code.expose().chars().filter(|letter| !letter.is_whitespace() && *letter != '-');
    let read = written.map(|letter| match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    });
    // One more than a code has shows that it is none.
    read.take(RECOVERY_CODE_CHARS + 1).collect()
}

#[cfg(test)]
mod tests;
