//! `/check_session` (OpenID Connect Session Management 1.0, 3.2): the page that clients' pages load in a frame and ask whether
//! the session they know of goes on. It is the same for everybody: what differs is the cookie that its script reads.

use super::GET;
use crate::http::exchange::Exchange;
use crate::http::fault::rendered;
use crate::http::page::error_page;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::pages::ErrorStory;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, StatusCode};
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};
use warp::filters::BoxedFilter;

const SCRIPT: &str = include_str!("check_session.js");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

static PAGE: LazyLock<String> = LazyLock::new(|| {
    format!("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Session</title>\n<script>{SCRIPT}</script>\n")
});

/// The script and nothing else, in a frame of whatever site.
static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(Sha256::digest(SCRIPT));
    format!("default-src 'none'; script-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'")
});

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: "check_session", path: "/check_session", methods: GET }.to(service, answer)
}

async fn answer(service: Arc<Service>, _exchange: Exchange) -> Response {
    if !service.engine.manages_sessions() {
        return rendered(error_page(&service, ErrorStory::NotFound, None, None));
    }
    reply::with_headers(StatusCode::OK, headers(), PAGE.as_str())
}

fn headers() -> HeaderMap {
    let fixed = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "public, max-age=3600"),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CROSS_ORIGIN_RESOURCE_POLICY, "cross-origin"),
    ];
    let mut headers: HeaderMap =
        fixed.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
    // Were it no header text, the script would not run.
    let nothing = HeaderValue::from_static("default-src 'none'");
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_str(&POLICY).unwrap_or(nothing));
    headers
}
