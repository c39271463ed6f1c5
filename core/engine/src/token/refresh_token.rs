//! Refresh tokens: given where the client may refresh; their lifetime passes through the policy (RFC 6749 1.5).

use super::customize::Draft;
use crate::Engine;
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::flow::HookFault;
use gatewright_domain::hooks::{Policy, TokenKind};
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::refresh_token::RefreshToken;
use gatewright_domain::token_hash::RandomToken;
use gatewright_domain::user::User;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::grant_type::GrantType;
use gatewright_protocol::scope::Scope;
use serde_json::Map;

/// What a refresh token is made of.
pub(super) struct RefreshTokenParts<'p> {
    pub client: &'p Client,
    pub user: &'p User,
    pub context: &'p AuthenticationContext,
    pub family: &'p FamilyId,
    pub scope: &'p Scope,
    /// When the family began: its end is counted from there.
    pub began: Timestamp,
    pub grant_type: &'p str,
}

/// A refresh token to be stored, and its value to be sent.
pub(super) type Prepared = Option<(RefreshToken, RandomToken)>;

impl Engine {
    /// When a family that began then ends, whatever the policy and the client would have.
    pub(super) fn family_end(&self, began: Timestamp) -> Timestamp {
        began.plus(self.settings.lifetimes.token_family_s)
    }

    /// Decides whether there is a refresh token and how long it lives.
    pub(super) async fn prepare_refresh_token(
        &self,
        policy: &dyn Policy,
        parts: &RefreshTokenParts<'_>,
    ) -> Result<Result<Prepared, Refusal>, HookFault> {
        let may = parts.client.grant_types.contains(&GrantType::RefreshToken);
        let wanted = self.settings.refresh_without_offline_access || parts.scope.contains("offline_access");
        if !may || !wanted {
            return Ok(Ok(None));
        }
        let preferred = parts.client.tokens.refresh_token_lifetime_s;
        let draft = Draft {
            kind: TokenKind::Refresh,
            client: parts.client,
            user: Some(parts.user),
            grant_type: parts.grant_type,
            acr: Some(parts.context.acr.as_str()),
            scope: parts.scope.clone(),
            audience: vec![],
            lifetime_s: preferred.unwrap_or(self.settings.lifetimes.refresh_token_s),
            claims: Map::new(),
        };
        let draft = match self.customize(policy, draft).await? {
            Ok(draft) => draft,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let value = RandomToken::draw(self.world.entropy.as_ref());
        let now = self.now();
        let token = RefreshToken {
            hash: value.hash(),
            family: parts.family.clone(),
            client_id: parts.client.id.clone(),
            scope: parts.scope.clone(),
            issued_at: now,
            expires_at: now.plus(draft.lifetime_s).min(self.family_end(parts.began)),
        };
        Ok(Ok(Some((token, value))))
    }
}
