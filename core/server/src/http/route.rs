//! A route: method and path to a handler, boxed.

use super::body;
use super::connection::Connection;
use super::exchange::Exchange;
use super::reply::Response;
use super::service::Service;
use http::{HeaderMap, Method};
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::filters::path::FullPath;

/// Where a Janssen server has its endpoints.
pub const ALIAS: &str = "/jans-auth/restv1";

/// The shape of a route.
#[derive(Clone, Copy)]
pub struct Route {
    /// Name in metrics.
    pub name: &'static str,
    /// Its path from the issuer; one that ends in `/` takes one more segment.
    pub path: &'static str,
    /// Methods it answers; others get 405.
    pub methods: &'static [Method],
}

/// The request has another method than the route takes.
#[derive(Debug)]
pub struct WrongMethod {
    /// What it takes.
    pub allowed: &'static [Method],
}

impl warp::reject::Reject for WrongMethod {}

impl Route {
    /// The filter that leads its requests to `handler`.
    pub fn to<F, A>(self, service: &Arc<Service>, handler: F) -> BoxedFilter<(Response,)>
    where
        F: Fn(Arc<Service>, Exchange) -> A + Clone + Send + Sync + 'static,
        A: Future<Output = Response> + Send + 'static,
    {
        let base = service.base().to_owned();
        let service = service.clone();
        let limit = service.settings.body_bytes_max;
        let methods = self.methods;
        let matched = warp::path::full().and(warp::method()).and_then(move |path: FullPath, method: Method| {
            let rest = self.rest_of(path.as_str(), &base);
            async move {
                match rest {
                    None => Err(warp::reject::not_found()),
                    Some(_) if !methods.contains(&method) => {
                        Err(warp::reject::custom(WrongMethod { allowed: methods }))
                    }
                    Some(rest) => Ok((method, rest)),
                }
            }
        });
        let query = warp::query::raw().or(warp::any().map(String::new)).unify();
        matched
            .and(query)
            .and(warp::header::headers_cloned())
            .and(warp::ext::optional::<Connection>())
            .and(body::at_most(limit))
            .then(move |(method, rest), query, headers: HeaderMap, connection: Option<Connection>, body| {
                let exchange =
                    Exchange { method, rest, query, headers, body, connection: connection.unwrap_or_default() };
                let (service, handler) = (service.clone(), handler.clone());
                async move {
                    let begun = Instant::now();
                    let method = exchange.method.clone();
                    let response = handler(service.clone(), exchange).await;
                    service.metrics.request(self.name, method.as_str(), response.status().as_u16(), begun.elapsed());
                    response
                }
            })
            .boxed()
    }

    /// What follows the route's path, if `path` leads to it.
    fn rest_of(&self, path: &str, base: &str) -> Option<String> {
        // Documents that stand before the path of what they describe (RFC 8414 3.1, RFC 9728 3.1).
        if self.path.starts_with("/.well-known/oauth-") && path.strip_suffix(base) == Some(self.path) {
            return Some(String::new());
        }
        let below = path.strip_prefix(base)?;
        let own = below.strip_prefix(ALIAS).unwrap_or(below);
        if self.path.ends_with('/') {
            let rest = own.strip_prefix(self.path)?;
            return (!rest.is_empty() && !rest.contains('/')).then(|| rest.to_owned());
        }
        (own == self.path).then(String::new)
    }
}
