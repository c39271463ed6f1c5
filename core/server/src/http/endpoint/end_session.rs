//! `/end_session` (OpenID Connect RP-Initiated Logout 2): GET or POST by a client, POST by the confirmation page.

use super::GET_POST;
use crate::http::exchange::Exchange;
use crate::http::fault::rendered;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cookies, page};
use crate::pages::{ClientFace, Frame, STEP_FIELD, SignOutView, SignedOutView};
use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_engine::browser::CookieChange;
use gatewright_engine::logout::LogoutAnswer;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "end_session";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: NAME, path: "/end_session", methods: GET_POST }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let params = match parameters(&exchange) {
        Ok(params) => params,
        Err(refusal) => return page::unreadable(&service, NAME, refusal),
    };
    let confirmation = match params.single(STEP_FIELD) {
        Ok(step) => step.filter(|_| exchange.method == http::Method::POST),
        Err(refusal) => return page::unreadable(&service, NAME, refusal),
    };
    match service.engine.end_session(&params, confirmation, &exchange.browser(&service)).await {
        Err(error) => page::walk_error(&service, NAME, &error),
        Ok(answer) => {
            drawn(&service, &exchange, &answer).unwrap_or_else(|fault| page::walk_error(&service, NAME, &fault.into()))
        }
    }
}

/// The confirmation is posted to the very URL of the question, whose query still says what was asked.
fn parameters(exchange: &Exchange) -> Result<gatewright_protocol::params::Params, gatewright_protocol::error::Refusal> {
    if exchange.method != http::Method::POST {
        return exchange.query_params();
    }
    let mut whole = exchange.query.clone().into_bytes();
    if !whole.is_empty() {
        whole.push(b'&');
    }
    exchange.form_params()?;
    whole.extend_from_slice(&exchange.body);
    Ok(gatewright_protocol::params::Params::parse_form(&whole)?)
}

fn drawn(service: &Service, exchange: &Exchange, answer: &LogoutAnswer) -> Result<Response, Fault> {
    let mut response = match answer {
        LogoutAnswer::Redirect(location) => reply::see_other(location),
        LogoutAnswer::SignedOut { client, was_signed_in, not_sent_on } => {
            let frame = frame(service, exchange, client.as_deref());
            if let Some(reason) = not_sent_on {
                tracing::info!(
                    client.id = client.as_ref().map(|client| client.id.as_str()),
                    reason,
                    "a logout was not sent on"
                );
            }
            rendered(service.pages.signed_out(SignedOutView { frame: &frame, was_signed_in: *was_signed_in })?)
        }
        LogoutAnswer::Confirm { token, client } => {
            let frame = frame(service, exchange, client.as_deref());
            let view = SignOutView { frame: &frame, account: None, stay: None, step: token };
            return Ok(rendered(service.pages.sign_out(view)?));
        }
    };
    cookies::set(response.headers_mut(), &[CookieChange::EndSession], service.is_https());
    Ok(response)
}

fn frame(service: &Service, exchange: &Exchange, client: Option<&Client>) -> Frame {
    let plain = page::plain_frame(service, exchange);
    Frame { client: client.map(|client| ClientFace::of(client, None)), ..plain }
}
