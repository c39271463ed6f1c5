//! `/introspect` (RFC 7662 2).

use super::POST;
use crate::http::exchange::Exchange;
use crate::http::fault;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use http::StatusCode;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "introspect";
const PATH: &str = "/introspect";

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: NAME, path: PATH, methods: POST }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let params = match exchange.form_params() {
        Ok(params) => params,
        Err(refusal) => return reply::refusal(&refusal),
    };
    let certificate = exchange.certificate(&service);
    let call = exchange.call(PATH, certificate.as_deref());
    match service.engine.introspect(call, &params).await {
        Ok(description) => reply::json(StatusCode::OK, &description),
        Err(error) => fault::endpoint_error(&service, NAME, &error),
    }
}
