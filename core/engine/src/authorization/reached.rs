//! Sessions: adopting a live one, beginning one after an authentication (session fixation: always a new
//! cookie), and whom an `id_token_hint` names.

use super::interaction::{HintedSubject, Interaction, Reached};
use crate::Engine;
use crate::browser::Browser;
use gatewright_domain::client::Client;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Method;
use gatewright_domain::identifiers::{BundleDigest, SessionId, Subject};
use gatewright_domain::session::Session;
use gatewright_domain::signing::TokenType;
use gatewright_domain::token_hash::RandomToken;
use gatewright_protocol::amr::Amr;
use serde_json::Value;

/// An authentication that just happened.
pub(super) struct Authenticated<'a> {
    pub subject: Subject,
    pub method: &'a Method,
    /// The method's own where empty.
    pub amr: Vec<Amr>,
    pub bundle: &'a BundleDigest,
}

impl Engine {
    /// The browser's session, if it still lives.
    pub(crate) async fn live_session(&self, browser: &Browser) -> Result<Option<Session>, Fault> {
        let Some(cookie) = browser.session_hash() else { return Ok(None) };
        let session = self.world.stores.sessions.find(&cookie).await?;
        Ok(session.filter(|session| self.now() < session.expires_at))
    }

    /// Whom the request's `id_token_hint` names. An expired ID token is still a hint.
    pub(super) fn hinted_subject(&self, interaction: &Interaction) -> Option<HintedSubject> {
        let hint = interaction.request.asked().id_token_hint.as_deref()?;
        let claims = self.world.signer.verify(hint, TokenType::Jwt).ok();
        let client = interaction.request.client_id().as_str();
        let sub = claims.filter(|claims| names_audience(claims.get("aud"), client)).and_then(|mut claims| match claims
            .remove("sub")
        {
            Some(Value::String(sub)) => Some(sub),
            _ => None,
        });
        Some(sub.map_or(HintedSubject::Nobody, HintedSubject::Sub))
    }

    /// Whether the session's end-user is the one the hint names.
    pub(super) fn hint_fits(&self, hint: Option<&HintedSubject>, client: &Client, session: &Session) -> bool {
        match hint {
            None => true,
            Some(HintedSubject::Nobody) => false,
            Some(HintedSubject::Sub(sub)) => &self.sub_for(client, &session.subject) == sub,
        }
    }

    /// Begins a session for an authentication that just happened. A step-up of `earlier` keeps what was reached
    /// before, if that was stronger.
    pub(super) async fn begin_session(
        &self,
        authenticated: Authenticated<'_>,
        earlier: Option<&Session>,
    ) -> Result<(Session, RandomToken), Fault> {
        let Authenticated { subject, method, amr, bundle } = authenticated;
        let cookie = RandomToken::draw(self.world.entropy.as_ref());
        let now = self.now();
        let same = earlier.filter(|session| session.subject == subject);
        let stronger = same.filter(|session| session.level > method.level);
        let mut all_amr: Vec<Amr> = same.map(|session| session.amr.clone()).unwrap_or_default();
        for value in if amr.is_empty() { method.amr.clone() } else { amr } {
            if !all_amr.contains(&value) {
                all_amr.push(value);
            }
        }
        let session = Session {
            cookie: cookie.hash(),
            id: same.map_or_else(|| SessionId::draw(self.world.entropy.as_ref()), |session| session.id.clone()),
            subject,
            acr: stronger.map_or_else(|| method.acr.clone(), |session| session.acr.clone()),
            level: stronger.map_or(method.level, |session| session.level),
            amr: all_amr,
            auth_time: now,
            created_at: same.map_or(now, |session| session.created_at),
            expires_at: now.plus(self.settings.lifetimes.session_s),
            bundle: bundle.clone(),
        };
        self.world.stores.sessions.begin(&session, earlier.map(|session| &session.cookie)).await?;
        Ok((session, cookie))
    }
}

/// What a session stands for in tokens.
pub(super) fn reached_by(session: &Session, fresh: bool) -> Reached {
    let context = AuthenticationContext {
        subject: session.subject.clone(),
        session: session.id.clone(),
        acr: session.acr.clone(),
        amr: session.amr.clone(),
        auth_time: session.auth_time,
    };
    Reached { context, level: session.level, fresh }
}

/// Whether an `aud` claim names `client` (RFC 7519 4.1.3).
pub(crate) fn names_audience(aud: Option<&Value>, client: &str) -> bool {
    match aud {
        Some(Value::String(one)) => one == client,
        Some(Value::Array(many)) => many.iter().any(|one| one.as_str() == Some(client)),
        _ => false,
    }
}
