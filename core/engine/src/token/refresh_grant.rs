//! The refresh token grant (RFC 6749 6), with rotation: a second use revokes the family (RFC 9700 4.14.2).

use super::issue::Grant;
use crate::Engine;
use crate::error::EndpointError;
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::refresh_token::FoundRefreshToken;
use gatewright_domain::store::{NextTokens, Rotation};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::token::TokenResponse;

impl Engine {
    pub(super) async fn refresh(
        &self,
        client: &Client,
        presented: &str,
        scope: Option<&Scope>,
    ) -> Result<TokenResponse, EndpointError> {
        let now = self.now();
        let hash = TokenHash::of(presented);
        let found = self.world.stores.tokens.find_refresh_token(&hash).await?;
        let found = found.filter(|found| found.token.client_id == client.id).ok_or_else(unknown)?;
        if found.used {
            self.world.stores.tokens.revoke_family(&found.family.id, now).await?;
            return Err(reused().into());
        }
        admit(&found, now)?;
        let scope = narrowed(&found.token.scope, scope)?;
        let family = &found.family;
        let context = &family.authentication;
        let user = self.enabled_user(&context.subject).await?;
        let user = user.ok_or_else(|| Refusal::invalid_grant("The end-user no longer has an account here."))?;
        let policy = self.world.policies.live();

        let grant = Grant {
            client,
            user: &user,
            context,
            family: &family.id,
            scope: &scope,
            refresh_scope: &found.token.scope,
            claims: family.claims.as_ref(),
            nonce: None,
            grant_type: "refresh_token",
        };
        let tokens = self.prepare_tokens(policy.as_ref(), &grant).await?;
        let refresh_token = tokens.refresh_token();
        let refresh_token =
            refresh_token.ok_or_else(|| Refusal::invalid_grant("This client may no longer refresh."))?;
        let next = NextTokens { refresh_token, opaque: tokens.opaque() };
        match self.world.stores.tokens.rotate(&hash, &next, now).await? {
            Rotation::Rotated => Ok(self.sign_tokens(tokens, &grant)?),
            Rotation::Reused => Err(reused().into()),
        }
    }
}

fn unknown() -> Refusal {
    Refusal::invalid_grant("The refresh token is not one of this client's, or it has expired or been revoked.")
}

fn reused() -> Refusal {
    Refusal::invalid_grant("The refresh token was used before; everything issued with it is now revoked.")
}

fn admit(found: &FoundRefreshToken, now: Timestamp) -> Result<(), Refusal> {
    let lives = now < found.token.expires_at && found.family.revoked_at.is_none();
    if lives { Ok(()) } else { Err(unknown()) }
}

/// A refresh may ask for less than was granted, never for more (RFC 6749 6).
fn narrowed(granted: &Scope, asked: Option<&Scope>) -> Result<Scope, Refusal> {
    match asked {
        None => Ok(granted.clone()),
        Some(asked) if asked.is_empty() => Ok(granted.clone()),
        Some(asked) if asked.is_subset(granted) => Ok(asked.clone()),
        Some(_) => Err(Refusal::invalid_scope("A refresh cannot ask for scope that was not granted.")),
    }
}
