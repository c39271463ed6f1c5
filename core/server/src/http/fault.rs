//! The door where faults are logged, once, with a correlation id; and what is answered to requests that no route
//! takes.

use super::body::{BodyBroken, BodyTooLarge};
use super::page::error_page;
use super::reply::{self, Response};
use super::route::WrongMethod;
use super::service::Service;
use crate::pages::{ErrorStory, Rendered};
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::HookFault;
use gatewright_domain::identifiers::TraceId;
use gatewright_engine::error::EndpointError;

/// Logs a fault of ours; answers the id it has in the log.
pub fn log(service: &Service, place: &'static str, fault: &Fault) -> String {
    let id = service.correlation_id();
    let trace = fault.trace().map(TraceId::as_str);
    tracing::error!(correlation.id = %id, trace.id = trace, endpoint = place, %fault, "a request ended in a fault");
    correlate(service, fault.trace(), &id, place);
    id
}

/// Logs a hook's fault; answers the id it has in the log.
pub fn log_hook(service: &Service, place: &'static str, fault: &HookFault) -> String {
    let id = service.correlation_id();
    let trace = fault.trace.as_ref().map(TraceId::as_str);
    tracing::error!(correlation.id = %id, trace.id = trace, endpoint = place, hook.binding = %fault.binding, %fault, "a hook failed");
    correlate(service, fault.trace.as_ref(), &id, place);
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

/// The answer to a request that no route took.
pub fn rejected(service: &Service, rejection: &warp::Rejection) -> Response {
    if let Some(WrongMethod { allowed }) = rejection.find() {
        let mut response = rendered(error_page(service, ErrorStory::WrongMethod, None, None));
        reply::allow(&mut response, allowed);
        return response;
    }
    let story = if rejection.find::<BodyTooLarge>().is_some() {
        ErrorStory::TooLarge
    } else if rejection.find::<BodyBroken>().is_none() && rejection.is_not_found() {
        ErrorStory::NotFound
    } else {
        ErrorStory::BadRequest
    };
    rendered(error_page(service, story, None, None))
}

/// A page as an answer.
pub fn rendered(page: Rendered) -> Response {
    reply::with_headers(page.status, page.headers, page.html)
}
