//! `/token` (RFC 6749 3.2, RFC 9449 5).

use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cors, dpop, fault};
use http::{Method, StatusCode};
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "token";
const PATH: &str = "/token";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: NAME, path: PATH, methods: &[Method::POST, Method::OPTIONS] }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let response = match cors::preflight(&exchange) {
        Some(preflight) => preflight,
        None => issue(&service, &exchange).await,
    };
    cors::allow(response, cors::origin(&exchange).as_deref(), &service.settings)
}

async fn issue(service: &Service, exchange: &Exchange) -> Response {
    let params = match exchange.form_params() {
        Ok(params) => params,
        Err(refusal) => return reply::refusal(&refusal),
    };
    let certificate = exchange.certificate(service);
    let call = exchange.call(PATH, certificate.as_deref());
    let response = match service.engine.token(call, &params).await {
        Ok(tokens) => {
            service.metrics.tokens(params.single("grant_type").ok().flatten().unwrap_or_default(), &tokens);
            reply::json(StatusCode::OK, &tokens)
        }
        Err(error) => fault::endpoint_error(service, NAME, &error),
    };
    dpop::with_nonce(service, &exchange.headers, response)
}
