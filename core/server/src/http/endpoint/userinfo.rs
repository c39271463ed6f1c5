//! `/userinfo` (OpenID Connect Core 5.3, RFC 6750, RFC 9449 7, RFC 8705 3).

use crate::http::dpop::{self, Challenges};
use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cors, fault};
use gatewright_engine::binding::PresentedAccess;
use gatewright_engine::error::EndpointError;
use gatewright_engine::userinfo::UserinfoAnswer;
use gatewright_protocol::bearer::{PresentedToken, presented_token};
use gatewright_protocol::error::Refusal;
use gatewright_protocol::params::Params;
use gatewright_protocol::token::TokenType;
use http::{Method, StatusCode};
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "userinfo";
const PATH: &str = "/userinfo";
const REALM: &str = "gatewright";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    const METHODS: &[Method] = &[Method::GET, Method::HEAD, Method::POST, Method::OPTIONS];
    Route { name: NAME, path: PATH, methods: METHODS }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let response = match cors::preflight(&exchange) {
        Some(preflight) => preflight,
        None => describe(&service, &exchange).await,
    };
    cors::allow(response, cors::origin(&exchange).as_deref(), &service.settings)
}

async fn describe(service: &Service, exchange: &Exchange) -> Response {
    let challenges = Challenges::of(service, REALM);
    let presented = match presented(exchange) {
        Ok(Some(presented)) => presented,
        Ok(None) => {
            // No credentials at all: no error code either (RFC 6750 3.1).
            let mut response = reply::no_store(reply::empty(StatusCode::UNAUTHORIZED));
            challenges.put(&mut response, TokenType::Bearer, |challenge| challenge);
            return response;
        }
        Err(refusal) => return dpop::refused(&refusal, TokenType::Bearer, &challenges),
    };
    let certificate = exchange.certificate(service);
    let call = exchange.call(PATH, certificate.as_deref());
    let access = PresentedAccess { token: presented.token.expose(), scheme: presented.scheme, call };
    let response = match service.engine.userinfo(access).await {
        Ok(UserinfoAnswer::Claims(claims)) => reply::json(StatusCode::OK, &claims),
        Ok(UserinfoAnswer::Jwt(jwt)) => reply::no_store(reply::text(StatusCode::OK, "application/jwt", jwt)),
        Err(EndpointError::Refused(refusal)) => {
            service.metrics.refusal(NAME, refusal.code().as_str());
            dpop::refused(&refusal, presented.scheme, &challenges)
        }
        Err(error) => fault::endpoint_error(service, NAME, &error),
    };
    dpop::with_nonce(service, &exchange.headers, response)
}

fn presented(exchange: &Exchange) -> Result<Option<PresentedToken>, Refusal> {
    let query = exchange.query_params()?;
    let form =
        if exchange.method == Method::POST && exchange.is_form() { exchange.form_params()? } else { Params::default() };
    presented_token(exchange.authorization(), &query, &form)
}
