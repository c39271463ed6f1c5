//! The pages of an interaction, `/sign-in/{id}` and `/consent/{id}`, and `/visit`, where the browser comes back from
//! elsewhere.

use super::GET_POST;
use crate::http::caller::Caller;
use crate::http::exchange::Exchange;
use crate::http::members;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::pages::STEP_FIELD;
use gatewright_domain::page::Submission;
use gatewright_domain::secret::SecretText;
use gatewright_engine::authorization::{Answered, Looked};
use gatewright_engine::error::DirectError;
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use http::Method;
use std::collections::BTreeMap;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "interaction";

pub(super) fn routes(service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        Route { name: NAME, path: "/sign-in/", methods: GET_POST }.to(service, answer),
        Route { name: NAME, path: "/consent/", methods: GET_POST }.to(service, answer),
        Route { name: "visit", path: "/visit", methods: GET_POST }.to(service, returned),
    ]
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let caller = Caller { service: &service, exchange: &exchange, place: NAME };
    if exchange.method == Method::POST { submit(&caller).await } else { show(&caller).await }
}

async fn show(caller: &Caller<'_>) -> Response {
    let Caller { service, exchange, .. } = *caller;
    let (id, browser) = (&exchange.rest, exchange.browser(service));
    let looked = if is_look(exchange) {
        service.engine.look(id, &browser).await
    } else {
        service.engine.show(id, &browser).await.map(|shown| Looked::Page(Box::new(shown)))
    };
    match looked {
        Ok(Looked::Page(shown)) => caller.shown(&shown).await,
        Ok(Looked::Next(outcome)) => caller.outcome(Ok(outcome)).await,
        Err(error) => caller.error(&error),
    }
}

/// Whether a browser shows the page to somebody: no HEAD, which is safe by definition (RFC 9110 9.2.1), no guess at
/// what will be needed next, no picture or frame.
fn is_look(exchange: &Exchange) -> bool {
    let ahead = ["sec-purpose", "purpose", "x-moz"].iter().filter_map(|name| exchange.header(name));
    exchange.method == Method::GET
        && exchange.header("sec-fetch-dest").is_none_or(|place| place == "document")
        && !ahead.into_iter().any(|purpose| purpose.contains("prefetch") || purpose.contains("prerender"))
}

async fn submit(caller: &Caller<'_>) -> Response {
    let Caller { service, exchange, .. } = *caller;
    if is_foreign(service, exchange) {
        return caller.error(&DirectError::ForeignAnswer.into());
    }
    let (engine, browser) = (&service.engine, exchange.browser(service));
    let answered = if exchange.is_json() {
        match members::read(&exchange.body) {
            Err(refusal) => return caller.error(&DirectError::UnfitAnswer(refusal).into()),
            Ok((token, submission)) => engine.answer_exactly(&exchange.rest, &token, submission, &browser).await,
        }
    } else {
        match form(exchange) {
            Err(refusal) => return caller.unreadable(refusal),
            Ok((token, submission)) => engine.answer(&exchange.rest, &token, submission, &browser).await,
        }
    };
    match answered {
        Ok(Answered::Next(outcome)) => caller.outcome(Ok(outcome)).await,
        Ok(Answered::Again(shown)) => caller.shown(&shown).await,
        Err(error) => caller.error(&error),
    }
}

/// The token of a page's form, and the rest.
fn form(exchange: &Exchange) -> Result<(String, Submission), Refusal> {
    let params = exchange.form_params()?;
    let token = params.single(STEP_FIELD)?.unwrap_or_default().to_owned();
    Ok((token, submission(&params)?))
}

/// A browser says where a form, or a script's request, came from. Another site's is not answered, whatever it carries.
pub(super) fn is_foreign(service: &Service, exchange: &Exchange) -> bool {
    let site = exchange.header("sec-fetch-site");
    let origin = exchange.header("origin");
    let own = service.engine.settings().issuer.origin();
    site.is_some_and(|site| site == "cross-site") || origin.is_some_and(|origin| origin != "null" && origin != own)
}

/// Every field but our own; a repeated one is refused.
fn submission(params: &Params) -> Result<Submission, Refusal> {
    let mut values = BTreeMap::new();
    for (name, _) in params.iter() {
        if name != STEP_FIELD && name != "action" {
            let value = params.single(name)?.unwrap_or_default();
            values.insert(name.to_owned(), SecretText::new(value));
        }
    }
    Ok(Submission { values, action: params.single("action")?.map(ToOwned::to_owned) })
}

async fn returned(service: Arc<Service>, exchange: Exchange) -> Response {
    // Some sites post their answer; our cookies do not come along with another site's post, but with a GET.
    if exchange.method == Method::POST && exchange.is_form() {
        let query = std::str::from_utf8(&exchange.body).unwrap_or_default();
        if query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#') {
            return reply::see_other(&service.engine.settings().issuer.endpoint(&format!("/visit?{query}")));
        }
    }
    let caller = Caller { service: &service, exchange: &exchange, place: "visit" };
    match exchange.params() {
        Err(refusal) => caller.unreadable(refusal),
        Ok(params) => {
            let outcome = service.engine.returned(&params, &exchange.browser(&service)).await;
            caller.outcome(outcome).await
        }
    }
}
