//! `oidc`: sign-in at other OpenID Providers that the operator configured (OpenID Connect Core 3.1).

use super::CallFailed;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a hook asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "oidc", rename_all = "snake_case")]
pub enum OidcCall {
    /// Where to send the browser.
    AuthorizationUrl {
        /// To which provider.
        provider: String,
        /// The `state` of the visit.
        state: String,
    },
    /// Who came back.
    Redeem {
        /// From which provider.
        provider: String,
        /// The `state` of the visit.
        state: String,
        /// What the browser brought.
        returned: BTreeMap<String, String>,
    },
}

/// Who signed in elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The provider's issuer.
    pub issuer: String,
    /// `sub` there.
    pub subject: String,
    /// The claims of the ID token.
    pub claims: Map<String, Value>,
}

/// Talks to other providers. What ties a visit to its return (`nonce`, the PKCE verifier) is derived from `state` under
/// the master key, so that nothing has to be stored and any node can finish.
#[async_trait]
pub trait UpstreamOidc: Send + Sync {
    /// Where to send the browser.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn authorization_url(&self, provider: &str, state: &str) -> Result<String, CallFailed>;

    /// Redeems the code and verifies the ID token; none where the provider says that nobody signed in.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn redeem(
        &self,
        provider: &str,
        state: &str,
        returned: &BTreeMap<String, String>,
    ) -> Result<Option<SignedIn>, CallFailed>;
}
