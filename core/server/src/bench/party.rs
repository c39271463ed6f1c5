//! One end-user with their browser and the client they use: everything that one operation needs to hold.

use super::answer::Answer;
use super::authorization::{AuthorizationRequest, Purpose};
use super::browser::{Arrival, Browser};
use super::client::Client;
use super::failure::Failure;
use super::laps::Laps;
use super::pages::ReplyStep;
use super::target::Target;
use super::tokens::{Expected, Tokens};
use super::wire::Call;
use http::header::{AUTHORIZATION, HeaderValue};
use std::sync::Arc;

/// Most pages that are answered before the code must have come.
pub(super) const PAGES_MAX: usize = 8;

/// An end-user, their browser and a client. Browser and client share connections: one to each host.
pub(super) struct Party {
    pub(super) target: Arc<Target>,
    pub(super) client: Arc<Client>,
    browser: Browser,
}

impl Party {
    /// A party with a browser that knows nothing yet.
    pub(super) fn new(target: Arc<Target>, client: Arc<Client>) -> Self {
        let browser = Browser::new(&target);
        Self { target, client, browser }
    }

    /// Requests sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.browser.wire.requests
    }

    /// Goes from a new browser to tokens: authorization request, pages, code, token request.
    pub(super) async fn sign_in(&mut self, purpose: Purpose, laps: &mut Laps) -> Result<Tokens, Failure> {
        self.browser.forget();
        let request = AuthorizationRequest::new(&self.target, &self.client, purpose)?;
        let code = self.walk(&request, laps).await?;
        let tokens = self.redeem(&code, &request).await?;
        laps.lap("token");
        Ok(tokens)
    }

    /// Goes from a browser that is signed in to tokens; a page on the way is a failure.
    pub(super) async fn single_sign_on(&mut self, laps: &mut Laps) -> Result<Tokens, Failure> {
        let request = AuthorizationRequest::new(&self.target, &self.client, Purpose::Code)?;
        let code = match self.browser.authorize(&request, laps).await? {
            Arrival::Callback(url) => request.code(&self.target.metadata.issuer, &url)?,
            Arrival::Page(page) if page.answer.status.as_u16() >= 400 => return Err(page.answer.refusal()),
            Arrival::Page(page) => return Err(Failure::PageInsteadOfCode { excerpt: page.answer.excerpt() }),
        };
        let tokens = self.redeem(&code, &request).await?;
        laps.lap("token");
        Ok(tokens)
    }

    /// Exchanges a refresh token (RFC 6749 section 6).
    pub(super) async fn refresh(&mut self, refresh_token: &str) -> Result<Tokens, Failure> {
        let parameters = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        Tokens::read(&self.token_request(&parameters).await?, None)
    }

    /// Asks for an access token of the client's own (RFC 6749 section 4.4).
    pub(super) async fn client_credentials(&mut self) -> Result<Tokens, Failure> {
        let target = Arc::clone(&self.target);
        let mut parameters = vec![("grant_type", "client_credentials")];
        if let Some(scope) = &target.arguments.client.client_credentials_scope {
            parameters.push(("scope", scope));
        }
        Tokens::read(&self.token_request(&parameters).await?, None)
    }

    /// Asks for the end-user's claims (OpenID Connect Core section 5.3), which must be about the ID token's subject.
    pub(super) async fn userinfo(&mut self, tokens: &Tokens) -> Result<(), Failure> {
        let target = Arc::clone(&self.target);
        let bearer = HeaderValue::from_str(&format!("Bearer {}", tokens.access_token)).map_err(|_| {
            Failure::Malformed { endpoint: "token endpoint", reason: "the access token fits no header".into() }
        })?;
        let call = Call::get("userinfo endpoint", target.userinfo_endpoint()?).with(AUTHORIZATION, bearer);
        let answer = self.browser.wire.send(&call).await?;
        if answer.status.is_success() && !answer.is_json() {
            return Ok(()); // Signed userinfo (section 5.3.2), which only its recipient can be sure of.
        }
        let claims: serde_json::Value = answer.json()?;
        let subject = claims.get("sub").and_then(serde_json::Value::as_str);
        match &tokens.subject {
            Some(expected) if subject != Some(expected) => Err(answer.malformed("it is about another subject")),
            _ => Ok(()),
        }
    }

    /// Asks whether an access token is active (RFC 7662), which it must be.
    pub(super) async fn introspect(&mut self, access_token: &str) -> Result<(), Failure> {
        let target = Arc::clone(&self.target);
        let parameters = [("token", access_token), ("token_type_hint", "access_token")];
        let url = target.introspection_endpoint()?;
        let answer = self.browser.wire.send(&self.client.call("introspection endpoint", url, &parameters)).await?;
        let document: serde_json::Value = answer.json()?;
        let active = document.get("active").and_then(serde_json::Value::as_bool);
        if active == Some(true) { Ok(()) } else { Err(Failure::Inactive) }
    }

    async fn redeem(&mut self, code: &str, request: &AuthorizationRequest) -> Result<Tokens, Failure> {
        let target = Arc::clone(&self.target);
        let arguments = &target.arguments.client;
        let mut parameters =
            vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &arguments.redirect_uri)];
        if let Some(verifier) = &request.verifier {
            parameters.push(("code_verifier", verifier));
        }
        let answer = self.token_request(&parameters).await?;
        let expected = Expected { issuer: &target.metadata.issuer, client_id: &self.client.id, nonce: &request.nonce };
        let openid = arguments.scope.split(' ').any(|value| value == "openid");
        Tokens::read(&answer, openid.then_some(&expected))
    }

    async fn token_request(&mut self, parameters: &[(&str, &str)]) -> Result<Answer, Failure> {
        let target = Arc::clone(&self.target);
        let call = self.client.call("token endpoint", &target.metadata.token_endpoint, parameters);
        self.browser.wire.send(&call).await
    }

    /// Answers page after page until the code comes.
    async fn walk(&mut self, request: &AuthorizationRequest, laps: &mut Laps) -> Result<String, Failure> {
        let target = Arc::clone(&self.target);
        let mut arrival = self.browser.authorize(request, laps).await?;
        let mut password_sent = false;
        for _ in 0..PAGES_MAX {
            let page = match arrival {
                Arrival::Callback(url) => return request.code(&target.metadata.issuer, &url),
                Arrival::Page(page) => page,
            };
            let reply = page.reply(&target.arguments.sign_in, password_sent)?;
            password_sent |= reply.step == ReplyStep::Password;
            arrival = self.browser.reply(reply, laps).await?;
        }
        Err(Failure::EndlessTrip(PAGES_MAX))
    }
}
