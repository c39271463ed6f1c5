//! `/userinfo` (OpenID Connect Core 5.3, RFC 6750).

use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cors, fault};
use gatewright_engine::error::EndpointError;
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_protocol::bearer::{WwwAuthenticate, bearer_token};
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use http::{Method, StatusCode};
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "userinfo";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    const METHODS: &[Method] = &[Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
    Route { name: NAME, path: "/userinfo", methods: METHODS }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let response = match cors::preflight(&exchange) {
        Some(preflight) => preflight,
        None => describe(&service, &exchange).await,
    };
    cors::allow(response, cors::origin(&exchange).as_deref(), &service.settings)
}

async fn describe(service: &Service, exchange: &Exchange) -> Response {
    let challenge = WwwAuthenticate::bearer().realm("gatewright");
    let token = match presented(exchange) {
        Ok(Some(token)) => token,
        Ok(None) => {
            // No credentials at all: no error code either (RFC 6750 3.1).
            let mut response = reply::no_store(reply::empty(StatusCode::UNAUTHORIZED));
            reply::challenge(&mut response, &challenge);
            return response;
        }
        Err(refusal) => return refused(&refusal, challenge),
    };
    match service.engine.userinfo(token.expose()).await {
        Ok(UserinfoAnswer::Claims(claims)) => reply::json(StatusCode::OK, &claims),
        Ok(UserinfoAnswer::Jwt(jwt)) => reply::no_store(reply::text(StatusCode::OK, "application/jwt", jwt)),
        Err(EndpointError::Refused(refusal)) => {
            service.metrics.refusal(NAME, refusal.code().as_str());
            refused(&refusal, challenge)
        }
        Err(error) => fault::endpoint_error(service, NAME, &error),
    }
}

fn presented(exchange: &Exchange) -> Result<Option<gatewright_protocol::credential::Credential>, Refusal> {
    let query = exchange.query_params()?;
    let form =
        if exchange.method == Method::POST && exchange.is_form() { exchange.form_params()? } else { Params::default() };
    bearer_token(exchange.authorization(), &query, &form)
}

fn refused(refusal: &Refusal, challenge: WwwAuthenticate) -> Response {
    let mut response = reply::refusal(refusal);
    reply::challenge(&mut response, &challenge.refusal(refusal));
    response
}
