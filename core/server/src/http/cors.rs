//! Cross-origin calls of clients in browsers, where those are needed: token, userinfo, revocation, discovery, keys
//! (Fetch Standard 3.2). None of them looks at cookies, so credentials are never allowed.

use super::exchange::Exchange;
use super::reply::{Response, empty};
use super::service::HttpSettings;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, HeaderValue, ORIGIN, VARY,
};
use http::{Method, StatusCode};

/// The answer to a preflight, if this is one.
pub fn preflight(exchange: &Exchange) -> Option<Response> {
    if exchange.method != Method::OPTIONS {
        return None;
    }
    let mut response = empty(StatusCode::NO_CONTENT);
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type, dpop"));
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    Some(response)
}

/// Lets the caller's origin read the answer, if it may.
pub fn allow(mut response: Response, exchange_origin: Option<&str>, settings: &HttpSettings) -> Response {
    let Some(origin) = exchange_origin else { return response };
    let any = settings.cors_origins.is_empty();
    if any || settings.cors_origins.contains(origin) {
        let allowed = if any { HeaderValue::from_static("*").into() } else { HeaderValue::from_str(origin).ok() };
        let headers = response.headers_mut();
        if let Some(allowed) = allowed {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed);
        }
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("WWW-Authenticate, DPoP-Nonce"));
        headers.append(VARY, HeaderValue::from_static("Origin"));
    }
    response
}

/// The caller's origin.
pub fn origin(exchange: &Exchange) -> Option<String> {
    exchange.header(ORIGIN.as_str()).map(ToOwned::to_owned)
}
