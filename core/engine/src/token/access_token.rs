//! Access tokens: a JWT of RFC 9068 or an opaque value, by client.

use super::customize::Draft;
use crate::Engine;
use gatewright_domain::access_token::{AccessTokenMeaning, OpaqueAccessToken};
use gatewright_domain::client::{AccessTokenFormat, Client};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::confirmation::{CONFIRMATION_CLAIM, Confirmation};
use gatewright_domain::entropy::random_text;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::HookFault;
use gatewright_domain::hooks::{Policy, TokenKind};
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::signing::TokenType;
use gatewright_domain::token_hash::RandomToken;
use gatewright_domain::user::User;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::scope::Scope;
use serde_json::{Map, Value, json};

/// The claim that names the token family, so that revoking the family reaches JWTs.
pub(crate) const FAMILY_CLAIM: &str = "token_family";

/// What an access token is made of.
pub(crate) struct AccessTokenParts<'p> {
    pub client: &'p Client,
    /// The end-user and how they authenticated; none for client credentials.
    pub end_user: Option<(&'p User, &'p AuthenticationContext)>,
    pub scope: &'p Scope,
    pub family: Option<&'p FamilyId>,
    /// What it is bound to.
    pub confirmation: &'p Confirmation,
    pub grant_type: &'p str,
}

/// An access token that is decided and not yet signed.
pub(crate) struct PreparedAccessToken {
    meaning: AccessTokenMeaning,
    claims: Map<String, Value>,
    opaque: Option<RandomToken>,
    lifetime_s: u64,
}

impl PreparedAccessToken {
    /// Its scope, after the policy.
    pub fn scope(&self) -> &Scope {
        &self.meaning.scope
    }

    /// Its lifetime in seconds, after the policy.
    pub fn lifetime_s(&self) -> u64 {
        self.lifetime_s
    }

    /// When it ends.
    pub fn expires_at(&self) -> Timestamp {
        self.meaning.expires_at
    }

    /// Makes it one of a family that lasts at least as long. For a token whose family depends on when it ends.
    pub fn join(&mut self, family: FamilyId) {
        self.claims.insert(FAMILY_CLAIM.into(), family.as_str().into());
        if self.opaque.is_some() {
            self.meaning.claims.insert(FAMILY_CLAIM.into(), family.as_str().into());
        }
        self.meaning.family = Some(family);
    }

    /// What is to be stored, where it is opaque.
    pub fn opaque(&self) -> Option<OpaqueAccessToken> {
        let value = self.opaque.as_ref()?;
        Some(OpaqueAccessToken { hash: value.hash(), meaning: self.meaning.clone() })
    }
}

impl Engine {
    /// Decides everything about an access token.
    pub(crate) async fn prepare_access_token(
        &self,
        policy: &dyn Policy,
        parts: &AccessTokenParts<'_>,
    ) -> Result<Result<PreparedAccessToken, Refusal>, HookFault> {
        let now = self.now();
        let id = random_text::<16>(self.world.entropy.as_ref());
        let preferences = &parts.client.tokens;
        let draft = Draft {
            kind: TokenKind::Access,
            client: parts.client,
            user: parts.end_user.map(|(user, _)| user),
            grant_type: parts.grant_type,
            acr: parts.end_user.map(|(_, context)| context.acr.as_str()),
            scope: parts.scope.clone(),
            audience: vec![self.settings.issuer.to_string()],
            lifetime_s: preferences.access_token_lifetime_s.unwrap_or(self.settings.lifetimes.access_token_s),
            claims: self.access_claims(parts, &id),
        };
        let draft = match self.customize(policy, draft).await? {
            Ok(draft) => draft,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let expires_at = now.plus(draft.lifetime_s);
        let opaque = match preferences.access_token_format {
            AccessTokenFormat::Opaque => Some(RandomToken::draw(self.world.entropy.as_ref())),
            AccessTokenFormat::Jwt => None,
        };
        let mut claims = draft.claims;
        claims.insert("iat".into(), now.0.into());
        claims.insert("exp".into(), expires_at.0.into());
        claims.insert("scope".into(), draft.scope.to_string().into());
        claims.insert("aud".into(), audience_claim(&draft.audience));
        let meaning = AccessTokenMeaning {
            id,
            family: parts.family.cloned(),
            client_id: parts.client.id.clone(),
            subject: parts.end_user.map(|(user, _)| user.subject.clone()),
            scope: draft.scope,
            audience: draft.audience,
            issued_at: now,
            expires_at,
            claims: if opaque.is_some() { claims.clone() } else { Map::new() },
        };
        Ok(Ok(PreparedAccessToken { meaning, claims, opaque, lifetime_s: draft.lifetime_s }))
    }

    /// Signs a prepared access token, or gives its opaque value.
    pub(crate) fn sign_access_token(&self, prepared: PreparedAccessToken) -> Result<String, Fault> {
        match prepared.opaque {
            Some(value) => Ok(value.into_text()),
            None => {
                let signer = &self.world.signer;
                signer.sign(signer.default_algorithm(), TokenType::AccessToken, &prepared.claims)
            }
        }
    }

    fn access_claims(&self, parts: &AccessTokenParts<'_>, id: &str) -> Map<String, Value> {
        let mut claims = Map::new();
        claims.insert("iss".into(), self.settings.issuer.to_string().into());
        claims.insert("client_id".into(), parts.client.id.as_str().into());
        claims.insert("jti".into(), id.into());
        match parts.end_user {
            None => {
                claims.insert("sub".into(), parts.client.id.as_str().into());
            }
            Some((user, context)) => {
                claims.insert("sub".into(), self.sub_for(parts.client, &user.subject).into());
                claims.insert("auth_time".into(), context.auth_time.0.into());
                claims.insert("acr".into(), context.acr.as_str().into());
                claims.insert("amr".into(), json!(context.amr));
                claims.insert("sid".into(), context.session.as_str().into());
            }
        }
        if !parts.confirmation.is_none() {
            claims.insert(CONFIRMATION_CLAIM.into(), parts.confirmation.claim());
        }
        if let Some(family) = parts.family {
            claims.insert(FAMILY_CLAIM.into(), family.as_str().into());
        }
        claims
    }
}

fn audience_claim(audience: &[String]) -> Value {
    match audience {
        [one] => Value::from(one.as_str()),
        many => json!(many),
    }
}
