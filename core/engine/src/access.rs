//! Reading a presented access token of our own, JWT or opaque (RFC 6750, RFC 9068 4).

use crate::Engine;
use crate::authorization::names_audience;
use crate::token::access_token::FAMILY_CLAIM;
use gatewright_domain::access_token::AccessTokenMeaning;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::family::TokenFamily;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::signing::TokenType;
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::scope::Scope;
use serde_json::{Map, Value};

/// A live access token.
#[derive(Debug)]
pub struct LiveAccessToken {
    /// What it stands for.
    pub meaning: AccessTokenMeaning,
    /// What it descends from; none for what a client got for itself.
    pub family: Option<TokenFamily>,
    /// Every claim it carries, or would carry as a JWT.
    pub claims: Map<String, Value>,
}

impl LiveAccessToken {
    /// Whether it is meant for `audience`.
    pub fn is_for(&self, audience: &str) -> bool {
        names_audience(self.claims.get("aud"), audience)
    }
}

impl Engine {
    /// The access token behind a presented value, if it is one of ours, not expired and not revoked.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn live_access_token(&self, presented: &str) -> Result<Option<LiveAccessToken>, Fault> {
        let found =
            if presented.contains('.') { self.jwt_meaning(presented) } else { self.opaque_meaning(presented).await? };
        let Some((mut meaning, claims)) = found.filter(|(meaning, _)| self.now() < meaning.expires_at) else {
            return Ok(None);
        };
        let tokens = &self.world.stores.tokens;
        let family = match &meaning.family {
            None => None,
            Some(id) => match tokens.family(id).await? {
                Some(family) if family.revoked_at.is_some() => return Ok(None),
                None if !self.is_own(id).await? => return Ok(None),
                family => family,
            },
        };
        // What no end-user granted, the client has to vouch for.
        if family.is_none() && self.world.stores.clients.find(&meaning.client_id).await?.is_none() {
            return Ok(None);
        }
        if tokens.is_revoked(&meaning.id, None).await? {
            return Ok(None);
        }
        meaning.subject = family.as_ref().map(|family| family.authentication.subject.clone());
        Ok(Some(LiveAccessToken { meaning, family, claims }))
    }

    /// Whether a family lives in which a client gets tokens for itself.
    async fn is_own(&self, id: &FamilyId) -> Result<bool, Fault> {
        let found = self.world.stores.tokens.client_family(id).await?;
        Ok(found.is_some_and(|family| family.revoked_at.is_none()))
    }

    fn jwt_meaning(&self, jwt: &str) -> Option<(AccessTokenMeaning, Map<String, Value>)> {
        let claims = self.world.signer.verify(jwt, TokenType::AccessToken).ok()?;
        let issuer = claims.get("iss").and_then(Value::as_str)?;
        let meaning = if issuer == self.settings.issuer.as_str() { meaning_of(&claims)? } else { return None };
        Some((meaning, claims))
    }

    async fn opaque_meaning(&self, value: &str) -> Result<Option<(AccessTokenMeaning, Map<String, Value>)>, Fault> {
        let found = self.world.stores.tokens.find_opaque(&TokenHash::of(value)).await?;
        Ok(found.filter(|(_, revoked)| !revoked).map(|(token, _)| {
            let claims = token.meaning.claims.clone();
            (token.meaning, claims)
        }))
    }
}

fn meaning_of(claims: &Map<String, Value>) -> Option<AccessTokenMeaning> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let family = match text(FAMILY_CLAIM) {
        None => None,
        Some(id) => Some(FamilyId::parse(id).ok()?),
    };
    Some(AccessTokenMeaning {
        id: text("jti")?.to_owned(),
        family,
        client_id: ClientId::try_from(text("client_id")?).ok()?,
        subject: None,
        scope: Scope::parse(text("scope")?).ok()?,
        audience: Vec::new(),
        issued_at: Timestamp(claims.get("iat")?.as_i64()?),
        expires_at: Timestamp(claims.get("exp")?.as_i64()?),
        claims: Map::new(),
    })
}
