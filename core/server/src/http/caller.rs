//! Whoever asks at a page of the walk: a browser, which is answered in HTML, or a native app, which is answered in JSON. What
//! is asked of the engine is the same, and so is what it takes to be answered.

use super::exchange::Exchange;
use super::face::Face;
use super::reply::Response;
use super::service::Service;
use super::{document, page};
use gatewright_domain::fault::Fault;
use gatewright_engine::authorization::{Outcome, Shown};
use gatewright_engine::error::{DirectError, WalkError};
use gatewright_protocol::error::Refusal;
use http::header::{HeaderValue, VARY};

/// Who asks, what, and where.
#[derive(Clone, Copy)]
pub struct Caller<'a> {
    /// What the endpoints have in common.
    pub service: &'a Service,
    /// The request.
    pub exchange: &'a Exchange,
    /// The endpoint's name, for log and metrics.
    pub place: &'static str,
}

impl Caller<'_> {
    /// The answer to a step of the walk.
    pub async fn outcome(&self, result: Result<Outcome, WalkError>) -> Response {
        varied(match self.exchange.face() {
            Face::Html => page::outcome(self.service, self.place, result, self.exchange),
            Face::Json => document::outcome(self, result).await,
        })
    }

    /// The page an interaction waits with.
    pub async fn shown(&self, shown: &Shown) -> Response {
        let drawn: Result<Response, Fault> = match self.exchange.face() {
            Face::Html => page::shown(self.service, shown, self.exchange).await,
            Face::Json => document::shown(self, shown).await,
        };
        match drawn {
            Ok(response) => varied(response),
            Err(fault) => self.error(&fault.into()),
        }
    }

    /// What ended badly.
    pub fn error(&self, error: &WalkError) -> Response {
        varied(match self.exchange.face() {
            Face::Html => page::walk_error(self.service, self.place, error),
            Face::Json => document::walk_error(self.service, self.place, error),
        })
    }

    /// A direct error of a request that could not even be read.
    pub fn unreadable(&self, refusal: Refusal) -> Response {
        self.error(&DirectError::Request(refusal).into())
    }
}

/// Says that another `Accept` is answered otherwise (RFC 9110 12.5.5).
fn varied(mut response: Response) -> Response {
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
    response
}
