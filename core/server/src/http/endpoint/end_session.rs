//! `/end_session` (OpenID Connect RP-Initiated Logout 2): GET or POST by a client, POST by the confirmation page.

use super::GET_POST;
use crate::http::exchange::Exchange;
use crate::http::fault::rendered;
use crate::http::reply::{self, Response};
use crate::http::reposted::reposted;
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cookies, page};
use crate::pages::{AccountFace, ClientFace, Frame, HandOverView, STEP_FIELD, SignOutView, SignedOutView};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_engine::browser::CookieChange;
use gatewright_engine::logout::LogoutAnswer;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::locale::Locales;
use gatewright_protocol::params::Params;
use std::sync::Arc;
use url::Url;
use warp::filters::BoxedFilter;

const NAME: &str = "end_session";
const PATH: &str = "/end_session";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: NAME, path: PATH, methods: GET_POST }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let browser = exchange.browser(&service);
    if let Some(query) = reposted(&exchange, &browser).filter(|_| exchange.query.is_empty()) {
        return reply::see_other(&service.engine.settings().issuer.endpoint(&format!("{PATH}?{query}")));
    }
    let params = match parameters(&exchange) {
        Ok(params) => params,
        Err(refusal) => return page::unreadable(&service, NAME, refusal),
    };
    let confirmation = match params.single(STEP_FIELD) {
        Ok(step) => step.filter(|_| exchange.method == http::Method::POST),
        Err(refusal) => return page::unreadable(&service, NAME, refusal),
    };
    let asked = Asked { service: &service, exchange: &exchange, locales: locales(&params), confirmed: confirmation };
    match service.engine.end_session(&params, confirmation, &browser).await {
        Err(error) => page::walk_error(&service, NAME, &error),
        Ok(answer) => asked.drawn(&answer).unwrap_or_else(|fault| page::walk_error(&service, NAME, &fault.into())),
    }
}

/// The confirmation is posted to the very URL of the question, whose query still says what was asked.
fn parameters(exchange: &Exchange) -> Result<Params, Refusal> {
    if exchange.method != http::Method::POST {
        return exchange.query_params();
    }
    let mut whole = exchange.query.clone().into_bytes();
    if !whole.is_empty() {
        whole.push(b'&');
    }
    exchange.form_params()?;
    whole.extend_from_slice(&exchange.body);
    Ok(Params::parse_form(&whole)?)
}

/// The languages that the client says its end-user prefers. That they stand there twice is refused elsewhere.
fn locales(params: &Params) -> Locales {
    params.single("ui_locales").ok().flatten().map(Locales::parse).unwrap_or_default()
}

/// One logout request, as it is drawn.
struct Asked<'a> {
    service: &'a Service,
    exchange: &'a Exchange,
    locales: Locales,
    confirmed: Option<&'a str>,
}

impl Asked<'_> {
    fn drawn(&self, answer: &LogoutAnswer) -> Result<Response, Fault> {
        let pages = &self.service.pages;
        let mut response = match answer {
            LogoutAnswer::Redirect(location) => self.back(location)?,
            LogoutAnswer::SigningOut { client, frames, then, not_sent_on } => {
                log_not_sent_on(client.as_deref(), *not_sent_on);
                page::signing_out(self.service, &self.frame(client.as_deref()), frames, then.as_deref())?
            }
            LogoutAnswer::SignedOut { client, was_signed_in, not_sent_on } => {
                log_not_sent_on(client.as_deref(), *not_sent_on);
                let frame = self.frame(client.as_deref());
                rendered(pages.signed_out(SignedOutView { frame: &frame, was_signed_in: *was_signed_in })?)
            }
            LogoutAnswer::Confirm { token, user, client } => {
                let (frame, account) = (self.frame(client.as_deref()), user.as_ref().map(AccountFace::of));
                let view = SignOutView { frame: &frame, account: account.as_ref(), stay: None, step: token };
                return Ok(rendered(pages.sign_out(view)?));
            }
        };
        cookies::set(response.headers_mut(), &[CookieChange::EndSession], self.service.is_https());
        Ok(response)
    }

    /// Back to the client. From the confirmation, whose form may lead here alone, by a page in between.
    fn back(&self, location: &str) -> Result<Response, Fault> {
        let to = Url::parse(location).ok().filter(|to| matches!(to.scheme(), "http" | "https"));
        match to.filter(|_| self.confirmed.is_some()) {
            None => Ok(reply::see_other(location)),
            Some(to) => Ok(rendered(self.service.pages.hand_over(HandOverView { frame: &self.frame(None), to: &to })?)),
        }
    }

    fn frame(&self, client: Option<&Client>) -> Frame {
        let language = self.service.pages.language(&self.locales, self.exchange.accept_language());
        Frame { language, client: client.map(|client| ClientFace::of(client, None)) }
    }
}

fn log_not_sent_on(client: Option<&Client>, reason: Option<&str>) {
    if let Some(reason) = reason {
        tracing::info!(client.id = client.map(|client| client.id.as_str()), reason, "a logout was not sent on");
    }
}
