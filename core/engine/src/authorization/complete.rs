//! The end of the walk: consent remembered, the code stored, the ID token signed, the response made (RFC 6749
//! 4.1.2, OpenID Connect Core 3.1.2.5 and 3.3.2.5, RFC 9207).

use super::interaction::{Consented, Interaction, Reached};
use super::request::push::used_before;
use super::walk::{HopFailed, Luggage, Walk};
use crate::fapi2;
use crate::token::id_token::IdTokenParts;
use gatewright_domain::code::{AuthorizationCode, Issuance};
use gatewright_domain::consent::Consent;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::token_hash::RandomToken;
use gatewright_domain::user::User;
use gatewright_protocol::authorization_response::{AuthorizationResponse, Success};
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::error::Refusal;

impl Walk<'_> {
    pub(super) async fn complete(
        &self,
        interaction: &Interaction,
        luggage: &mut Luggage,
    ) -> Result<AuthorizationResponse, HopFailed> {
        if interaction.progress.trip.is_some() {
            return self.end_trip(interaction).await;
        }
        let (Some(reached), Some(consented)) = (&interaction.progress.reached, &interaction.progress.consented) else {
            return Err(Fault::new("authorization.complete", "the walk ended before its decisions").into());
        };
        if let Some(refusal) = unmet_acr(interaction, reached) {
            return Err(HopFailed::Refused(refusal));
        }
        let user = self.user_of(interaction, luggage).await?;
        let asked = interaction.request.asked();
        let code = asked.response_type.issues_code().then(|| RandomToken::draw(self.engine.world.entropy.as_ref()));
        let id_token = match asked.response_type.issues_id_token() {
            false => None,
            true => Some(self.front_channel_id_token(interaction, reached, consented, (code.as_ref(), &user)).await?),
        };
        self.engine.consume(interaction).await?;
        self.use_up(interaction).await?;
        self.remember(reached, consented).await?;
        if let Some(code) = &code {
            let stored = self.code(interaction, reached, consented, code);
            if self.engine.world.stores.codes.issue(&stored).await? == Issuance::SessionEnded {
                let why = "The end-user signed out while the request was answered.";
                return Err(HopFailed::Refused(Refusal::login_required(why)));
            }
        }
        let success = Success {
            code: code.map(RandomToken::into_text),
            id_token,
            state: asked.state.clone(),
            scope: Some(consented.scope.clone()),
            session_state: None,
        };
        let redirect_uri = interaction.request.redirect_uri().clone();
        let issuer = &self.engine.settings.issuer;
        Ok(AuthorizationResponse::success(redirect_uri, asked.response_mode, issuer, success))
    }

    /// Of all trips that began with one pushed request, one completes (RFC 9126 7.3).
    async fn use_up(&self, interaction: &Interaction) -> Result<(), HopFailed> {
        let Some(pushed) = interaction.request.pushed() else { return Ok(()) };
        match self.engine.world.stores.pushed_requests.complete(pushed, self.engine.now()).await? {
            true => Ok(()),
            false => Err(HopFailed::Refused(used_before())),
        }
    }

    /// Back to the account page. Nothing is issued: the session is all that it needs.
    async fn end_trip(&self, interaction: &Interaction) -> Result<AuthorizationResponse, HopFailed> {
        self.engine.consume(interaction).await?;
        let asked = interaction.request.asked();
        let state = asked.state.clone();
        let nothing = Success { code: None, id_token: None, state, scope: None, session_state: None };
        let redirect_uri = interaction.request.redirect_uri().clone();
        let issuer = &self.engine.settings.issuer;
        Ok(AuthorizationResponse::success(redirect_uri, asked.response_mode, issuer, nothing))
    }

    async fn remember(&self, reached: &Reached, consented: &Consented) -> Result<(), Fault> {
        if !consented.remember {
            return Ok(());
        }
        let now = self.engine.now();
        let consent = Consent {
            subject: reached.context.subject.clone(),
            client_id: self.client.id.clone(),
            scope: consented.scope.clone(),
            claims: consented.claims.clone(),
            granted_at: now,
            expires_at: now.plus(self.engine.settings.lifetimes.consent_s),
        };
        self.engine.world.stores.consents.remember(&consent).await
    }

    fn code(
        &self,
        interaction: &Interaction,
        reached: &Reached,
        consented: &Consented,
        code: &RandomToken,
    ) -> AuthorizationCode {
        let asked = interaction.request.asked();
        let now = self.engine.now();
        AuthorizationCode {
            hash: code.hash(),
            family: FamilyId::draw(self.engine.world.entropy.as_ref()),
            client_id: self.client.id.clone(),
            redirect_uri: interaction.request.redirect_uri().clone(),
            challenge: asked.code_challenge.clone(),
            nonce: asked.nonce.clone(),
            authentication: reached.context.clone(),
            scope: consented.scope.clone(),
            claims: self.granted_claims(interaction, consented),
            dpop_jkt: asked.dpop_jkt.clone(),
            bundle: interaction.bundle.clone(),
            trace: Some(interaction.trace.id.clone()),
            issued_at: now,
            expires_at: now.plus(fapi2::code_s(&self.engine.settings, &self.client)),
        }
    }

    fn granted_claims(&self, interaction: &Interaction, consented: &Consented) -> Option<ClaimsRequest> {
        let asked = interaction.request.asked().claims.as_ref()?;
        Some(self.engine.granted_claims(asked, &consented.scope, &consented.claims))
    }

    async fn front_channel_id_token(
        &self,
        interaction: &Interaction,
        reached: &Reached,
        consented: &Consented,
        (code, user): (Option<&RandomToken>, &User),
    ) -> Result<String, HopFailed> {
        let asked = interaction.request.asked();
        let claims = self.granted_claims(interaction, consented);
        let parts = IdTokenParts {
            client: &self.client,
            user,
            context: &reached.context,
            scope: &consented.scope,
            claims: claims.as_ref(),
            nonce: asked.nonce.as_ref(),
            code: code.map(RandomToken::expose),
            access_token: None,
            alone: !asked.response_type.issues_code(),
            grant_type: "implicit",
        };
        let prepared = self.engine.prepare_id_token(self.policy.as_ref(), &parts).await;
        match prepared.map_err(HopFailed::Issuing)? {
            Ok(prepared) => Ok(self.engine.sign_id_token(prepared, &parts)?),
            Err(refusal) => Err(HopFailed::Refused(refusal)),
        }
    }
}

/// An ACR asked for as essential that was not reached (OpenID Connect Core 5.5.1.1).
fn unmet_acr(interaction: &Interaction, reached: &Reached) -> Option<Refusal> {
    let asked = interaction.request.essential_acr()?;
    let met = asked.accepts(&reached.context.acr.as_str().into());
    let refuse = || Refusal::unmet_authentication_requirements("The acr asked for as essential was not reached.");
    (!met).then(refuse)
}
