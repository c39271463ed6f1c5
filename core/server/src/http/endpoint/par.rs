//! `/par`: pushed authorization requests (RFC 9126 2).

use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::http::{cors, fault};
use http::{Method, StatusCode};
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "par";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: NAME, path: "/par", methods: &[Method::POST, Method::OPTIONS] }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let response = match cors::preflight(&exchange) {
        Some(preflight) => preflight,
        None => push(&service, &exchange).await,
    };
    cors::allow(response, cors::origin(&exchange).as_deref(), &service.settings)
}

async fn push(service: &Service, exchange: &Exchange) -> Response {
    let params = match exchange.form_params() {
        Ok(params) => params,
        Err(refusal) => return reply::refusal(&refusal),
    };
    match service.engine.push(exchange.authorization(), &params).await {
        Ok(pushed) => reply::json(StatusCode::CREATED, &pushed),
        Err(error) => fault::endpoint_error(service, NAME, &error),
    }
}
