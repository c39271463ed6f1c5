//! `/register` (RFC 7591 3) and `/register/{client_id}` (RFC 7592 2).

use super::POST;
use crate::http::exchange::Exchange;
use crate::http::fault;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use gatewright_engine::error::EndpointError;
use gatewright_protocol::bearer::{WwwAuthenticate, bearer_token};
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::params::Params;
use http::{Method, StatusCode};
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "register";

pub(super) fn routes(service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    const MANAGE: &[Method] = &[Method::GET, Method::PUT, Method::DELETE];
    vec![
        Route { name: NAME, path: "/register", methods: POST }.to(service, register),
        Route { name: NAME, path: "/register/", methods: MANAGE }.to(service, manage),
    ]
}

async fn register(service: Arc<Service>, exchange: Exchange) -> Response {
    match service.engine.register(&exchange.body).await {
        Ok(registered) => reply::json(StatusCode::CREATED, &registered),
        Err(error) => refused(&service, &error),
    }
}

async fn manage(service: Arc<Service>, exchange: Exchange) -> Response {
    let none = Params::default();
    let token = match bearer_token(exchange.authorization(), &none, &none) {
        Ok(token) => token,
        Err(refusal) => return refused(&service, &refusal.into()),
    };
    let token = token.as_ref().map(|token| token.expose());
    let (engine, id) = (&service.engine, exchange.rest.as_str());
    let answered = match exchange.method {
        Method::PUT => engine.update_registration(id, token, &exchange.body).await.map(Some),
        Method::DELETE => engine.delete_registration(id, token).await.map(|()| None),
        _ => engine.read_registration(id, token).await.map(Some),
    };
    match answered {
        Ok(Some(registered)) => reply::json(StatusCode::OK, &registered),
        Ok(None) => reply::no_store(reply::empty(StatusCode::NO_CONTENT)),
        Err(error) => refused(&service, &error),
    }
}

fn refused(service: &Service, error: &EndpointError) -> Response {
    let mut response = fault::endpoint_error(service, NAME, error);
    let refusal = error.refusal();
    if refusal.code() == ErrorCode::InvalidToken {
        reply::challenge(&mut response, &WwwAuthenticate::bearer().realm("gatewright").refusal(&refusal));
    }
    response
}
