//! `/end_session` (OpenID Connect RP-Initiated Logout 1.0), and how clients learn of a session's end.

mod back_channel;
mod front_channel;

pub use back_channel::{LOGOUT_EVENT, LOGOUT_TOKEN_S, Telling};
pub use front_channel::{FRAMES_MAX, LogoutFrame};

use crate::Engine;
use crate::authorization::names_audience;
use crate::browser::Browser;
use crate::error::{DirectError, WalkError};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::SessionId;
use gatewright_domain::logout::EndedSession;
use gatewright_domain::session::Session;
use gatewright_domain::signing::TokenType;
use gatewright_domain::user::UserView;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::logout::LogoutRequest;
use gatewright_protocol::params::Params;
use serde_json::{Map, Value};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// What a logout request led to.
#[derive(Debug)]
pub enum LogoutAnswer {
    /// The session is over: back to the client.
    Redirect(String),
    /// The session is over: the browser loads these clients' pages first.
    SigningOut {
        /// Whose client asked, where that is known.
        client: Option<Arc<Client>>,
        /// The pages; at least one.
        frames: Vec<LogoutFrame>,
        /// Back to the client after it, where that is where to go.
        then: Option<String>,
        /// Why the browser is not sent on, where a client asked for it.
        not_sent_on: Option<&'static str>,
    },
    /// The session is over, or there was none.
    SignedOut {
        /// Whose client asked, where that is known.
        client: Option<Arc<Client>>,
        /// Whether somebody was signed in at all.
        was_signed_in: bool,
        /// Why the browser is not sent on, where a client asked for it.
        not_sent_on: Option<&'static str>,
    },
    /// The end-user has to confirm: nobody proved that this is their wish.
    Confirm {
        /// Goes back with the confirmation.
        token: String,
        /// Whose session it is.
        user: Option<UserView>,
        /// Whose client asked, where that is known.
        client: Option<Arc<Client>>,
    },
}

impl Engine {
    /// Answers a logout request. `confirmation` is the token of the confirmation page, when that was answered
    /// with yes.
    ///
    /// # Errors
    /// A direct error for a request that cannot be read, or a fault.
    pub async fn end_session(
        &self,
        params: &Params,
        confirmation: Option<&str>,
        browser: &Browser,
    ) -> Result<LogoutAnswer, WalkError> {
        let request = LogoutRequest::parse(params).map_err(DirectError::Request)?;
        let hint =
            request.id_token_hint.as_deref().and_then(|hint| self.world.signer.verify(hint, TokenType::Jwt).ok());
        let client = self.asking_client(&request, hint.as_ref()).await?;
        let session = self.live_session(browser).await?;
        let hint_fits =
            hint.as_ref().is_some_and(|hint| client.is_some() && fits(hint, session.as_ref(), self, client.as_deref()));
        if let Some(session) = &session {
            let confirmed = confirmation
                .is_some_and(|token| bool::from(token.as_bytes().ct_eq(self.confirmation_of(session).as_bytes())));
            if !hint_fits && !confirmed {
                let user = self.enabled_user(&session.subject).await?.as_ref().map(UserView::from);
                return Ok(LogoutAnswer::Confirm { token: self.confirmation_of(session), user, client });
            }
            let ended = self.end(&session.id).await?;
            let frames = self.logout_frames(&ended.map(|ended| ended.clients).unwrap_or_default()).await?;
            return Ok(self.after_logout(&request, hint.is_some(), true, client.clone()).with(frames, client));
        }
        Ok(self.after_logout(&request, hint.is_some(), false, client))
    }

    /// Ends a session with what began in it; its clients are due to be told. None where it was over already.
    pub(crate) async fn end(&self, session: &SessionId) -> Result<Option<EndedSession>, Fault> {
        let ended = self.world.stores.sessions.end(session).await?;
        self.world.stores.tokens.revoke_session(session, self.now()).await?;
        Ok(ended)
    }

    fn after_logout(
        &self,
        request: &LogoutRequest,
        hinted: bool,
        was_signed_in: bool,
        client: Option<Arc<Client>>,
    ) -> LogoutAnswer {
        let Some(wanted) = request.post_logout_redirect_uri.as_deref() else {
            return LogoutAnswer::SignedOut { client, was_signed_in, not_sent_on: None };
        };
        let registered = client.as_ref().and_then(|client| client.post_logout_redirect_uri(wanted));
        match registered.filter(|_| hinted) {
            Some(uri) => {
                let with_state = request.state.as_ref().map(|state| uri.append_query(&[("state", state.as_str())]));
                LogoutAnswer::Redirect(with_state.unwrap_or_else(|| uri.as_str().to_owned()))
            }
            None => LogoutAnswer::SignedOut {
                client,
                was_signed_in,
                not_sent_on: Some("The address to return to is not one that the application has registered."),
            },
        }
    }

    /// The client that asks: the audience of the hint, or the `client_id` named; both must agree.
    async fn asking_client(
        &self,
        request: &LogoutRequest,
        hint: Option<&Map<String, Value>>,
    ) -> Result<Option<Arc<Client>>, WalkError> {
        let of_hint =
            hint.and_then(|hint| hint.get("aud")).and_then(Value::as_str).and_then(|aud| ClientId::try_from(aud).ok());
        let id = match (&request.client_id, of_hint) {
            (Some(named), Some(hinted)) if named != &hinted => {
                let refusal =
                    Refusal::invalid_request("The client_id is not the client that the id_token_hint was issued to.");
                return Err(DirectError::Request(refusal).into());
            }
            (Some(id), _) => id.clone(),
            (None, Some(id)) => id,
            (None, None) => return Ok(None),
        };
        Ok(self.world.stores.clients.find(&id).await?)
    }

    fn confirmation_of(&self, session: &Session) -> String {
        self.world.sealer.keyed_digest("logout", session.cookie.as_str())
    }
}

impl LogoutAnswer {
    /// The answer, with clients' pages to be loaded before it.
    fn with(self, frames: Vec<LogoutFrame>, client: Option<Arc<Client>>) -> Self {
        match self {
            answer if frames.is_empty() => answer,
            Self::Redirect(to) => Self::SigningOut { client, frames, then: Some(to), not_sent_on: None },
            Self::SignedOut { not_sent_on, .. } => Self::SigningOut { client, frames, then: None, not_sent_on },
            answer @ (Self::SigningOut { .. } | Self::Confirm { .. }) => answer,
        }
    }
}

/// Whether an ID token of ours speaks of this session's end-user at this client.
fn fits(hint: &Map<String, Value>, session: Option<&Session>, engine: &Engine, client: Option<&Client>) -> bool {
    let (Some(session), Some(client)) = (session, client) else { return false };
    let sub = hint.get("sub").and_then(Value::as_str);
    names_audience(hint.get("aud"), client.id.as_str())
        && sub == Some(engine.sub_for(client, &session.subject).as_str())
}
