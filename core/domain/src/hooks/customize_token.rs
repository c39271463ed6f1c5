//! `customize_token`: what a token says, how long it lives and for whom it is. Asked before each access, ID
//! and refresh token is signed; each binding sees the last one's result.

use super::login::{ClientView, sample_user};
use super::shape::{Shaped, contract, one_of};
use crate::user::UserView;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Which token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Access token.
    Access,
    /// ID token.
    Id,
    /// Refresh token: only its lifetime can change.
    Refresh,
}

impl Shaped for TokenKind {
    fn shape() -> Value {
        one_of(&[Self::Access, Self::Id, Self::Refresh])
    }
}

contract! {
    /// What the hook is told.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct CustomizeTokenInput {
        /// Which token.
        pub kind: TokenKind,
        /// For whom.
        pub client: ClientView,
        /// On whose behalf; none for client credentials.
        pub user: Option<UserView>,
        /// `authorization_code`, `refresh_token`, `client_credentials` or `implicit` (front channel).
        pub grant_type: String,
        /// Scope of the token.
        pub scope: Vec<String>,
        /// `aud` of an access token; the client itself for an ID token.
        pub audience: Vec<String>,
        /// Life in seconds.
        pub lifetime_s: u64,
        /// Claims so far, protected ones among them; empty for a refresh token.
        pub claims: Map<String, Value>,
        /// ACR reached; none for client credentials.
        pub acr: Option<String>,
    }
}

/// What it may decide.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomizeTokenDecision {
    /// With these changes, perhaps none.
    Change(TokenChanges),
    /// No token: the whole request is refused.
    Deny {
        /// For the client (`error_description`).
        reason: String,
    },
}

/// Changes to one token.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TokenChanges {
    /// Claims to set. A protected claim is a fault. `null` removes one that is not protected.
    pub claims: Map<String, Value>,
    /// Life in seconds, from 1 to [`LIFETIME_S_MAX`].
    pub lifetime_s: Option<u64>,
    /// `aud`; access tokens only.
    pub audience: Option<Vec<String>>,
    /// Less scope; access tokens only.
    pub scope: Option<Scope>,
}

/// Longest life a hook can give a token, in seconds (one year).
pub const LIFETIME_S_MAX: u64 = 365 * 24 * 3600;

impl CustomizeTokenInput {
    /// A sample.
    pub fn sample() -> Self {
        let claims = json!({ "iss": "https://id.example.com", "sub": "248289761001", "client_id": "demo" });
        Self {
            kind: TokenKind::Access,
            client: super::login::Login::sample().client,
            user: serde_json::from_value(sample_user()).ok(),
            grant_type: "authorization_code".into(),
            scope: vec!["openid".into(), "profile".into()],
            audience: vec!["https://id.example.com".into()],
            lifetime_s: 300,
            claims: claims.as_object().cloned().unwrap_or_default(),
            acr: Some("pwd".into()),
        }
    }
}
