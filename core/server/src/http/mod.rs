//! HTTP: bytes to the engine's types, the engine's answers to bytes. A handler parses, calls the engine and
//! renders; what it may decide is only how the answer looks.
//!
//! Every endpoint is a boxed filter of one type (unboxed chains of this length do not compile), answers at its own
//! path and, for clients of a Janssen server, below `/jans-auth/restv1`.

mod body;
mod caller;
mod connection;
mod cookies;
mod cors;
mod document;
pub(crate) mod dpop;
mod endpoint;
mod exchange;
mod face;
mod fault;
mod members;
mod page;
pub(crate) mod reply;
mod reposted;
mod route;
mod service;

pub(crate) use body::{Arriving, Unread, arriving, collect as collect_body};
pub use connection::Connection;
pub(crate) use face::{essence, is_json};
pub(crate) use fault::log as log_fault;
pub(crate) use reply::Response;
pub use service::{HttpSettings, Readiness, Service};

use face::Face;
use fault::Unrouted;
use std::convert::Infallible;
use std::sync::Arc;
use warp::Filter;
use warp::filters::BoxedFilter;

/// Takes nothing: says of a request that nothing else took how whoever sent it is told.
fn unrouted() -> BoxedFilter<(Response,)> {
    let asked = warp::header::headers_cloned();
    asked
        .and_then(|headers| async move { Err(warp::reject::custom(Unrouted { face: Face::asked_by(&headers) })) })
        .boxed()
}

/// What is answered to a request that leads nowhere on a listener where there are no pages but this one.
pub(crate) fn nowhere(service: &Service, headers: &http::HeaderMap) -> Option<Response> {
    Face::prefers_html(headers).then(|| fault::not_found(service))
}

/// Every endpoint of the server, and what else is served beside them, as one filter that answers everything.
pub fn routes(service: &Arc<Service>, beside: Option<BoxedFilter<(Response,)>>) -> BoxedFilter<(Response,)> {
    let fallback = service.clone();
    let all = endpoint::all(service).into_iter().chain(beside);
    let routed = all.rev().fold(unrouted(), |later, earlier| earlier.or(later).unify().boxed());
    routed
        .recover(move |rejection| {
            let service = fallback.clone();
            async move { Ok::<_, Infallible>(fault::rejected(&service, &rejection)) }
        })
        .unify()
        .boxed()
}
