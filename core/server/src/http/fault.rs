//! The door where faults are logged, once, with a correlation id; and what is answered to requests that no route
//! takes.

use super::body::{BodyBroken, BodyTooLarge};
use super::document;
use super::face::Face;
use super::page::error_page;
use super::reply::{self, Response};
use super::route::WrongMethod;
use super::service::Service;
use crate::pages::{ErrorStory, Rendered};
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::HookFault;
use gatewright_domain::identifiers::TraceId;
use gatewright_engine::error::EndpointError;
use http::header::{HeaderValue, VARY};
use tracing::field::display;

/// Logs a fault of ours; answers the id it has in the log.
pub fn log(service: &Service, place: &'static str, fault: &Fault) -> String {
    let id = service.correlation_id();
    let trace = fault.trace().map(display);
    tracing::error!(correlation.id = %id, trace.id = trace, endpoint = place, %fault, "a request ended in a fault");
    correlate(service, fault.trace(), &id, place);
    service.events.fault(place, &id, None);
    id
}

/// Logs a hook's fault; answers the id it has in the log.
pub fn log_hook(service: &Service, place: &'static str, fault: &HookFault) -> String {
    let id = service.correlation_id();
    let trace = fault.trace.as_ref().map(display);
    tracing::error!(correlation.id = %id, trace.id = trace, endpoint = place, hook.binding = %fault.binding, %fault, "a hook failed");
    correlate(service, fault.trace.as_deref(), &id, place);
    service.events.fault(place, &id, Some(fault.binding.as_str()));
    id
}

/// The trace is found by the id that the log and an error page have.
fn correlate(service: &Service, trace: Option<&TraceId>, id: &str, place: &'static str) {
    if let Some(trace) = trace {
        service.engine.correlate(trace, id, place);
    }
}

/// The answer to a client whose request ended badly.
pub fn endpoint_error(service: &Service, place: &'static str, error: &EndpointError) -> Response {
    match error {
        EndpointError::Refused(_) => {}
        EndpointError::Hook(fault) => drop(log_hook(service, place, fault)),
        EndpointError::Fault(fault) => drop(log(service, place, fault)),
    }
    let refusal = error.refusal();
    service.metrics.refusal(place, refusal.code().as_str());
    reply::refusal(&refusal)
}

/// No route took the request; how whoever sent it is told.
#[derive(Debug)]
pub struct Unrouted {
    /// As a page or as JSON.
    pub face: Face,
}

impl warp::reject::Reject for Unrouted {}

/// The answer to a request that no route took, or none to its end.
pub fn rejected(service: &Service, rejection: &warp::Rejection) -> Response {
    let face = rejection.find::<Unrouted>().map_or(Face::Html, |unrouted| unrouted.face);
    if let Some(WrongMethod { allowed }) = rejection.find() {
        let mut response = told(service, ErrorStory::WrongMethod, face);
        reply::allow(&mut response, allowed);
        return response;
    }
    if let Some(body) = rejection.find::<BodyTooLarge>() {
        return told(service, ErrorStory::TooLarge, body.face);
    }
    match rejection.find::<BodyBroken>() {
        Some(_) => told(service, ErrorStory::BadRequest, face),
        None => told(service, ErrorStory::NotFound, face),
    }
}

/// The page that says that there is nothing.
pub fn not_found(service: &Service) -> Response {
    told(service, ErrorStory::NotFound, Face::Html)
}

/// What happened, for a browser or for a program. Another `Accept` is answered otherwise (RFC 9110 12.5.5).
fn told(service: &Service, story: ErrorStory, face: Face) -> Response {
    let mut response = match face {
        Face::Html => rendered(error_page(service, story, None, None)),
        Face::Json => document::problem(service, story),
    };
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
    response
}

/// A page as an answer.
pub fn rendered(page: Rendered) -> Response {
    reply::with_headers(page.status, page.headers, page.html)
}
