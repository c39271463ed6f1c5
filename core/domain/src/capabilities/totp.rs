//! `totp`: authenticator apps (RFC 6238). Their keys never leave the server but on the page that shows them to the
//! end-user.

use super::{Attempt, CallFailed};
use crate::flow::SecretRef;
use crate::identifiers::{FactorId, Subject};
use crate::secret::SecretText;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};

/// What a hook asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "totp", rename_all = "snake_case")]
pub enum TotpCall {
    /// Begin an enrolment.
    Begin {
        /// Whose.
        subject: Subject,
    },
    /// Confirm it.
    Confirm {
        /// Which.
        enrolment: FactorId,
        /// What the end-user calls it.
        label: String,
        /// What their app shows.
        code: SecretRef,
    },
    /// Compare a code.
    Verify {
        /// Whose.
        subject: Subject,
        /// As typed.
        code: SecretRef,
    },
}

/// The key of an enrolment, as an authenticator app takes it.
#[derive(Debug, Clone)]
pub struct TotpKey {
    /// `otpauth://totp/…`, for the QR code.
    pub uri: SecretText,
    /// The key in base32, for typing.
    pub key: SecretText,
}

/// Makes, keeps and compares.
#[async_trait]
pub trait Totp: Send + Sync {
    /// Makes a key for the end-user; the enrolment ends after [`ENROLMENT_S`](crate::factor::ENROLMENT_S).
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn begin(&self, subject: &Subject) -> Result<FactorId, CallFailed>;

    /// The key of an enrolment that is not confirmed yet, to be shown; none where there is no such.
    ///
    /// # Errors
    /// A fault.
    async fn key(&self, enrolment: &FactorId) -> Result<Option<TotpKey>, CallFailed>;

    /// Makes a factor of the enrolment if the code is right.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn confirm(&self, enrolment: &FactorId, label: &str, code: &SecretText) -> Result<bool, CallFailed>;

    /// The end-user's factor that the code is of. A code counts once, and every one that is tried counts as a guess.
    ///
    /// # Errors
    /// A fault.
    async fn verify(&self, attempt: &Attempt<'_>, code: &SecretText) -> Result<Option<FactorId>, CallFailed>;
}
