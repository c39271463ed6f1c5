//! `/demo`: the built-in relying party, where it is served.

use super::{GET, GET_POST, POST};
use crate::demo::Demo;
use crate::http::exchange::Exchange;
use crate::http::fault::rendered;
use crate::http::page;
use crate::http::reply::Response;
use crate::http::route::Route;
use crate::http::service::Service;
use crate::pages::Rendered;
use gatewright_protocol::params::Params;
use http::{HeaderMap, Method};
use std::sync::Arc;
use warp::filters::BoxedFilter;

const NAME: &str = "demo";

pub(super) fn routes(service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    let Some(demo) = &service.demo else { return Vec::new() };
    let route = |path: &'static str, methods: &'static [Method]| Route { name: NAME, path, methods };
    let start = |demo: Arc<Demo>, headers: HeaderMap, params: Params| async move { demo.start(&headers, &params) };
    let sign_in =
        |demo: Arc<Demo>, headers: HeaderMap, params: Params| async move { demo.sign_in(&headers, &params).await };
    let callback =
        |demo: Arc<Demo>, headers: HeaderMap, params: Params| async move { demo.callback(&headers, &params).await };
    let refresh =
        |demo: Arc<Demo>, headers: HeaderMap, params: Params| async move { demo.refresh(&headers, &params).await };
    let sign_out =
        |demo: Arc<Demo>, headers: HeaderMap, params: Params| async move { demo.sign_out(&headers, &params).await };
    vec![
        lead(route("/demo", GET), service, demo, start),
        lead(route("/demo/sign-in", GET), service, demo, sign_in),
        lead(route("/demo/callback", GET_POST), service, demo, callback),
        lead(route("/demo/refresh", POST), service, demo, refresh),
        lead(route("/demo/sign-out", POST), service, demo, sign_out),
    ]
}

fn lead<F, A>(route: Route, service: &Arc<Service>, demo: &Arc<Demo>, page: F) -> BoxedFilter<(Response,)>
where
    F: Fn(Arc<Demo>, HeaderMap, Params) -> A + Clone + Send + Sync + 'static,
    A: Future<Output = Rendered> + Send + 'static,
{
    let demo = demo.clone();
    route.to(service, move |service: Arc<Service>, exchange: Exchange| {
        let (demo, page_of) = (demo.clone(), page.clone());
        async move {
            match exchange.params() {
                Err(refusal) => page::unreadable(&service, NAME, refusal),
                Ok(params) => rendered(page_of(demo, exchange.headers, params).await),
            }
        }
    })
}
