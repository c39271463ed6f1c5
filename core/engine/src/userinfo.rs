//! `/userinfo` (OpenID Connect Core 5.3).

use crate::Engine;
use crate::answers::Form;
use crate::binding::PresentedAccess;
use crate::claim_sets::ClaimSubject;
use crate::error::EndpointError;
use gatewright_domain::trace::TraceKind;
use gatewright_protocol::error::{ErrorCode, Refusal};
use serde_json::{Map, Value};

/// A userinfo answer.
#[derive(Debug)]
pub enum UserinfoAnswer {
    /// As JSON.
    Claims(Map<String, Value>),
    /// As a JWT (`application/jwt`), signed, encrypted or both, for a client that registered so.
    Jwt(String),
}

impl Engine {
    /// Claims about the end-user whose access token is presented.
    ///
    /// # Errors
    /// `invalid_token` or `insufficient_scope` of RFC 6750 3.1, a bad DPoP proof's, a hook's fault, or a fault of ours.
    pub async fn userinfo<'a>(
        &self,
        presented: impl Into<PresentedAccess<'a>>,
    ) -> Result<UserinfoAnswer, EndpointError> {
        let invalid = || Refusal::new(ErrorCode::InvalidToken, "The access token is unknown, expired or revoked.");
        let token = self.access(&presented.into()).await?;
        let family = token.family.as_ref().ok_or_else(insufficient)?;
        if !token.meaning.scope.contains("openid") {
            return Err(insufficient().into());
        }
        let client = self.world.stores.clients.find(&token.meaning.client_id).await?.ok_or_else(invalid)?;
        let user = self.enabled_user(&family.authentication.subject).await?.ok_or_else(invalid)?;
        let about = ClaimSubject {
            client: &client,
            user: &user,
            scope: &token.meaning.scope,
            requested: family.claims.as_ref().map(|claims| &claims.userinfo),
            locales: family.claims.as_ref().map(|claims| &claims.locales),
            acr: family.authentication.acr.as_str(),
            by_scope: true,
        };
        let mut claims = self.gathered_later(TraceKind::Userinfo, family, &about).await?;
        claims.insert("sub".into(), self.sub_for(&client, &user.subject).into());
        let Some(form) = Form::userinfo(&client) else { return Ok(UserinfoAnswer::Claims(claims)) };
        let seal = self.seal_for(&client, form).await?;
        if form.signing.is_some() {
            claims.insert("iss".into(), self.settings.issuer.to_string().into());
            claims.insert("aud".into(), client.id.as_str().into());
        }
        Ok(UserinfoAnswer::Jwt(self.sealed_claims(&seal, &claims)?))
    }
}

fn insufficient() -> Refusal {
    Refusal::new(ErrorCode::InsufficientScope, "The access token needs the scope 'openid' of an end-user.")
}
