//! The built-in relying party at `/demo`: signs the end-user in with this very server as any client would, over
//! HTTP, and shows everything it was given (OpenID Connect Core 3.1, RFC 6749 4.1, RFC 7636, RFC 9207).
//!
//! It is a client like another: it finds the endpoints by discovery, keeps `state`, `nonce` and the PKCE verifier
//! to itself, and believes nothing it has not verified. Only `gatewright quickstart` serves it. Requests come in
//! and pages go out as plain values.

mod asked;
mod calendar;
mod claim_words;
mod decoded;
mod draw;
mod grant;
mod id_token;
mod memory;
mod provider;
#[cfg(test)]
mod tests;
mod trouble;
mod visitor;
mod wire;

pub use asked::ASKED_TEXT_BYTES_MAX;
pub use memory::{PENDING_MAX, PENDING_S, SIGNED_IN_S, VISITS_MAX};
pub use visitor::COOKIE;
pub use wire::{ANSWER_BYTES_MAX, ANSWER_S_MAX};

use crate::pages::{Pages, Rendered};
use asked::Asked;
use draw::Notice;
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::ForeignJwt;
use gatewright_protocol::client_id::ClientId;
use gatewright_protocol::issuer::Issuer;
use gatewright_protocol::params::Params;
use grant::{CodeGrant, SignedIn};
use http::HeaderMap;
use memory::{Arrival, Memory, Pending};
use provider::Provider;
use std::sync::Arc;
use std::time::Duration;
use trouble::Trouble;
use url::Url;
use visitor::Visitor;
use wire::{HttpWire, Wire};

/// Path of the first page, below the issuer. Also where the browser comes back to after signing out: register it
/// as a post-logout redirect URI.
pub const PATH: &str = "/demo";
/// Path of the redirect URI, below the issuer.
pub const CALLBACK_PATH: &str = "/demo/callback";

/// The `state` of a sign-out that began here.
const SIGNED_OUT: &str = "signed-out";

/// What the relying party is made of.
pub struct DemoSetup {
    /// The server it signs in with.
    pub issuer: Issuer,
    /// Where this process reaches that server: scheme, host and port.
    pub reach: Url,
    /// Its `client_id`.
    pub client_id: ClientId,
    /// Its `client_secret`, for `client_secret_basic`.
    pub client_secret: SecretText,
    /// Accounts to tell the end-user about: username and password.
    pub accounts: Vec<(String, String)>,
    /// What it draws with.
    pub pages: Arc<Pages>,
    /// Verifies ID tokens.
    pub verifier: Arc<dyn ForeignJwt>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// The relying party. Every function answers a whole response.
pub struct Demo {
    setup: DemoSetup,
    memory: Memory,
    provider: Provider,
    wire: Arc<dyn Wire>,
}

impl Demo {
    /// The relying party. It asks nothing of the server before the first end-user comes.
    pub fn new(setup: DemoSetup) -> Self {
        Self::over(setup, Arc::new(HttpWire::new(Duration::from_secs(ANSWER_S_MAX))))
    }

    fn over(setup: DemoSetup, wire: Arc<dyn Wire>) -> Self {
        let provider = Provider::new(setup.issuer.clone(), setup.reach.clone());
        Self { setup, memory: Memory::default(), provider, wire }
    }

    /// `GET /demo`: what it got, or the way to get it. Coming back from signing out is said.
    pub fn start(&self, headers: &HeaderMap, query: &Params) -> Rendered {
        if let Some(elsewhere) = self.proper_address(headers) {
            return draw::see_other(&elsewhere);
        }
        let visitor = Visitor::of(headers);
        let signed_in = self.memory.signed_in(visitor.cookie(), self.setup.clock.now());
        match signed_in {
            Some((token, signed_in)) => draw::result(&self.setup, &signed_in, &token),
            None => {
                let left = query.single("state").ok().flatten() == Some(SIGNED_OUT);
                draw::start(&self.setup, left.then_some(Notice::SignedOut))
            }
        }
    }

    /// `GET /demo/sign-in`: to the authorization endpoint, with what the end-user chose to ask for.
    pub async fn sign_in(&self, headers: &HeaderMap, query: &Params) -> Rendered {
        match self.begin(headers, query).await {
            Ok(answer) => answer,
            Err(trouble) => draw::failure(&self.setup, &trouble),
        }
    }

    /// `GET` or `POST /demo/callback`: the authorization response.
    pub async fn callback(&self, headers: &HeaderMap, params: &Params) -> Rendered {
        match self.redeem(headers, params).await {
            Ok(answer) => answer,
            Err(trouble) => draw::failure(&self.setup, &trouble),
        }
    }

    /// `POST /demo/refresh`: new tokens for the refresh token.
    pub async fn refresh(&self, headers: &HeaderMap, form: &Params) -> Rendered {
        match self.renew(headers, form).await {
            Ok(answer) => answer,
            Err(trouble) => draw::failure(&self.setup, &trouble),
        }
    }

