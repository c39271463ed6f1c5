//! Sessions: adopting a live one, beginning one after an authentication (session fixation: always a new
//! cookie), and whom an `id_token_hint` names.

use super::interaction::{HintedSubject, Interaction, Reached};
use super::walk::Walk;
use crate::Engine;
use crate::browser::Browser;
use gatewright_domain::client::Client;
use gatewright_domain::code::AuthenticationContext;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::{Method, Origin, Policy};
use gatewright_domain::identifiers::{BundleDigest, SessionId, Subject};
use gatewright_domain::session::Session;
use gatewright_domain::signing::TokenType;
use gatewright_domain::token_hash::RandomToken;
use gatewright_protocol::amr::Amr;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use serde_json::{Map, Value};

/// An authentication that just happened.
pub(super) struct Authenticated<'a> {
    pub subject: Subject,
    pub method: &'a Method,
    /// The method's own where empty.
    pub amr: Vec<Amr>,
    /// It was asked for beyond a session that still counts.
    pub step_up: bool,
    pub bundle: &'a BundleDigest,
    pub origin: &'a Origin,
}

/// A session as `policy` sees it.
pub(super) fn under(policy: &dyn Policy, session: Session) -> Session {
    let level = policy.acrs().find(&session.acr).map_or(i32::MIN, |method| method.level);
    Session { level, ..session }
}

impl Engine {
    /// The browser's session, if it still lives.
    pub(crate) async fn live_session(&self, browser: &Browser) -> Result<Option<Session>, Fault> {
        let Some(cookie) = browser.session_hash() else { return Ok(None) };
        let session = self.world.stores.sessions.find(&cookie).await?;
        Ok(session.filter(|session| self.now() < session.expires_at))
    }

    /// The browser's session as `policy` sees it. A level is of one bundle and says nothing in another: what stays is the
    /// ACR, and one that the policy does not know reaches nothing.
    pub(crate) async fn session_under(&self, policy: &dyn Policy, browser: &Browser) -> Result<Option<Session>, Fault> {
        Ok(self.live_session(browser).await?.map(|session| under(policy, session)))
    }

    /// Whom the request wants: the subjects that `claims` asks for, else whom its `id_token_hint` names. An expired ID token
    /// is still a hint.
    pub(super) fn hinted_subject(&self, interaction: &Interaction, client: &Client) -> Option<HintedSubject> {
        if let Some(asked) = interaction.request.asked().claims.as_ref().and_then(|claims| claims.id_token.get("sub")) {
            let subs = asked.value.iter().chain(&asked.values);
            let subs: Vec<String> = subs.map(|sub| sub.as_str().unwrap_or_default().to_owned()).collect();
            if !subs.is_empty() {
                return Some(HintedSubject::Subs(subs));
            }
        }
        let hint = interaction.request.asked().id_token_hint.as_deref()?;
        let claims = self.own_id_token(hint, client);
        let client = interaction.request.client_id().as_str();
        let sub = claims.filter(|claims| names_audience(claims.get("aud"), client)).and_then(|mut claims| match claims
            .remove("sub")
        {
            Some(Value::String(sub)) => Some(sub),
            _ => None,
        });
        Some(sub.map_or(HintedSubject::Nobody, HintedSubject::Sub))
    }

    /// The claims of an ID token of ours, by the server's keys, or by the client's secret where that signs its ID tokens.
    pub(crate) fn own_id_token(&self, jwt: &str, client: &Client) -> Option<Map<String, Value>> {
        if client.tokens.id_token_algorithm != JwsAlgorithm::HS256 {
            return self.world.signer.verify(jwt, TokenType::Jwt).ok();
        }
        // The client could have made it itself: it is believed towards this client alone, as all that it asks is.
        let secret = self.secret_of(client).ok().flatten()?;
        let claims = self.world.foreign.verify_with_secret(jwt, &secret).ok()?;
        let ours = claims.get("iss").and_then(Value::as_str) == Some(self.settings.issuer.as_str());
        ours.then_some(claims)
    }

    /// Whether the session's end-user is the one the hint names. A hint that names nobody is answered by a `fresh`
    /// authentication, whoever it is.
    pub(super) fn hint_fits(&self, walk: &Walk<'_>, interaction: &Interaction, fresh: bool) -> bool {
        let Some(session) = &walk.session else { return true };
        match &interaction.hint {
            None => true,
            Some(HintedSubject::Nobody) => fresh,
            Some(HintedSubject::Subs(subs)) => subs.contains(&self.sub_for(&walk.client, &session.subject)),
            Some(HintedSubject::Sub(sub)) => &self.sub_for(&walk.client, &session.subject) == sub,
        }
    }

    /// Begins a session for an authentication that just happened. Its ACR is what was reached just now, for `auth_time`
    /// speaks of it; the methods of `earlier` count on for a step-up alone, not for one who had to authenticate anew.
    pub(super) async fn begin_session(
        &self,
        authenticated: Authenticated<'_>,
        earlier: Option<&Session>,
    ) -> Result<(Session, RandomToken), Fault> {
        let Authenticated { subject, method, amr, step_up, bundle, origin } = authenticated;
        let cookie = RandomToken::draw(self.world.entropy.as_ref());
        let now = self.now();
        let same = earlier.filter(|session| session.subject == subject);
        let mut all_amr = same.filter(|_| step_up).map(|session| session.amr.clone()).unwrap_or_default();
        for value in if amr.is_empty() { method.amr.clone() } else { amr } {
            if !all_amr.contains(&value) {
                all_amr.push(value);
            }
        }
        let session = Session {
            cookie: cookie.hash(),
            id: same.map_or_else(|| SessionId::draw(self.world.entropy.as_ref()), |session| session.id.clone()),
            subject,
            acr: method.acr.clone(),
            level: method.level,
            amr: all_amr,
            auth_time: now,
            created_at: same.map_or(now, |session| session.created_at),
            expires_at: now.plus(self.settings.lifetimes.session_s),
            bundle: bundle.clone(),
            address: origin.ip.parse().ok(),
            user_agent: origin.user_agent.clone(),
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
