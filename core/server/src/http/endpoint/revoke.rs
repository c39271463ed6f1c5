//! `/revoke` (RFC 7009 2).

use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cors, fault};
use http::{Method, StatusCode};
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "revoke";
const PATH: &str = "/revoke";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: NAME, path: PATH, methods: &[Method::POST, Method::OPTIONS] }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let response = match cors::preflight(&exchange) {
        Some(preflight) => preflight,
        None => revoke(&service, &exchange).await,
    };
    cors::allow(response, cors::origin(&exchange).as_deref(), &service.settings)
}

async fn revoke(service: &Service, exchange: &Exchange) -> Response {
    let params = match exchange.form_params() {
        Ok(params) => params,
        Err(refusal) => return reply::refusal(&refusal),
    };
    let certificate = exchange.certificate(service);
    let call = exchange.call(PATH, certificate.as_deref());
    match service.engine.revoke(call, &params).await {
        Ok(()) => reply::no_store(reply::empty(StatusCode::OK)),
        Err(error) => fault::endpoint_error(service, NAME, &error),
    }
}
