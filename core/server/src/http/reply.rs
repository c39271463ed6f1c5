//! Answers, all of one type.

use bytes::Bytes;
use gatewright_protocol::bearer::WwwAuthenticate;
use gatewright_protocol::error::{ErrorCode, Refusal};
use http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, LOCATION, PRAGMA, REFERRER_POLICY, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, Method, StatusCode};
use serde::Serialize;

/// Every endpoint's answer.
pub type Response = warp::reply::Response;

/// An answer with these headers.
pub fn with_headers(status: StatusCode, headers: HeaderMap, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(body.into().into());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// An answer without a body.
pub fn empty(status: StatusCode) -> Response {
    with_headers(status, HeaderMap::new(), Bytes::new())
}

/// A text, which no browser is to take for another kind of text than it is said to be (Fetch Standard 3.6).
pub fn text(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    with_headers(status, headers, body)
}

/// A JSON document that nobody keeps (RFC 6749 5.1).
pub fn json(status: StatusCode, document: &impl Serialize) -> Response {
    match serde_json::to_vec(document) {
        Ok(body) => no_store(text(status, "application/json", body)),
        Err(error) => {
            tracing::error!(%error, "an answer could not be written as JSON");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

/// Marks an answer as not to be kept.
pub fn no_store(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

/// The browser goes elsewhere with a GET. 303: a 307 would post what was typed to the next place (RFC 9700 4.12).
pub fn see_other(location: &str) -> Response {
    let mut response = no_store(empty(StatusCode::SEE_OTHER));
    match HeaderValue::from_str(location) {
        Ok(location) => {
            response.headers_mut().insert(LOCATION, location);
            response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            response
        }
        Err(_) => empty(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// A refusal at an endpoint that clients call (RFC 6749 5.2).
pub fn refusal(refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.http_status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = json(status, refusal);
    if refusal.code() == ErrorCode::InvalidClient {
        challenge(&mut response, &WwwAuthenticate::basic().realm("gatewright"));
    }
    response
}

/// Says which methods there are (RFC 9110 10.2.1); a 405 must (15.5.6).
pub fn allow(response: &mut Response, methods: &[Method]) {
    let names: Vec<&str> = methods.iter().map(Method::as_str).collect();
    if let Ok(value) = HeaderValue::from_str(&names.join(", ")) {
        response.headers_mut().insert(ALLOW, value);
    }
}

/// Adds a challenge to those that are there (RFC 9110 11.6.1).
pub fn also_challenge(response: &mut Response, challenge: &WwwAuthenticate) {
    if let Ok(value) = HeaderValue::from_str(&challenge.to_string()) {
        response.headers_mut().append(WWW_AUTHENTICATE, value);
    }
}

/// Puts a challenge in the place of those that are there (RFC 9110 11.6.1).
pub fn challenge(response: &mut Response, challenge: &WwwAuthenticate) {
    if let Ok(value) = HeaderValue::from_str(&challenge.to_string()) {
        response.headers_mut().insert(WWW_AUTHENTICATE, value);
    }
}
