//! What the host performs calls with.

use crate::capabilities::http::HttpClient;
use crate::capabilities::kv::KeyValue;
use crate::capabilities::users::UserDirectory;
use crate::capabilities::vault::SecretVault;
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
}
