//! `/authorize` (RFC 6749 3.1, OpenID Connect Core 3.1.2): GET, and POST with the same parameters.

use super::GET_POST;
use crate::http::caller::Caller;
use crate::http::exchange::Exchange;
use crate::http::face::Face;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use gatewright_engine::browser::Browser;
use http::Method;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "authorize";

/// Longest posted request that is turned into a GET, in bytes; URLs much longer are refused on the way.
const REPOSTED_BYTES_MAX: usize = 6 * 1024;

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: NAME, path: "/authorize", methods: GET_POST }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    let browser = exchange.browser(&service);
    let caller = Caller { service: &service, exchange: &exchange, place: NAME };
    if let Some(query) = reposted(&exchange, &browser) {
        return reply::see_other(&service.engine.settings().issuer.endpoint(&format!("/authorize?{query}")));
    }
    match exchange.params() {
        Err(refusal) => caller.unreadable(refusal),
        Ok(params) => {
            let outcome = service.engine.authorize(&params, &browser).await;
            caller.outcome(outcome).await
        }
    }
}

/// The query of the GET that a post without cookies becomes. A form posted by another site arrives without our
/// cookies (SameSite=Lax); as a GET they come along, so that a live session counts there too. A native app sends no such
/// form.
fn reposted<'e>(exchange: &'e Exchange, browser: &Browser) -> Option<&'e str> {
    let bare = browser.session_cookie.is_none() && browser.browser_cookie.is_none();
    let posted = exchange.method == Method::POST && bare && exchange.is_form() && exchange.face() == Face::Html;
    if !posted || exchange.body.len() > REPOSTED_BYTES_MAX {
        return None;
    }
    let query = std::str::from_utf8(&exchange.body).ok()?;
    query.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#').then_some(query)
}
