//! The refresh token grant (RFC 6749 6), with rotation: a second use revokes the family (RFC 9700 4.14.2). A client that
//! the FAPI 2.0 profile holds keeps its refresh token, which only it can use (5.3.2.1).

use super::Sender;
use super::issue::{Grant, PreparedTokens};
use crate::Engine;
use crate::authorization::admit::Admission;
use crate::binding::admit_refresh;
use crate::error::EndpointError;
use crate::fapi2;
use crate::observation::Later;
use gatewright_domain::client::Client;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::hooks::Policy;
use gatewright_domain::refresh_token::FoundRefreshToken;
use gatewright_domain::store::{NextTokens, Rotation};
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::trace::TraceKind;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::token::TokenResponse;
use std::sync::Arc;

impl Engine {
    pub(super) async fn refresh(
        &self,
        sender: &Sender<'_>,
        presented: &str,
        scope: Option<&Scope>,
    ) -> Result<TokenResponse, EndpointError> {
        let client = sender.client;
        let now = self.now();
        let hash = TokenHash::of(presented);
        let found = self.world.stores.tokens.find_refresh_token(&hash).await?;
        let found = found.filter(|found| found.token.client_id == client.id).ok_or_else(unknown)?;
        if found.used {
            self.world.stores.tokens.revoke_family(&found.family.id, now).await?;
            return Err(reused().into());
        }
        admit(&found, now, self.family_end(found.family.created_at))?;
        admit_refresh(&found.family.confirmation, sender.shown, sender.call.certificate)?;
        let policy = self.world.policies.live();
        let recorder = self.later(&Later {
            kind: TraceKind::Refresh,
            login: found.family.trace.as_ref(),
            client: &client.id,
            subject: Some(&found.family.authentication.subject),
            bundle: policy.digest(),
        });
        let refreshed = self.rotate(sender, &found, scope, recorder.over(policy)).await;
        self.settle(&recorder, refreshed)
    }

    async fn rotate(
        &self,
        sender: &Sender<'_>,
        found: &FoundRefreshToken,
        scope: Option<&Scope>,
        policy: Arc<dyn Policy>,
    ) -> Result<TokenResponse, EndpointError> {
        let (now, family, client) = (self.now(), &found.family, sender.client);
        let admission = Admission { settings: &self.settings, served_scopes: policy.served_scopes() };
        let allowed = still_allowed(&found.token.scope, client, &admission)?;
        let scope = narrowed(&found.token.scope, scope, &allowed)?;
        let context = &family.authentication;
        let user = self.enabled_user(&context.subject).await?;
        let user = user.ok_or_else(|| Refusal::invalid_grant("The end-user no longer has an account here."))?;
        let grant = Grant {
            client,
            user: &user,
            context,
            family: &family.id,
            scope: &scope,
            refresh_scope: &found.token.scope,
            began: family.created_at,
            claims: family.claims.as_ref(),
            nonce: None,
            confirmation: sender.shown,
            grant_type: "refresh_token",
        };
        let tokens = self.prepare_tokens(policy.as_ref(), &grant).await?;
        let refresh_token = tokens.refresh_token();
        let refresh_token =
            refresh_token.ok_or_else(|| Refusal::invalid_grant("This client may no longer refresh."))?;
        if fapi2::applies(&self.settings, client) {
            return self.answer_without_rotation(tokens, &grant).await;
        }
        let next = NextTokens { refresh_token, opaque: tokens.opaque() };
        match self.world.stores.tokens.rotate(&found.token.hash, &next, now).await? {
            Rotation::Rotated => Ok(self.sign_tokens(tokens, &grant)?),
            Rotation::Reused => Err(reused().into()),
        }
    }
}

impl Engine {
    /// Another access token for the same refresh token, of which nothing is said.
    async fn answer_without_rotation(
        &self,
        mut tokens: PreparedTokens,
        grant: &Grant<'_>,
    ) -> Result<TokenResponse, EndpointError> {
        tokens.without_refresh_token();
        if let Some(opaque) = tokens.opaque() {
            self.world.stores.tokens.issue_opaque(&opaque).await?;
        }
        Ok(self.sign_tokens(tokens, grant)?)
    }
}

fn unknown() -> Refusal {
    Refusal::invalid_grant("The refresh token is not one of this client's, or it has expired or been revoked.")
}

fn reused() -> Refusal {
    Refusal::invalid_grant("The refresh token was used before; everything issued with it is now revoked.")
}

fn admit(found: &FoundRefreshToken, now: Timestamp, family_end: Timestamp) -> Result<(), Refusal> {
    let lives = now < found.token.expires_at.min(family_end) && found.family.revoked_at.is_none();
    if lives { Ok(()) } else { Err(unknown()) }
}

/// What was granted, less what was taken from the client or from the server since. It stays granted: what is given back
/// to the client works again.
fn still_allowed(granted: &Scope, client: &Client, admission: &Admission<'_>) -> Result<Scope, Refusal> {
    let allowed: Scope =
        granted.intersection(&client.scope).iter().filter(|value| admission.knows(value.as_str())).cloned().collect();
    let offline = admission.settings.refresh_without_offline_access || allowed.contains("offline_access");
    if allowed.is_empty() || !offline {
        return Err(Refusal::invalid_grant("This client may have nothing of what was granted any more."));
    }
    Ok(allowed)
}

/// A refresh may ask for less than was granted, never for more (RFC 6749 6); of that it gets what is still allowed.
fn narrowed(granted: &Scope, asked: Option<&Scope>, allowed: &Scope) -> Result<Scope, Refusal> {
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else { return Ok(allowed.clone()) };
    if !asked.is_subset(granted) {
        return Err(Refusal::invalid_scope("A refresh cannot ask for scope that was not granted."));
    }
    let scope = asked.intersection(allowed);
    if scope.is_empty() {
        return Err(Refusal::invalid_scope("None of the scope values asked for is available to this client any more."));
    }
    Ok(scope)
}
