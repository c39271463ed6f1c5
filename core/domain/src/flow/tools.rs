//! What the host performs calls with.

use crate::capabilities::factors::Factors;
use crate::capabilities::http::HttpClient;
use crate::capabilities::kv::KeyValue;
use crate::capabilities::mail::Mail;
use crate::capabilities::oidc::UpstreamOidc;
use crate::capabilities::recovery::Recovery;
use crate::capabilities::totp::Totp;
use crate::capabilities::users::UserDirectory;
use crate::capabilities::vault::SecretVault;
use crate::capabilities::webauthn::Webauthn;
use crate::clock::Clock;
use crate::entropy::Entropy;
use std::sync::Arc;

/// The capabilities as the server has them, before any loan.
#[derive(Clone)]
pub struct Tools {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// `users`.
    pub users: Arc<dyn UserDirectory>,
    /// `kv`.
    pub kv: Arc<dyn KeyValue>,
    /// `http`.
    pub http: Arc<dyn HttpClient>,
    /// `secrets`.
    pub secrets: Arc<dyn SecretVault>,
    /// `factors`.
    pub factors: Arc<dyn Factors>,
    /// `totp`.
    pub totp: Arc<dyn Totp>,
    /// `webauthn`.
    pub webauthn: Arc<dyn Webauthn>,
    /// `mail`.
    pub mail: Arc<dyn Mail>,
    /// `recovery`.
    pub recovery: Arc<dyn Recovery>,
    /// `oidc`.
    pub oidc: Arc<dyn UpstreamOidc>,
}
