//! The tokens of a grant: decided together before the grant is consumed, signed together after it.

use super::access_token::{AccessTokenParts, PreparedAccessToken};
use super::id_token::{IdTokenParts, PreparedIdToken};
use super::refresh_token::{Prepared, RefreshTokenParts};
use crate::Engine;
use crate::answers::Form;
use crate::error::EndpointError;
use gatewright_domain::access_token::OpaqueAccessToken;
use gatewright_domain::client::{AccessTokenFormat, Client};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::confirmation::Confirmation;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Policy;
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::refresh_token::RefreshToken;
use gatewright_domain::user::User;
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::nonce::Nonce;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::token::{TokenResponse, TokenType};

/// What an end-user granted, on the way into tokens.
pub(super) struct Grant<'g> {
    pub client: &'g Client,
    pub user: &'g User,
    pub context: &'g AuthenticationContext,
    pub family: &'g FamilyId,
    /// Scope of the access and the ID token.
    pub scope: &'g Scope,
    /// Scope that a refresh token may ask for later.
    pub refresh_scope: &'g Scope,
    /// When the family began.
    pub began: Timestamp,
    pub claims: Option<&'g ClaimsRequest>,
    pub nonce: Option<&'g Nonce>,
    /// What the access token is bound to.
    pub confirmation: &'g Confirmation,
    pub grant_type: &'g str,
}

/// Tokens that are decided and not yet signed.
pub(super) struct PreparedTokens {
    access: PreparedAccessToken,
    id_token: Option<PreparedIdToken>,
    refresh: Prepared,
}

impl PreparedTokens {
    /// The access token as stored, where it is opaque.
    pub fn opaque(&self) -> Option<OpaqueAccessToken> {
        self.access.opaque()
    }

    /// The refresh token as stored, where there is one.
    pub fn refresh_token(&self) -> Option<RefreshToken> {
        self.refresh.as_ref().map(|(token, _)| token.clone())
    }

    /// Leaves the refresh token out: the client keeps the one it has.
    pub fn without_refresh_token(&mut self) {
        self.refresh = None;
    }

    /// When the last of them ends.
    pub fn expires_at(&self) -> Timestamp {
        let access = self.access.expires_at();
        self.refresh.as_ref().map_or(access, |(token, _)| token.expires_at.max(access))
    }
}

impl Grant<'_> {
    fn id_token_parts<'p>(&'p self, access_token: Option<&'p str>) -> IdTokenParts<'p> {
        IdTokenParts {
            client: self.client,
            user: self.user,
            context: self.context,
            scope: self.scope,
            claims: self.claims,
            nonce: self.nonce,
            code: None,
            access_token,
            alone: false,
            grant_type: self.grant_type,
        }
    }
}

impl Engine {
    pub(super) async fn prepare_tokens(
        &self,
        policy: &dyn Policy,
        grant: &Grant<'_>,
    ) -> Result<PreparedTokens, EndpointError> {
        self.admit_signing(grant)?;
        let seal = match grant.scope.contains("openid") {
            true => Some(self.seal_for(grant.client, Form::id_token(grant.client)).await?),
            false => None,
        };
        let access = AccessTokenParts {
            client: grant.client,
            end_user: Some((grant.user, grant.context)),
            scope: grant.scope,
            family: Some(grant.family),
            confirmation: grant.confirmation,
            grant_type: grant.grant_type,
        };
        let refresh = RefreshTokenParts {
            client: grant.client,
            user: grant.user,
            context: grant.context,
            family: grant.family,
            scope: grant.refresh_scope,
            began: grant.began,
            grant_type: grant.grant_type,
        };
        Ok(PreparedTokens {
            access: self.prepare_access_token(policy, &access).await??,
            id_token: match seal {
                Some(seal) => Some(self.prepare_id_token(policy, &grant.id_token_parts(None), seal).await??),
                None => None,
            },
            refresh: self.prepare_refresh_token(policy, &refresh).await??,
        })
    }

    /// Whether there is a key for the access token, which is signed after the grant is consumed: without it the grant is
    /// not consumed.
    fn admit_signing(&self, grant: &Grant<'_>) -> Result<(), Fault> {
        let signer = &self.world.signer;
        let needed = signer.default_algorithm();
        let is_signed = grant.client.tokens.access_token_format == AccessTokenFormat::Jwt;
        if is_signed && !signer.algorithms().contains(&needed) {
            let message = format!("there is no {needed} key to sign this client's tokens with; nothing was consumed");
            return Err(Fault::new("token.issue", message));
        }
        Ok(())
    }

    pub(super) fn sign_tokens(&self, prepared: PreparedTokens, grant: &Grant<'_>) -> Result<TokenResponse, Fault> {
        let (expires_in, scope) = (prepared.access.lifetime_s(), prepared.access.scope().clone());
        let access_token = self.sign_access_token(prepared.access)?;
        let parts = grant.id_token_parts(Some(&access_token));
        let id_token = prepared.id_token.map(|id_token| self.sign_id_token(id_token, &parts)).transpose()?;
        Ok(TokenResponse {
            access_token,
            token_type: token_type(grant.confirmation),
            expires_in,
            refresh_token: prepared.refresh.map(|(_, value)| value.into_text()),
            id_token,
            scope: Some(scope),
        })
    }
}

/// How an access token that is bound so is used. One that is bound to a certificate alone is presented as a bearer token
/// (RFC 8705 3).
pub(super) fn token_type(confirmation: &Confirmation) -> TokenType {
    if confirmation.jkt.is_some() { TokenType::Dpop } else { TokenType::Bearer }
}
