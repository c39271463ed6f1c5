//! Answers: documents with their version, and problems (RFC 9457).

use super::Admin;
use crate::http::dpop::Challenges;
use crate::http::{Response, reply};
use crate::operations::{OperationError, Problem, ProblemKind};
use bytes::Bytes;
use futures_util::Stream;
use gatewright_domain::fault::Fault;
use gatewright_protocol::error::ErrorCode;
use gatewright_protocol::scope::Scope;
use gatewright_protocol::token::TokenType;
use http::StatusCode;
use http::header::{CONTENT_TYPE, ETAG, HeaderValue, RETRY_AFTER};
use serde::Serialize;
use serde_json::{Value, json};
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use warp::Reply;

/// The content type of a problem.
pub(super) const PROBLEM_TYPE: &str = "application/problem+json";
/// What a problem's `type` begins with.
pub(super) const PROBLEM_URN: &str = "urn:gatewright:problem:";
/// What the challenges name.
const REALM: &str = "gatewright admin";

/// What an operation answers.
pub(super) enum Answer {
    /// A document.
    Document { status: StatusCode, document: Value, version: Option<String> },
    /// That it is done.
    Done,
    /// Something that goes on, or is no JSON.
    Stream(Response),
}

impl Answer {
    /// A document.
    pub(super) fn of(document: &impl Serialize) -> Result<Self, OperationError> {
        let document = serde_json::to_value(document).map_err(|error| Fault::caused("admin.answer", error))?;
        Ok(Self::Document { status: StatusCode::OK, document, version: None })
    }

    /// Bytes of that type.
    pub(super) fn bytes(content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self::Stream(reply::no_store(reply::text(StatusCode::OK, content_type, bytes)))
    }

    /// What comes of a stream, as it comes.
    pub(super) fn stream<S>(content_type: &'static str, stream: S) -> Self
    where
        S: Stream<Item = Result<Bytes, io::Error>> + Send + 'static,
    {
        // The answer's body must be shareable between threads, which a stream in a lock is.
        let mut response = warp::reply::stream(Shared(Mutex::new(Box::pin(stream)))).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Self::Stream(reply::no_store(response))
    }

    /// A list that is short enough for one answer.
    pub(super) fn list(items: &[impl Serialize]) -> Result<Self, OperationError> {
        Self::of(
            &json!({ "items": serde_json::to_value(items).map_err(|error| Fault::caused("admin.answer", error))? }),
        )
    }

    /// A document that changes by its version.
    pub(super) fn versioned(document: &impl Serialize, version: &str) -> Result<Self, OperationError> {
        Self::of(document).map(|answer| answer.with(StatusCode::OK, Some(version)))
    }

    /// A document of something new.
    pub(super) fn created(document: &impl Serialize, version: Option<&str>) -> Result<Self, OperationError> {
        Self::of(document).map(|answer| answer.with(StatusCode::CREATED, version))
    }

    fn with(self, status: StatusCode, version: Option<&str>) -> Self {
        match self {
            Self::Document { document, .. } => {
                Self::Document { status, document, version: version.map(ToOwned::to_owned) }
            }
            other => other,
        }
    }

    /// The name of what was made just now, or of the policy that it tells of.
    pub(super) fn names(&self) -> Option<String> {
        let Self::Document { status, document, .. } = self else { return None };
        let members: &[&str] = match *status {
            StatusCode::CREATED => &["client_id", "subject", "digest"],
            // Whoever asked may have named it by its first digits, as `live`, or not at all.
            _ => &["digest"],
        };
        let name = members.iter().find_map(|member| document.get(member));
        name.and_then(Value::as_str).map(ToOwned::to_owned)
    }

    pub(super) fn into_response(self) -> Response {
        match self {
            Self::Document { status, document, version } => {
                let mut response = reply::json(status, &document);
                let tag = version.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok());
                tag.and_then(|tag| response.headers_mut().insert(ETAG, tag));
                response
            }
            Self::Done => reply::no_store(reply::empty(StatusCode::NO_CONTENT)),
            Self::Stream(response) => response,
        }
    }
}

/// A stream that is only ever polled by one thread at a time, which needs no waiting for the lock.
struct Shared<S>(Mutex<Pin<Box<S>>>);

impl<S: Stream> Stream for Shared<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll_next(context)
    }
}

/// A problem as it is sent.
pub(super) fn document(problem: &Problem) -> Value {
    let Problem { kind, detail, diagnostics } = problem;
    let mut document = json!({
        "type": format!("{PROBLEM_URN}{}", kind.name()),
        "kind": kind,
        "title": kind.title(),
        "status": kind.status().as_u16(),
        "detail": detail,
        "next": kind.next(),
    });
    if !diagnostics.is_empty() {
        document["diagnostics"] = Problem::written(diagnostics).into();
    }
    document
}

/// The answer that tells a problem.
pub(super) fn problem(problem: &Problem) -> Response {
    let mut response = reply::json(problem.kind.status(), &document(problem));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
    response
}

/// How a token was presented, and what is wrong with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wrong {
    /// By which scheme.
    pub scheme: TokenType,
    /// What is wrong.
    pub code: ErrorCode,
}

/// The answer to an address that has to wait.
pub(super) fn wait(seconds: u64) -> Response {
    let mut response = problem(&ProblemKind::TooManyTries.says(format!("come again in {seconds} s")));
    if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
        response.headers_mut().insert(RETRY_AFTER, value);
    }
    response
}

impl Admin {
    /// The answer to a request without a token that allows it, with the challenges of RFC 6750 3 and RFC 9449 7.1. Without
    /// credentials there is nothing wrong with them, and no error code either (RFC 6750 3.1).
    pub(super) fn challenged(&self, told: &Problem, wrong: Option<Wrong>, scope: Option<&Scope>) -> Response {
        let mut response = problem(told);
        let used = wrong.map_or(TokenType::Bearer, |wrong| wrong.scheme);
        Challenges::of(&self.service, REALM).put(&mut response, used, |mut challenge| {
            if let Some(wrong) = wrong {
                challenge = challenge.refusal(&wrong.code.refusal());
            }
            match scope {
                Some(scope) => challenge.scope(scope),
                None => challenge,
            }
        });
        response
    }

    /// What whoever asked is told of an error. What is ours is logged here, once.
    pub(super) fn told(&self, error: OperationError) -> Problem {
        let fault = match error {
            OperationError::Problem(problem) => return problem,
            OperationError::Fault(fault) => fault,
            other => Fault::caused("admin", other),
        };
        let id = crate::http::log_fault(&self.service, "admin", &fault);
        ProblemKind::Fault.says(format!("the server failed; its log has the correlation id {id}"))
    }
}
