//! `/introspect` (RFC 7662 2, RFC 9701 4).

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

/// The media type of an answer that can be kept as proof (RFC 9701 5).
const JWT_TYPE: &str = "application/token-introspection+jwt";

/// Whether an `Accept` names the JWT. Who would take both is answered so too: the JWT says all that JSON would.
fn asks_for_jwt(accept: &str) -> bool {
    let names = |part: &str| part.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(JWT_TYPE);
    accept.split(',').any(names)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let params = match exchange.form_params() {
        Ok(params) => params,
        Err(refusal) => return reply::refusal(&refusal),
    };
    let certificate = exchange.certificate(&service);
    let call = exchange.call(PATH, certificate.as_deref());
    if exchange.header("accept").is_some_and(asks_for_jwt) {
        return match service.engine.introspect_in_jwt(call, &params).await {
            Ok(jwt) => reply::no_store(reply::text(StatusCode::OK, JWT_TYPE, jwt)),
            Err(error) => fault::endpoint_error(&service, NAME, &error),
        };
    }
    match service.engine.introspect(call, &params).await {
        Ok(description) => reply::json(StatusCode::OK, &description),
        Err(error) => fault::endpoint_error(&service, NAME, &error),
    }
}
