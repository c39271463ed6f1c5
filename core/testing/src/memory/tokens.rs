//! Token families, refresh tokens, opaque access tokens and revocations in memory.

use super::{Issued, Memory, Rotating};
use async_trait::async_trait;
use gatewright_domain::access_token::OpaqueAccessToken;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::family::{ClientFamily, TokenFamily};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{FamilyId, SessionId, Subject};
use gatewright_domain::refresh_token::FoundRefreshToken;
use gatewright_domain::store::{LISTED_MAX, NextTokens, Rotation, TokenStore};
use gatewright_domain::token_hash::TokenHash;
use gatewright_protocol::scope::Scope;
use std::collections::BTreeMap;

/// The scope value that asks for tokens that outlive the session (OpenID Connect Core 11).
const OFFLINE_ACCESS: &str = "offline_access";

#[async_trait]
impl TokenStore for Memory {
    async fn family(&self, id: &FamilyId) -> Result<Option<TokenFamily>, Fault> {
        Ok(self.tables().families.get(id).cloned())
    }

    async fn begin_client_family(&self, family: &ClientFamily) -> Result<(), Fault> {
        let mut tables = self.tables();
        if !tables.families.contains_key(&family.id) {
            tables.client_families.entry(family.id.clone()).or_insert_with(|| family.clone());
        }
        Ok(())
    }

    async fn client_family(&self, id: &FamilyId) -> Result<Option<ClientFamily>, Fault> {
        Ok(self.tables().client_families.get(id).cloned())
    }

    async fn latest_families(&self, subject: &Subject, now: Timestamp) -> Result<Vec<TokenFamily>, Fault> {
        let tables = self.tables();
        let lives = |family: &&TokenFamily| family.revoked_at.is_none() && now < family.expires_at;
        let mut latest = BTreeMap::new();
        for family in tables.families.values().filter(lives).filter(|family| &family.authentication.subject == subject)
        {
            let known = latest.entry(family.client_id.clone()).or_insert(family);
            if (family.created_at, &family.id) > (known.created_at, &known.id) {
                *known = family;
            }
        }
        Ok(latest.into_values().take(LISTED_MAX).cloned().collect())
    }

    async fn revoke_family(&self, id: &FamilyId, now: Timestamp) -> Result<(), Fault> {
        let mut tables = self.tables();
        tables.revoke(now, |family| &family.id == id);
        tables.revoke_own(now, |family| &family.id == id);
        Ok(())
    }

    async fn revoke_session(&self, session: &SessionId, now: Timestamp) -> Result<u64, Fault> {
        let mut tables = self.tables();
        let ends = |authentication: &AuthenticationContext, scope: &Scope| {
            &authentication.session == session && !scope.contains(OFFLINE_ACCESS)
        };
        tables.codes.retain(|_, Issued { code, redeemed }| *redeemed || !ends(&code.authentication, &code.scope));
        Ok(tables.revoke(now, |family| ends(&family.authentication, &family.scope)))
    }

    async fn find_refresh_token(&self, hash: &TokenHash) -> Result<Option<FoundRefreshToken>, Fault> {
        let tables = self.tables();
        let Some(Rotating { token, used }) = tables.refresh_tokens.get(hash) else { return Ok(None) };
        let Some(family) = tables.families.get(&token.family) else { return Ok(None) };
        Ok(Some(FoundRefreshToken { token: token.clone(), family: family.clone(), used: *used }))
    }

    async fn rotate(&self, old: &TokenHash, next: &NextTokens, now: Timestamp) -> Result<Rotation, Fault> {
        let mut tables = self.tables();
        let family = &next.refresh_token.family;
        let fits = tables.refresh_tokens.get(old).is_some_and(|old| !old.used && &old.token.family == family);
        if !fits || tables.is_family_revoked(family) {
            tables.revoke(now, |other| &other.id == family);
            return Ok(Rotation::Reused);
        }
        tables.store(Some(&next.refresh_token), next.opaque.as_ref())?;
        if let Some(old) = tables.refresh_tokens.get_mut(old) {
            old.used = true;
        }
        if let Some(family) = tables.families.get_mut(family) {
            family.expires_at = family.expires_at.max(next.refresh_token.expires_at);
        }
        Ok(Rotation::Rotated)
    }

    async fn issue_opaque(&self, token: &OpaqueAccessToken) -> Result<(), Fault> {
        self.tables().store(None, Some(token))
    }

    async fn find_opaque(&self, hash: &TokenHash) -> Result<Option<(OpaqueAccessToken, bool)>, Fault> {
        let tables = self.tables();
        Ok(tables.access_tokens.get(hash).map(|token| {
            let meaning = &token.meaning;
            let family_revoked = meaning.family.as_ref().is_some_and(|family| tables.is_family_revoked(family));
            (token.clone(), family_revoked || tables.revoked.contains_key(&meaning.id))
        }))
    }

    async fn revoke_access_token(&self, jti: &str, expires_at: Timestamp) -> Result<(), Fault> {
        self.tables().revoked.entry(jti.to_owned()).or_insert(expires_at);
        Ok(())
    }

    async fn is_revoked(&self, jti: &str, family: Option<&FamilyId>) -> Result<bool, Fault> {
        let tables = self.tables();
        Ok(tables.revoked.contains_key(jti) || family.is_some_and(|family| tables.is_family_revoked(family)))
    }

    async fn remember_assertion(&self, jti: &TokenHash, expires_at: Timestamp) -> Result<bool, Fault> {
        Ok(self.tables().assertions.insert(jti.clone(), expires_at).is_none())
    }
}
