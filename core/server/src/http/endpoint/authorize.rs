//! `/authorize` (RFC 6749 3.1, OpenID Connect Core 3.1.2): GET, and POST with the same parameters.

use super::GET_POST;
use crate::http::caller::Caller;
use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::reposted::reposted;
use crate::http::route::Route;
use crate::http::service::Service;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "authorize";

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
