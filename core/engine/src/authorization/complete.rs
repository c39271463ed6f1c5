//! The end of the walk: consent remembered, the code stored, the ID token signed, the response made (RFC 6749
//! 4.1.2, OpenID Connect Core 3.1.2.5 and 3.3.2.5, RFC 9207).

use super::interaction::{Consented, Interaction, Reached};
use super::walk::{HopFailed, Luggage, Walk};
use crate::token::id_token::IdTokenParts;
use gatewright_domain::code::{AuthorizationCode, Issuance};
use gatewright_domain::consent::Consent;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::FamilyId;
use gatewright_domain::logout::SignedIn;
use gatewright_domain::token_hash::RandomToken;
use gatewright_domain::user::User;
use gatewright_protocol::authorization_response::{AuthorizationResponse, Success};
use gatewright_protocol::claims_request::ClaimsRequest;
use gatewright_protocol::error::Refusal;

/// The scope value of a request that asks who is signed in (OpenID Connect Core 3.1.2.1).
const OPENID: &str = "openid";

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
        let signed_in = self.signed_in(reached, consented);
        let asked = interaction.request.asked();
        let code = asked.response_type.issues_code().then(|| RandomToken::draw(self.engine.world.entropy.as_ref()));
        let id_token = match asked.response_type.issues_id_token() {
            false => None,
            true => Some(self.front_channel_id_token(interaction, reached, consented, (code.as_ref(), &user)).await?),
        };
        self.engine.consume(interaction).await?;
        self.remember(reached, consented).await?;
        if let Some(code) = &code {
            let stored = self.code(interaction, reached, consented, code);
            ended_meanwhile(self.engine.world.stores.codes.issue(&stored, signed_in.as_ref()).await?)?;
        } else if let Some(signed_in) = &signed_in {
            ended_meanwhile(self.engine.world.stores.logouts.note(signed_in, self.engine.now()).await?)?;
        }
        let session_state = self.session_state(interaction, reached, consented, luggage);
        let success = Success {
            code: code.map(RandomToken::into_text),
            id_token,
            state: asked.state.clone(),
            scope: Some(consented.scope.clone()),
            session_state,
        };
        let redirect_uri = interaction.request.redirect_uri().clone();
        let issuer = &self.engine.settings.issuer;
        Ok(AuthorizationResponse::success(redirect_uri, asked.response_mode, issuer, success))
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

    /// What is noted of the client, if it is told who is signed in and wants to be told of the end.
    fn signed_in(&self, reached: &Reached, consented: &Consented) -> Option<SignedIn> {
        let told = self.client.logout.wants_word() && consented.scope.contains(OPENID);
        told.then(|| SignedIn {
            session: reached.context.session.clone(),
            client_id: self.client.id.clone(),
            subject: reached.context.subject.clone(),
            sub: self.engine.sub_for(&self.client, &reached.context.subject),
        })
    }

    /// `session_state`; the browser is given what it is compared with, where it does not have that yet.
    fn session_state(
        &self,
        interaction: &Interaction,
        reached: &Reached,
        consented: &Consented,
        luggage: &mut Luggage,
    ) -> Option<String> {
        let (engine, id) = (self.engine, &reached.context.session);
        let asked_who = consented.scope.contains(OPENID);
        let state = engine.session_state(&self.client.id, interaction.request.redirect_uri(), id);
        let state = state.filter(|_| asked_who)?;
        let browser = self.browser.after(&luggage.cookies);
        let ends = self.session.as_ref().map_or(0, |session| session.expires_at.0.saturating_sub(engine.now().0));
        luggage.cookies.extend(engine.browser_state(id, u64::try_from(ends).unwrap_or(0), &browser));
        Some(state)
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
            bundle: interaction.bundle.clone(),
            trace: Some(interaction.trace.id.clone()),
            issued_at: now,
            expires_at: now.plus(self.engine.settings.lifetimes.code_s),
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

/// Nothing is issued in a session that is over.
fn ended_meanwhile(issuance: Issuance) -> Result<(), HopFailed> {
    match issuance {
        Issuance::Issued => Ok(()),
        Issuance::SessionEnded => {
            let why = "The end-user signed out while the request was answered.";
            Err(HopFailed::Refused(Refusal::login_required(why)))
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
