//! Who asks, and what they may: an access token of this very server (RFC 6750), that a client got for itself with a scope
//! that its operator gave it, or the bootstrap token.

use super::{Admin, bootstrap};
use crate::operations::{OperationError, Problem, ProblemKind};
use gatewright_domain::admin_scope::EVERYTHING;
use gatewright_engine::SignInLimit;
use gatewright_engine::binding::PresentedAccess;
use gatewright_engine::error::EndpointError;
use gatewright_protocol::scope::{Scope, ScopeValue};
use gatewright_protocol::token::TokenType;

/// Bad access tokens that one address may present at once, after some silence.
pub const BAD_TOKENS_AT_ONCE: u32 = 30;
/// What it earns back a minute.
pub const BAD_TOKENS_PER_MINUTE: u32 = 10;

/// How often an address may present a bad token.
pub(super) fn limit() -> SignInLimit {
    SignInLimit { per_minute: BAD_TOKENS_PER_MINUTE, at_once: BAD_TOKENS_AT_ONCE, trusted: Vec::new() }
}

/// Whoever asks.
#[derive(Debug, Clone)]
pub(super) struct Principal {
    /// By what the audit log knows them: a `client_id`, or the name of the bootstrap token.
    pub name: String,
    /// What their token allows.
    pub scope: Scope,
}

/// What an operation needs of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Needs {
    /// The resource, as scope values name it.
    pub resource: &'static str,
    /// `read` or `write`.
    pub access: &'static str,
}

impl Needs {
    pub(super) const fn read(resource: &'static str) -> Self {
        Self { resource, access: "read" }
    }

    pub(super) const fn write(resource: &'static str) -> Self {
        Self { resource, access: "write" }
    }

    /// The scope value that allows it; [`EVERYTHING`] does too.
    pub(super) fn value(self) -> String {
        format!("gatewright.{}.{}", self.resource, self.access)
    }

    pub(super) fn scope(self) -> Scope {
        ScopeValue::try_from(self.value().as_str()).into_iter().collect()
    }
}

impl Principal {
    /// Whether the token allows it.
    pub(super) fn may(&self, needs: Needs) -> bool {
        self.scope.contains(EVERYTHING) || self.scope.contains(&needs.value())
    }

    /// Whether the token allows everything that `scope` does: nobody makes or takes over a client that may do more than
    /// they may themselves.
    ///
    /// # Errors
    /// It does not.
    pub(super) fn hold(&self, scope: &Scope) -> Result<(), Problem> {
        if self.scope.contains(EVERYTHING) || scope.is_subset(&self.scope) {
            return Ok(());
        }
        let detail = format!("the client may do more ({scope}) than your own access token allows");
        Err(ProblemKind::Forbidden.says(detail))
    }
}

impl Admin {
    /// Whose token that is; none where it is not ours, for another audience, expired or revoked.
    ///
    /// # Errors
    /// What is wrong with how it is presented; a fault of ours.
    pub(super) async fn principal(&self, presented: &PresentedAccess<'_>) -> Result<Option<Principal>, EndpointError> {
        if presented.scheme == TokenType::Bearer
            && let Some(bootstrap) = bootstrap::principal(&self.stores, self.clock.now(), presented.token).await?
        {
            return Ok(Some(bootstrap));
        }
        let engine = &self.service.engine;
        let token = engine.access(presented).await?;
        let issuer = engine.settings().issuer.as_str();
        // What was issued on behalf of an end-user was consented to, which is no way to an operator's rights.
        let of_itself = token.family.is_none() && token.meaning.subject.is_none();
        if !of_itself || !(token.is_for(issuer) || token.is_for(&format!("{issuer}{}", super::BASE))) {
            return Ok(None);
        }
        let Some(client) = self.stores.clients.find(&token.meaning.client_id).await? else { return Ok(None) };
        // What the operator took from the client since counts at once.
        let scope = match client.registration_token {
            None => token.meaning.scope.intersection(&client.admin_scope),
            Some(_) => Scope::empty(),
        };
        Ok(Some(Principal { name: client.id.to_string(), scope }))
    }

    /// What is told where a token does not do.
    pub(super) fn refuse_token(needs: Needs) -> OperationError {
        ProblemKind::Forbidden.says(format!("the access token has neither {} nor {EVERYTHING}", needs.value())).into()
    }
}
