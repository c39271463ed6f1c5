//! A browser: cookies, redirects, forms. It fetches nothing else of a page, and never the redirect URI.

use super::answer::Answer;
use super::authorization::{AuthorizationRequest, callback};
use super::cookies::CookieJar;
use super::failure::Failure;
use super::laps::Laps;
use super::pages::{Page, Reply, ReplyStep};
use super::target::Target;
use super::wire::{Call, Wire};
use http::header::{COOKIE, HeaderValue};
use std::sync::Arc;
use url::Url;

/// Most redirects that are followed in a row.
pub(super) const REDIRECTS_MAX: usize = 20;

/// One end-user's browser.
pub(super) struct Browser {
    pub(super) wire: Wire,
    jar: CookieJar,
    redirect_uri: String,
}

/// Where a browser ends up.
pub(super) enum Arrival {
    Callback(Url),
    Page(Page),
}

impl Browser {
    /// A browser that knows nothing yet.
    pub(super) fn new(target: &Target) -> Self {
        Self {
            wire: Wire::new(Arc::clone(&target.connector)),
            jar: CookieJar::default(),
            redirect_uri: target.arguments.client.redirect_uri.clone(),
        }
    }

    /// Becomes another end-user's browser: the cookies go, the connections stay.
    pub(super) fn forget(&mut self) {
        self.jar = CookieJar::default();
    }

    /// Opens an authorization request.
    pub(super) async fn authorize(
        &mut self,
        request: &AuthorizationRequest,
        laps: &mut Laps,
    ) -> Result<Arrival, Failure> {
        let answer = self.browse(Call::get("authorization endpoint", &request.url)).await?;
        laps.lap("authorize");
        self.follow(request.url.clone(), answer, laps).await
    }

    /// Sends the end-user's reply to a page.
    pub(super) async fn reply(&mut self, reply: Reply, laps: &mut Laps) -> Result<Arrival, Failure> {
        let (endpoint, lap) = match reply.step {
            ReplyStep::Username => ("sign-in page", "username"),
            ReplyStep::Password => ("sign-in page", "credentials"),
            ReplyStep::Consent => ("consent page", "consent"),
        };
        let call = match reply.body {
            Some(body) => Call::form(endpoint, &reply.url, body),
            None => Call::get(endpoint, &reply.url),
        };
        let answer = self.browse(call).await?;
        laps.lap(lap);
        self.follow(reply.url, answer, laps).await
    }

    /// Follows redirects up to a page or to the client's redirect URI, which is not fetched.
    async fn follow(&mut self, mut url: Url, mut answer: Answer, laps: &mut Laps) -> Result<Arrival, Failure> {
        for hops in 0..REDIRECTS_MAX {
            let Some(location) = answer.location() else {
                return Ok(Arrival::Page(Page { url, answer }));
            };
            if let Some(callback) = callback(location, &self.redirect_uri) {
                return Ok(Arrival::Callback(callback));
            }
            url = url.join(location).map_err(|_| answer.malformed("it redirects to no address"))?;
            url.set_fragment(None);
            answer = self.browse(Call::get("page", &url)).await?;
            laps.lap_again("redirects", hops > 0);
        }
        Err(Failure::EndlessTrip(REDIRECTS_MAX))
    }

    async fn browse(&mut self, mut call: Call<'_>) -> Result<Answer, Failure> {
        if let Some(cookies) = self.jar.header(call.url) {
            let header = HeaderValue::from_str(&cookies).map_err(|_| Failure::Malformed {
                endpoint: call.endpoint,
                reason: "a cookie that was set cannot be sent back".into(),
            })?;
            call = call.with(COOKIE, header);
        }
        let answer = self.wire.send(&call).await?;
        self.jar.store(call.url, &answer.headers);
        Ok(answer)
    }
}
