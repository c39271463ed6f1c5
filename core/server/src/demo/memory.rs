//! What the relying party remembers of browsers: their open requests and what they were given. In this process
//! alone, bounded, and gone when it ends.

use super::asked::Asked;
use super::grant::SignedIn;
use super::trouble::Trouble;
use super::{CALLBACK_PATH, DemoSetup};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::secret::SecretText;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::params::Params;
use gatewright_protocol::pkce::{CODE_CHALLENGE_METHOD, CodeVerifier};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// Most browsers remembered; a further one takes the place of the one that would be forgotten first.
pub const VISITS_MAX: usize = 512;
/// Most open requests of one browser; a further one takes the place of the oldest.
pub const PENDING_MAX: usize = 8;
/// How long a request waits for its response, in seconds.
pub const PENDING_S: u64 = 15 * 60;
/// How long tokens are kept, in seconds.
pub const SIGNED_IN_S: u64 = 60 * 60;

/// An authorization request on its way.
pub(super) struct Pending {
    state: String,
    pub(super) nonce: String,
    pub(super) verifier: SecretText,
    pub(super) asked: Asked,
    challenge: String,
}

impl Pending {
    /// A request with random `state`, `nonce` and PKCE verifier.
    pub(super) fn draw(entropy: &dyn Entropy, asked: Asked) -> Result<Self, Trouble> {
        let verifier = random_text::<32>(entropy);
        let challenge = CodeVerifier::try_from(verifier.as_str())?.challenge().as_str().to_owned();
        let (state, nonce) = (random_text::<24>(entropy), random_text::<24>(entropy));
        Ok(Self { state, nonce, verifier: SecretText::new(verifier), asked, challenge })
    }

    /// The request, to be sent through the browser (RFC 6749 4.1.1, RFC 7636 4.3).
    pub(super) fn authorization_request(&self, endpoint: &Url, setup: &DemoSetup) -> Url {
        let mut to = endpoint.clone();
        to.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", setup.client_id.as_str())
            .append_pair("redirect_uri", &setup.issuer.endpoint(CALLBACK_PATH))
            .append_pair("state", &self.state)
            .append_pair("nonce", &self.nonce)
            .append_pair("code_challenge", &self.challenge)
            .append_pair("code_challenge_method", CODE_CHALLENGE_METHOD)
            .extend_pairs(self.asked.parameters());
        to
    }

    /// The code of a response to this request (RFC 6749 4.1.2). Its `iss` must be our server's (RFC 9207 2.4).
    pub(super) fn read_response<'r>(&self, params: &'r Params, issuer: &Issuer) -> Result<&'r str, Trouble> {
        if params.single("iss")? != Some(issuer.as_str()) {
            return Err(Trouble::OtherIssuer(issuer.as_str().to_owned()));
        }
        if let Some(code) = params.single("error")? {
            return Err(Trouble::refused(code, params.single("error_description")?));
        }
        let missing = || Trouble::Unreadable { endpoint: "authorization endpoint", reason: "it brings no code".into() };
        params.single("code")?.ok_or_else(missing)
    }
}

/// One browser.
struct Visit {
    /// What the forms of its pages bring back.
    token: String,
    pending: Vec<Pending>,
    signed_in: Option<SignedIn>,
    expires_at: Timestamp,
}

/// A browser at a moment.
pub(super) struct Arrival<'a> {
    /// Its cookie.
    pub(super) cookie: &'a str,
    /// What its forms bring back, should it be new.
    pub(super) token: String,
    /// The moment.
    pub(super) now: Timestamp,
}

/// All of them, by cookie.
#[derive(Default)]
pub(super) struct Memory(Mutex<HashMap<String, Visit>>);

impl Memory {
    /// Remembers an open request of a browser.
    pub(super) fn keep_pending(&self, browser: Arrival<'_>, pending: Pending) {
        let mut visits = self.visits();
        let now = browser.now;
        let visit = visit(&mut visits, browser);
        if visit.pending.len() == PENDING_MAX {
            visit.pending.remove(0);
        }
        visit.pending.push(pending);
        visit.expires_at = visit.expires_at.max(now.plus(PENDING_S));
    }

    /// Takes the open request with that `state` out.
    pub(super) fn take_pending(&self, cookie: Option<&str>, state: &str, now: Timestamp) -> Option<Pending> {
        let mut visits = self.visits();
        let visit = live(&mut visits, cookie?, now)?;
        let place = visit.pending.iter().position(|pending| pending.state == state)?;
        Some(visit.pending.remove(place))
    }

    /// The browser known as `old` is signed in and goes by another cookie from now on; requests it still has open
    /// come along.
    pub(super) fn sign_in(&self, old: Option<&str>, browser: Arrival<'_>, signed_in: SignedIn) {
        let mut visits = self.visits();
        let now = browser.now;
        let pending = old.and_then(|old| visits.remove(old)).map(|visit| visit.pending).unwrap_or_default();
        let visit = visit(&mut visits, browser);
        visit.pending = pending;
        visit.signed_in = Some(signed_in);
        visit.expires_at = now.plus(SIGNED_IN_S);
    }

    /// What the browser was given, with the token of its forms.
    pub(super) fn signed_in(&self, cookie: Option<&str>, now: Timestamp) -> Option<(String, SignedIn)> {
        let mut visits = self.visits();
        let visit = live(&mut visits, cookie?, now)?;
        Some((visit.token.clone(), visit.signed_in.clone()?))
    }

    /// Takes the refresh token out, if the form brought the right token.
    pub(super) fn take_refresh_token(
        &self,
        cookie: Option<&str>,
        token: &str,
        now: Timestamp,
    ) -> Option<(SecretText, SignedIn)> {
        let mut visits = self.visits();
        let visit = live(&mut visits, cookie?, now).filter(|visit| visit.token == token)?;
        let signed_in = visit.signed_in.as_mut()?;
        let refresh_token = signed_in.refresh_token.take()?;
        Some((refresh_token, signed_in.clone()))
    }

    /// Puts renewed tokens in the place of the old ones, if the browser has not signed out meanwhile.
    pub(super) fn renew(&self, cookie: Option<&str>, signed_in: SignedIn) {
        let mut visits = self.visits();
        if let Some(visit) = cookie.and_then(|cookie| visits.get_mut(cookie)) {
            visit.signed_in = Some(signed_in);
        }
    }

    /// Forgets the browser.
    pub(super) fn forget(&self, cookie: Option<&str>) {
        if let Some(cookie) = cookie {
            self.visits().remove(cookie);
        }
    }

    /// A panic elsewhere leaves whole visits behind, never half a one.
    fn visits(&self) -> MutexGuard<'_, HashMap<String, Visit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn live<'v>(visits: &'v mut HashMap<String, Visit>, cookie: &str, now: Timestamp) -> Option<&'v mut Visit> {
    visits.get_mut(cookie).filter(|visit| visit.expires_at > now)
}

/// The live visit of that browser, or a new one.
fn visit<'v>(visits: &'v mut HashMap<String, Visit>, browser: Arrival<'_>) -> &'v mut Visit {
    let Arrival { cookie, token, now } = browser;
    visits.retain(|_, visit| visit.expires_at > now);
    if !visits.contains_key(cookie) && visits.len() >= VISITS_MAX {
        let first = visits.iter().min_by_key(|(_, visit)| visit.expires_at).map(|(cookie, _)| cookie.clone());
        first.and_then(|first| visits.remove(&first));
    }
    let new = || Visit { token, pending: vec![], signed_in: None, expires_at: now };
    visits.entry(cookie.to_owned()).or_insert_with(new)
}
