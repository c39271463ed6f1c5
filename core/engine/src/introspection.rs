//! `/introspect` (RFC 7662): what a token is worth, told to an authenticated confidential client.

use crate::Engine;
use crate::access::LiveAccessToken;
use crate::binding::Call;
use crate::claim_sets::ClaimSubject;
use crate::error::EndpointError;
use gatewright_domain::client::Client;
use gatewright_domain::confirmation::Confirmation;
use gatewright_domain::fault::Fault;
use gatewright_domain::refresh_token::FoundRefreshToken;
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::trace::TraceKind;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::introspection::{IntrospectionRequest, IntrospectionResponse};
use gatewright_protocol::params::Params;
use gatewright_protocol::token::TokenType;
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl Engine {
    /// Answers an introspection request. A token that is none of ours, expired or revoked is inactive and
    /// nothing more is said of it (RFC 7662 2.2).
    ///
    /// # Errors
    /// A refusal of the client, a hook's fault, or a fault of ours.
    pub async fn introspect<'c>(
        &self,
        call: impl Into<Call<'c>>,
        params: &Params,
    ) -> Result<IntrospectionResponse, EndpointError> {
        let caller = self.introspecting_client(call, params).await?;
        self.introspected(&caller, params).await
    }

    /// The client that asks, which must be a confidential one.
    pub(crate) async fn introspecting_client<'c>(
        &self,
        call: impl Into<Call<'c>>,
        params: &Params,
    ) -> Result<Arc<Client>, EndpointError> {
        let caller = self.authenticate_client(call, params).await?;
        if caller.is_public() {
            return Err(Refusal::unauthorized_client("A public client cannot introspect.").into());
        }
        Ok(caller)
    }

    /// What an authenticated client is told.
    pub(crate) async fn introspected(
        &self,
        caller: &Client,
        params: &Params,
    ) -> Result<IntrospectionResponse, EndpointError> {
        let request = IntrospectionRequest::parse(params)?;
        let presented = request.token.expose();
        if let Some(token) = self.live_access_token(presented).await? {
            return self.describe_access_token(token).await;
        }
        let described = self.describe_refresh_token(presented, caller).await?;
        Ok(described.map_or(IntrospectionResponse::Inactive, IntrospectionResponse::Active))
    }

    async fn describe_access_token(&self, token: LiveAccessToken) -> Result<IntrospectionResponse, EndpointError> {
        let mut claims = Map::new();
        if let Some(family) = &token.family {
            let client = self.world.stores.clients.find(&token.meaning.client_id).await?;
            let user = self.enabled_user(&family.authentication.subject).await?;
            let (Some(client), Some(user)) = (client, user) else { return Ok(IntrospectionResponse::Inactive) };
            let about = ClaimSubject {
                client: &client,
                user: &user,
                scope: &token.meaning.scope,
                requested: None,
                locales: None,
                acr: family.authentication.acr.as_str(),
                by_scope: false,
            };
            claims = self.gathered_later(TraceKind::Introspection, family, &about).await?;
            claims.insert("username".into(), user.username.as_str().into());
        }
        claims.extend(token.claims);
        // What it is bound to is among its claims; one that nobody can use is worth nothing.
        let Ok(confirmation) = Confirmation::of(&claims) else { return Ok(IntrospectionResponse::Inactive) };
        let token_type = if confirmation.jkt.is_some() { TokenType::Dpop } else { TokenType::Bearer };
        claims.insert("token_type".into(), token_type.as_str().into());
        Ok(IntrospectionResponse::Active(claims))
    }

    /// A refresh token is the business of its own client alone, to which it names the end-user as all else does.
    async fn describe_refresh_token(
        &self,
        presented: &str,
        caller: &Client,
    ) -> Result<Option<Map<String, Value>>, Fault> {
        let found = self.world.stores.tokens.find_refresh_token(&TokenHash::of(presented)).await?;
        let now = self.now();
        let Some(FoundRefreshToken { token, family, .. }) = found.filter(|found| {
            let live = !found.used && found.family.revoked_at.is_none() && now < found.token.expires_at;
            live && found.token.client_id == caller.id
        }) else {
            return Ok(None);
        };
        let Some(user) = self.enabled_user(&family.authentication.subject).await? else { return Ok(None) };
        let claims = json!({
            "client_id": token.client_id, "scope": token.scope, "iss": self.settings.issuer,
            "iat": token.issued_at, "exp": token.expires_at,
            "sub": self.sub_for(caller, &user.subject), "token_type": "refresh_token",
        });
        Ok(claims.as_object().cloned())
    }
}
