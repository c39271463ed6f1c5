//! `/authorize` and the pages that follow it (RFC 6749 4.1.1, OpenID Connect Core 3.1.2).
//!
//! bytes → [`Params`] → [`request`] → [`resolve`] → [`admit`] → an interaction, then one dispatcher ([`walk`]): load, ask the
//! pure function `next_step`, do that one thing, save, answer.

pub mod admit;
mod answer;
mod claim;
pub(crate) use claim::AbandonedClaims;
mod complete;
mod exact;
mod front_channel;
mod given_up;
mod interaction;
mod jarm;
mod next_step;
mod outcome;
mod page;
mod reached;
pub mod request;
pub(crate) use reached::names_audience;
pub(crate) use request::reference::RequestObjects;
pub mod resolve;
mod store;
mod strange_tries;
mod traced;
mod walk;

#[cfg(test)]
pub(crate) mod tests;

pub use answer::Answered;
pub use interaction::{Interaction, Progress};
pub use outcome::{Outcome, PageKind, Step};
pub use page::{Looked, PageToShow, Shown};
pub use strange_tries::Untold;

use crate::Engine;
use crate::account::Trip;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use admit::AdmittedRequest;
use gatewright_domain::client::Client;
use gatewright_domain::hooks::Policy;
use gatewright_domain::session::Session;
use gatewright_domain::trial::Newcomer;
use gatewright_protocol::authorization_response::AuthorizationResponse;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use request::Gathered;
use resolve::ResolvedRequest;
use std::sync::Arc;

impl Engine {
    /// Answers an authorization request.
    ///
    /// # Errors
    /// A direct error while no redirect URI is verified, or a fault. Once one is verified every refusal is an
    /// [`Outcome`] that goes there.
    pub async fn authorize(&self, params: &Params, browser: &Browser) -> Result<Outcome, WalkError> {
        let Gathered { client, parameters, refusal } = self.gather(params).await?;
        let resolved = match (resolve::resolve(client, &parameters), refusal) {
            (Ok(resolved), None) => resolved,
            (Ok(resolved), Some(refusal)) => return self.turn_down(&resolved, &refusal).await,
            (Err(_), Some(refusal)) => return Err(DirectError::Request(refusal).into()),
            (Err(direct), None) => return Err(direct.into()),
        };
        let session = self.live_session(browser).await?;
        let subject = session.as_ref().map(|session| &session.subject);
        let newcomer = Newcomer { client: &resolved.client().id, subject };
        let policy = self.world.policies.begins(&newcomer).await;
        let admission = admit::Admission { settings: &self.settings, served_scopes: policy.served_scopes() };
        match admit::admit(&parameters, &resolved, &admission) {
            Err(refusal) => self.turn_down(&resolved, &refusal).await,
            Ok(request) => {
                let client = resolved.into_client();
                // Found out before the end-user is asked anything.
                self.response_seal(&client, request.asked().response_mode).await?;
                begin(self, request, Beginning { policy, session, client, browser, trip: None }).await
            }
        }
    }

    /// Tells the client of a request that is not begun.
    async fn turn_down(&self, resolved: &ResolvedRequest, refusal: &Refusal) -> Result<Outcome, WalkError> {
        let response = resolved.refuse(&self.settings.issuer, refusal);
        Ok(Outcome::of(self.respond(resolved.client(), response).await?))
    }
}

/// What a walk begins with beside its request.
pub(crate) struct Beginning<'b> {
    /// The policy that it begins on, and ends on.
    pub policy: Arc<dyn Policy>,
    /// The browser's session.
    pub session: Option<Session>,
    /// Who asks.
    pub client: Arc<Client>,
    /// Whose browser.
    pub browser: &'b Browser,
    /// Where it leads on the account page, if it comes from there.
    pub trip: Option<Trip>,
}

/// Walks an admitted request from its beginning.
pub(crate) async fn begin(
    engine: &Engine,
    request: AdmittedRequest,
    beginning: Beginning<'_>,
) -> Result<Outcome, WalkError> {
    let Beginning { policy, session, client, browser, trip } = beginning;
    let session = session.map(|session| reached::under(policy.as_ref(), session));
    let (tie, cookie) = browser.tie(engine.world.entropy.as_ref());
    let mut interaction = Interaction::begin(request, tie, policy.digest().clone(), engine);
    interaction.hint = engine.hinted_subject(&interaction, &client);
    interaction.progress.trip = trip;
    let recorder = engine.recorder(&mut interaction);
    let policy = recorder.over(policy);
    let walk = walk::Walk { engine, policy, client, browser, session, recorder };
    let mut outcome = walk.go(interaction).await?;
    if matches!(outcome.step, Step::Page { .. } | Step::Visit { .. }) {
        outcome.cookies.extend(cookie);
    }
    Ok(outcome)
}

/// The response that tells a client of a refusal.
fn refused(interaction: &Interaction, engine: &Engine, refusal: &Refusal) -> AuthorizationResponse {
    let request = &interaction.request;
    AuthorizationResponse::refused(
        request.redirect_uri().clone(),
        request.asked().response_mode,
        &engine.settings.issuer,
        refusal,
        request.asked().state.as_ref(),
    )
}