    /// `POST /demo/sign-out`: forgets, and goes on to the end-session endpoint.
    pub async fn sign_out(&self, headers: &HeaderMap, form: &Params) -> Rendered {
        match self.leave(headers, form).await {
            Ok(answer) => answer,
            Err(trouble) => draw::failure(&self.setup, &trouble),
        }
    }

    async fn begin(&self, headers: &HeaderMap, query: &Params) -> Result<Rendered, Trouble> {
        let asked = Asked::parse(query)?;
        let endpoints = self.provider.endpoints(self.wire.as_ref()).await?;
        let visitor = Visitor::of(headers).or_new(self.setup.entropy.as_ref());
        let pending = Pending::draw(self.setup.entropy.as_ref(), asked)?;
        let to = pending.authorization_request(&endpoints.authorization, &self.setup);
        self.memory.keep_pending(self.arrival(visitor.value()), pending);
        Ok(visitor.set_cookie(draw::see_other(to.as_str()), &self.setup.issuer))
    }

    async fn redeem(&self, headers: &HeaderMap, params: &Params) -> Result<Rendered, Trouble> {
        let visitor = Visitor::of(headers);
        let state = params.single("state")?.unwrap_or_default();
        // Taken out: a response is good for one request, and for the browser that made it.
        let now = self.setup.clock.now();
        let pending = self.memory.take_pending(visitor.cookie(), state, now).ok_or(Trouble::NotExpected)?;
        let code = pending.read_response(params, &self.setup.issuer)?;
        let endpoints = self.provider.endpoints(self.wire.as_ref()).await?;
        let grant = CodeGrant { setup: &self.setup, endpoints: &endpoints, wire: self.wire.as_ref() };
        let signed_in = grant.redeem(&pending, code).await?;
        // A new cookie: whoever knew the old one is not signed in with it.
        let known = Visitor::draw(self.setup.entropy.as_ref());
        self.memory.sign_in(visitor.cookie(), self.arrival(known.value()), signed_in);
        Ok(known.set_cookie(draw::see_other(&self.setup.issuer.endpoint(PATH)), &self.setup.issuer))
    }

    async fn renew(&self, headers: &HeaderMap, form: &Params) -> Result<Rendered, Trouble> {
        let visitor = Visitor::of(headers);
        let token = form.single("token")?.unwrap_or_default();
        let now = self.setup.clock.now();
        // Taken out: a refresh token that is used twice ends its whole family (RFC 9700 4.14).
        let held = self.memory.take_refresh_token(visitor.cookie(), token, now).ok_or(Trouble::NotSignedIn)?;
        let (refresh_token, signed_in) = held;
        let endpoints = self.provider.endpoints(self.wire.as_ref()).await?;
        let grant = CodeGrant { setup: &self.setup, endpoints: &endpoints, wire: self.wire.as_ref() };
        let renewed = grant.refresh(signed_in, &refresh_token).await?;
        self.memory.renew(visitor.cookie(), renewed);
        Ok(draw::see_other(&self.setup.issuer.endpoint(PATH)))
    }

    async fn leave(&self, headers: &HeaderMap, form: &Params) -> Result<Rendered, Trouble> {
        let visitor = Visitor::of(headers);
        let (token, signed_in) =
            self.memory.signed_in(visitor.cookie(), self.setup.clock.now()).ok_or(Trouble::NotSignedIn)?;
        if form.single("token")? != Some(token.as_str()) {
            return Err(Trouble::NotSignedIn);
        }
        let endpoints = self.provider.endpoints(self.wire.as_ref()).await?;
        self.memory.forget(visitor.cookie());
        let to = self.end_session_request(&endpoints.end_session, &signed_in);
        Ok(Visitor::clear_cookie(draw::see_other(to.as_str()), &self.setup.issuer))
    }

    fn arrival<'a>(&self, cookie: &'a str) -> Arrival<'a> {
        let token = random_text::<16>(self.setup.entropy.as_ref());
        Arrival { cookie, token, now: self.setup.clock.now() }
    }

    /// RP-Initiated Logout 1.0, 2.
    fn end_session_request(&self, endpoint: &Url, signed_in: &SignedIn) -> Url {
        let mut to = endpoint.clone();
        to.query_pairs_mut()
            .append_pair("id_token_hint", &signed_in.id_token.raw)
            .append_pair("client_id", self.setup.client_id.as_str())
            .append_pair("post_logout_redirect_uri", &self.setup.issuer.endpoint(PATH))
            .append_pair("state", SIGNED_OUT);
        to
    }

    /// Where the page should have been opened: a cookie of `127.0.0.1` is not there when the browser comes back to
    /// `localhost`. Between names of this machine alone, and only at the same port.
    fn proper_address(&self, headers: &HeaderMap) -> Option<String> {
        let opened = headers.get(http::header::HOST)?.to_str().ok()?;
        let opened = Url::parse(&format!("http://{opened}")).ok()?;
        let proper = Url::parse(self.setup.issuer.as_str()).ok()?;
        let local = |url: &Url| matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let other_name = opened.host_str() != proper.host_str() && opened.port() == proper.port();
        (local(&opened) && local(&proper) && other_name).then(|| self.setup.issuer.endpoint(PATH))
    }
}
