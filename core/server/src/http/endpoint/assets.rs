//! `/assets/{name}`: style and pictures of the pages, under names that hold their hash.

use super::GET;
use crate::http::exchange::Exchange;
use crate::http::fault::rendered;
use crate::http::page::error_page;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use crate::pages::ErrorStory;
use http::StatusCode;
use std::sync::Arc;
use warp::filters::BoxedFilter;

pub(super) fn route(service: &Arc<Service>) -> BoxedFilter<(Response,)> {
    Route { name: "assets", path: "/assets/", methods: GET }.to(service, answer)
}

async fn answer(service: Arc<Service>, exchange: Exchange) -> Response {
    match service.pages.asset(&exchange.rest) {
        Some(asset) => reply::with_headers(StatusCode::OK, asset.headers(), asset.bytes()),
        None => rendered(error_page(&service, ErrorStory::NotFound, None, None)),
    }
}
