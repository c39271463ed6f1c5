//! `/.well-known/openid-configuration`, `/.well-known/oauth-authorization-server` and `/jwks` (OpenID Connect
//! Discovery 4, RFC 8414 3, RFC 7517 5), `/.well-known/oauth-protected-resource` (RFC 9728 3). RFC 8414 puts its well-known part before the path of an issuer that has one;
//! both places are served.

use crate::http::cors;
use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use gatewright_protocol::resource_metadata::WELL_KNOWN;
use http::header::{CACHE_CONTROL, HeaderValue};
use http::{Method, StatusCode};
use serde::Serialize;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const METHODS: &[Method] = &[Method::GET, Method::HEAD, Method::OPTIONS];

pub(super) fn routes(service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        Route { name: "jwks", path: "/jwks", methods: METHODS }.to(service, jwks),
        Route { name: "discovery", path: "/.well-known/openid-configuration", methods: METHODS }.to(service, metadata),
        Route { name: "discovery", path: "/.well-known/oauth-authorization-server", methods: METHODS }
            .to(service, metadata),
        Route { name: "resource", path: WELL_KNOWN, methods: METHODS }.to(service, resource),
    ]
}

async fn metadata(service: Arc<Service>, exchange: Exchange) -> Response {
    public(&service, &exchange, &service.engine.metadata())
}

async fn resource(service: Arc<Service>, exchange: Exchange) -> Response {
    public(&service, &exchange, &service.engine.resource_metadata())
}

async fn jwks(service: Arc<Service>, exchange: Exchange) -> Response {
    public(&service, &exchange, &service.engine.jwks())
}

/// A document that everybody may read and keep for a minute.
fn public(service: &Service, exchange: &Exchange, document: &impl Serialize) -> Response {
    let response = cors::preflight(exchange).unwrap_or_else(|| {
        let mut response = reply::json(StatusCode::OK, document);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
        response.headers_mut().remove(http::header::PRAGMA);
        response
    });
    cors::allow(response, cors::origin(exchange).as_deref(), &service.settings)
}
