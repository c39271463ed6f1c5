//! ID tokens (OpenID Connect Core 2, 3.1.3.6, 3.3.2.11).

use super::customize::Draft;
use crate::Engine;
use crate::answers::Seal;
use crate::claim_sets::ClaimSubject;
use gatewright_domain::client::Client;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::HookFault;
use gatewright_domain::hooks::{ClaimsDestination, Policy, TokenKind};
use gatewright_domain::user::User;
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::hashes::left_half_hash;
use gatewright_protocol::nonce::Nonce;
use gatewright_protocol::scope::Scope;
use serde_json::{Map, Value, json};

/// What an ID token is made of.
pub(crate) struct IdTokenParts<'p> {
    pub client: &'p Client,
    pub user: &'p User,
    pub context: &'p AuthenticationContext,
    pub scope: &'p Scope,
    pub claims: Option<&'p ClaimsRequest>,
    pub nonce: Option<&'p Nonce>,
    /// The code it is issued with, for `c_hash`.
    pub code: Option<&'p str>,
    /// The access token it is issued with, for `at_hash`.
    pub access_token: Option<&'p str>,
    /// No access token can fetch the scope's claims: they go into this token (OpenID Connect Core 5.4).
    pub alone: bool,
    pub grant_type: &'p str,
}

/// An ID token that is decided and not yet signed.
pub(crate) struct PreparedIdToken {
    claims: Map<String, Value>,
    seal: Seal,
}

impl Engine {
    /// Decides everything about an ID token but the hashes of what it is issued with.
    pub(crate) async fn prepare_id_token(
        &self,
        policy: &dyn Policy,
        parts: &IdTokenParts<'_>,
        seal: Seal,
    ) -> Result<Result<PreparedIdToken, Refusal>, HookFault> {
        let about = ClaimSubject {
            client: parts.client,
            user: parts.user,
            scope: parts.scope,
            requested: parts.claims.map(|claims| &claims.id_token),
            locales: parts.claims.map(|claims| &claims.locales),
            acr: parts.context.acr.as_str(),
            by_scope: parts.alone,
        };
        let mut claims = self.gather_claims(policy, ClaimsDestination::IdToken, &about).await?;
        claims.extend(self.protected_claims(parts));
        let draft = Draft {
            kind: TokenKind::Id,
            client: parts.client,
            user: Some(parts.user),
            grant_type: parts.grant_type,
            acr: Some(parts.context.acr.as_str()),
            scope: parts.scope.clone(),
            audience: vec![parts.client.id.to_string()],
            lifetime_s: self.settings.lifetimes.id_token_s,
            claims,
        };
        Ok(match self.customize(policy, draft).await? {
            Err(refusal) => Err(refusal),
            Ok(draft) => {
                let now = self.now();
                let mut claims = draft.claims;
                claims.insert("iat".into(), now.0.into());
                claims.insert("exp".into(), now.plus(draft.lifetime_s).0.into());
                Ok(PreparedIdToken { claims, seal })
            }
        })
    }

    /// Adds the hashes, signs with the client's algorithm, and encrypts where the client wants it.
    pub(crate) fn sign_id_token(&self, prepared: PreparedIdToken, parts: &IdTokenParts<'_>) -> Result<String, Fault> {
        let algorithm = parts.client.tokens.id_token_algorithm;
        let mut claims = prepared.claims;
        for (name, value) in [("c_hash", parts.code), ("at_hash", parts.access_token)] {
            if let Some(value) = value {
                claims.insert(name.into(), left_half_hash(algorithm, value).into());
            }
        }
        self.sealed_claims(&prepared.seal, &claims)
    }

    fn protected_claims(&self, parts: &IdTokenParts<'_>) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("iss".into(), self.settings.issuer.to_string().into());
        claims.insert("sub".into(), self.sub_for(parts.client, &parts.user.subject).into());
        claims.insert("aud".into(), parts.client.id.as_str().into());
        claims.insert("auth_time".into(), parts.context.auth_time.0.into());
        claims.insert("acr".into(), parts.context.acr.as_str().into());
        claims.insert("amr".into(), json!(parts.context.amr));
        claims.insert("sid".into(), parts.context.session.as_str().into());
        if let Some(nonce) = parts.nonce {
            claims.insert("nonce".into(), nonce.as_str().into());
        }
        claims
    }
}
