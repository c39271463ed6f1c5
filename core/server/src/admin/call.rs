//! One request, read: the values in its path, its query, its body, the version it expects.

use super::authority::Principal;
use crate::http::is_json;
use crate::operations::{Expected, LIST_MAX, OperationError, PAGE_DEFAULT, PageRequest, Problem, ProblemKind};
use bytes::Bytes;
use gatewright_protocol::params::Params;
use http::HeaderMap;
use http::header::IF_MATCH;
use serde::de::DeserializeOwned;

/// A request whose token was found to allow it.
pub(super) struct Call {
    /// Who asks.
    pub principal: Principal,
    /// The values in the path, in order.
    pub path: Vec<String>,
    /// The query.
    pub query: Params,
    /// The body.
    pub body: Bytes,
    /// The headers.
    pub headers: HeaderMap,
}

impl Call {
    /// A value in the path; the table has as many as the handler asks for.
    pub(super) fn path(&self, place: usize) -> &str {
        self.path.get(place).map_or("", String::as_str)
    }

    /// A parameter of the query.
    pub(super) fn query(&self, name: &str) -> Result<Option<&str>, Problem> {
        self.query.single(name).map_err(|refusal| ProblemKind::BadRequest.says(refusal.description()))
    }

    /// Which page is asked for.
    pub(super) fn page(&self) -> Result<PageRequest, Problem> {
        PageRequest::read(self.query("cursor")?, self.query("limit")?)
    }

    /// Most things in a list that has no pages.
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        let unfit = || ProblemKind::BadRequest.says(format!("limit must be a whole number from 1 to {LIST_MAX}"));
        match self.query("limit")? {
            None => Ok(PAGE_DEFAULT),
            Some(text) => text.parse().ok().filter(|limit| (1..=LIST_MAX).contains(limit)).ok_or_else(unfit),
        }
    }

    /// The body as JSON.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, OperationError> {
        if !is_json(&self.headers) {
            let detail = "the body must have the content type application/json";
            return Err(ProblemKind::WrongType.says(detail).into());
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            // Without the value: it may be a secret.
            let place = format!("line {}, column {}", error.line(), error.column());
            let what = match error.classify() {
                serde_json::error::Category::Data => format!("does not fit its schema at {place}: {}", shape(&error)),
                _ => format!("is no JSON at {place}"),
            };
            ProblemKind::BadRequest.says(format!("the body {what}")).into()
        })
    }

    /// The version that a change is made of; it must be named.
    pub(super) fn expected(&self) -> Result<Expected, Problem> {
        match self.headers.contains_key(IF_MATCH) {
            true => self.expected_or_any(),
            false => Err(ProblemKind::NoVersion.says("If-Match is missing")),
        }
    }

    /// The version that a change is made of, where it is named (RFC 9110 13.1.1).
    pub(super) fn expected_or_any(&self) -> Result<Expected, Problem> {
        let mut versions = Vec::new();
        let mut lines = self.headers.get_all(IF_MATCH).iter().peekable();
        if lines.peek().is_none() {
            return Ok(Expected::Any);
        }
        for line in lines {
            let text = line.to_str().map_err(|_| ProblemKind::BadRequest.says("If-Match cannot be read"))?;
            for tag in text.split(',').map(str::trim) {
                if tag == "*" {
                    return Ok(Expected::Any);
                }
                // A weak one never matches here (RFC 9110 13.1.1).
                versions.extend(tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).map(str::to_owned));
            }
        }
        Ok(Expected::OneOf(versions))
    }
}

/// What is wrong with a body's shape, without any value of it: what serde says of values stands in back quotes or
/// double quotes.
fn shape(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    if text.starts_with("missing field") || text.starts_with("unknown field") {
        return text.chars().filter(|character| !character.is_control()).take(SHAPE_CHARS_MAX).collect();
    }
    match text.rsplit_once("expected ") {
        Some((_, expected)) => format!("expected {expected}").chars().take(SHAPE_CHARS_MAX).collect(),
        None => "a value is malformed".to_owned(),
    }
}

/// Longest description of a body's shape, in characters.
const SHAPE_CHARS_MAX: usize = 300;
