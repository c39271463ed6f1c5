//! `customize_token`: what a token says, how long it lives and for whom it is. Asked before each is signed.

use super::Refusable;
use crate::Client;
use crate::bindings::customize_token::exports::gatewright::plugin::customize_token as wire;
use crate::bindings::types::Fault;
use crate::claim_set::ClaimSet;
use crate::export::{Served, decided};
use crate::failure::Outcome;
use crate::texts::Texts;
use crate::user::User;
use crate::value::Value;

pub use wire::TokenKind;

/// What it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Which token.
    pub kind: TokenKind,
    /// For whom.
    pub client: Client,
    /// On whose behalf; none for client credentials.
    pub user: Option<User>,
    /// `authorization_code`, `refresh_token`, `client_credentials` or `implicit`.
    pub grant_type: String,
    /// Its scope values.
    pub scope: Vec<String>,
    /// For whom it is good.
    pub audience: Vec<String>,
    /// How long it lives, in seconds.
    pub lifetime_s: u64,
    /// What it says so far; empty for a refresh token.
    pub claims: ClaimSet,
    /// The ACR reached; none for client credentials.
    pub acr: Option<String>,
}

/// What it decides.
#[derive(Debug, Clone, PartialEq)]
pub enum Decision {
    /// The token, with these changes.
    Change(Changes),
    /// No token.
    Deny(String),
}

/// Changes to one token.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// Claims to set; [`Value::Null`] removes one.
    pub claims: ClaimSet,
    /// Its life in seconds.
    pub lifetime_s: Option<u64>,
    /// For whom it is good; of access tokens alone.
    pub audience: Option<Vec<String>>,
    /// Less scope; of access tokens alone.
    pub scope: Option<Vec<String>>,
}

/// A plugin that changes tokens. Each kind of token has a function of its own, and is kept as it is where the plugin
/// has none for it; a plugin that treats all alike has `customize_token` instead.
pub trait CustomizeToken {
    /// An access token. Decides with [`keep`] or [`deny`](super::deny).
    ///
    /// # Errors
    /// Why there is no decision.
    fn access_token(_token: Input) -> Outcome<Decision> {
        Ok(keep())
    }

    /// An ID token.
    ///
    /// # Errors
    /// Why there is no decision.
    fn id_token(_token: Input) -> Outcome<Decision> {
        Ok(keep())
    }

    /// A refresh token: only its lifetime can be changed.
    ///
    /// # Errors
    /// Why there is no decision.
    fn refresh_token(_token: Input) -> Outcome<Decision> {
        Ok(keep())
    }

    /// Any token.
    ///
    /// # Errors
    /// Why there is no decision.
    fn customize_token(token: Input) -> Outcome<Decision> {
        match token.kind {
            TokenKind::Access => Self::access_token(token),
            TokenKind::Id => Self::id_token(token),
            TokenKind::Refresh => Self::refresh_token(token),
        }
    }
}

/// The token as it is, to be changed by the methods of [`Decision`].
pub fn keep() -> Decision {
    Decision::Change(Changes::default())
}

/// Changes; a refusal stays one.
impl Decision {
    /// Says `name`.
    #[must_use]
    pub fn claim(self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.change(|changes| changes.claims.put(name, value))
    }

    /// Does not say `name`.
    #[must_use]
    pub fn remove(self, name: impl Into<String>) -> Self {
        self.claim(name, Value::Null)
    }

    /// Lives so many seconds.
    #[must_use]
    pub fn lifetime(self, seconds: u64) -> Self {
        self.change(|changes| changes.lifetime_s = Some(seconds))
    }

    /// Is good for these alone.
    #[must_use]
    pub fn audience(self, audience: impl Texts) -> Self {
        self.change(|changes| changes.audience = Some(audience.texts()))
    }

    /// Has these scope values alone, which it had before.
    #[must_use]
    pub fn scope(self, scope: impl Texts) -> Self {
        self.change(|changes| changes.scope = Some(scope.texts()))
    }

    fn change(mut self, change: impl FnOnce(&mut Changes)) -> Self {
        if let Self::Change(changes) = &mut self {
            change(changes);
        }
        self
    }
}

impl Refusable for Decision {
    fn refused(reason: String) -> Self {
        Self::Deny(reason)
    }
}

impl From<Decision> for wire::Decision {
    fn from(decision: Decision) -> Self {
        match decision {
            Decision::Change(Changes { claims, lifetime_s, audience, scope }) => {
                Self::Change(wire::Changes { claims: claims.to_wire(), lifetime_s, audience, scope })
            }
            Decision::Deny(reason) => Self::Deny(reason),
        }
    }
}

impl<P: CustomizeToken> wire::Guest for Served<P> {
    fn customize_token(input: wire::Input) -> Result<wire::Decision, Fault> {
        let input = Input {
            kind: input.kind,
            client: input.client,
            user: input.user.map(Into::into),
            grant_type: input.grant_type,
            scope: input.scope,
            audience: input.audience,
            lifetime_s: input.lifetime_s,
            claims: ClaimSet::from_wire(input.claims),
            acr: input.acr,
        };
        decided(|| P::customize_token(input)).map(Into::into)
    }
}
