//! `webauthn`: passkeys and security keys (W3C Web Authentication). A ceremony is begun, shown on a page, and finished
//! once with what the browser answered.

use super::CallFailed;
use crate::flow::SecretRef;
use crate::identifiers::{FactorId, Subject};
use crate::secret::SecretText;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest life of a ceremony, in seconds.
pub const CEREMONY_S: u64 = 600;
/// Largest response of a browser, in bytes.
pub const RESPONSE_BYTES_MAX: usize = 32 * 1024;

/// What a hook asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "webauthn", rename_all = "snake_case")]
pub enum WebauthnCall {
    /// Begin to register a passkey.
    BeginRegistration {
        /// Whose.
        subject: Subject,
    },
    /// Make a factor of it.
    FinishRegistration {
        /// Which ceremony.
        ceremony: String,
        /// What the end-user calls it.
        label: String,
        /// What the browser answered.
        response: SecretRef,
    },
    /// Begin to sign with a passkey.
    BeginAuthentication {
        /// Of this end-user; none: of whoever has one here.
        subject: Option<Subject>,
    },
    /// Look at the signature.
    FinishAuthentication {
        /// Which ceremony.
        ceremony: String,
        /// What the browser answered.
        response: SecretRef,
    },
}

/// A signature that is right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyVerified {
    /// Whose passkey it is.
    pub subject: Subject,
    /// Which.
    pub factor: FactorId,
    /// The authenticator asked for a PIN or a fingerprint.
    pub user_verified: bool,
}

/// Runs ceremonies.
#[async_trait]
pub trait Webauthn: Send + Sync {
    /// Begins to register a passkey; answers the ceremony.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn begin_registration(&self, subject: &Subject) -> Result<String, CallFailed>;

    /// Begins to sign with a passkey; answers the ceremony.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn begin_authentication(&self, subject: Option<&Subject>) -> Result<String, CallFailed>;

    /// What the browser is to be given for a ceremony: the options of `navigator.credentials`, in JSON; none where it
    /// ended or was finished.
    ///
    /// # Errors
    /// A fault.
    async fn options(&self, ceremony: &str) -> Result<Option<Value>, CallFailed>;

    /// Makes a factor of what the browser answered, if it is right.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn finish_registration(
        &self,
        ceremony: &str,
        label: &str,
        response: &SecretText,
    ) -> Result<Option<FactorId>, CallFailed>;

    /// Whose passkey the browser signed with, if it is right. One whose counter went back is not.
    ///
    /// # Errors
    /// A fault.
    async fn finish_authentication(
        &self,
        ceremony: &str,
        response: &SecretText,
    ) -> Result<Option<PasskeyVerified>, CallFailed>;
}
