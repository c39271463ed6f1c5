//! The end of the walk: what the front channel carries decided, consent remembered, all of it issued, the response made
//! (RFC 6749 4.1.2, OpenID Connect Core 3.1.2.5 and 3.3.2.5, RFC 9207).

use super::front_channel::Decided;
use super::interaction::{Consented, Interaction, Reached};
use super::request::push::used_before;
use super::walk::{HopFailed, Luggage, Walk};
use gatewright_domain::consent::Consent;
use gatewright_domain::fault::Fault;
use gatewright_domain::logout::SignedIn;
use gatewright_protocol::authorization_response::{AuthorizationResponse, Success};
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
        let seal = self.engine.response_seal(&self.client, asked.response_mode).await?;
        let decided = Decided { interaction, reached, consented, user: &user, signed_in: signed_in.as_ref() };
        let front = self.prepare_front_channel(&decided).await?;
        self.engine.consume(interaction).await?;
        self.use_up(interaction).await?;
        self.remember(reached, consented).await?;
        let mut success = self.issue(&decided, front).await?;
        success.session_state = self.session_state(interaction, reached, consented, luggage);
        let redirect_uri = interaction.request.redirect_uri().clone();
        let issuer = &self.engine.settings.issuer;
        let response = AuthorizationResponse::success(redirect_uri, asked.response_mode, issuer, success);
        Ok(self.engine.sealed_response(seal.as_ref(), &self.client, response)?)
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
        let nothing = Success { state, ..Success::default() };
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
}

/// An ACR asked for as essential that was not reached (OpenID Connect Core 5.5.1.1).
fn unmet_acr(interaction: &Interaction, reached: &Reached) -> Option<Refusal> {
    let asked = interaction.request.essential_acr()?;
    let met = asked.accepts(&reached.context.acr.as_str().into());
    let refuse = || Refusal::unmet_authentication_requirements("The acr asked for as essential was not reached.");
    (!met).then(refuse)
}
