//! One file an endpoint, or a small family of them.

mod account;
mod assets;
mod authorize;
mod check_session;
mod demo;
mod discovery;
mod end_session;
mod health;
mod interaction;
mod introspect;
mod par;
mod register;
mod revoke;
mod token;
mod userinfo;

use super::reply::Response;
use super::service::Service;
use http::Method;
use std::sync::Arc;
use warp::filters::BoxedFilter;

const GET: &[Method] = &[Method::GET, Method::HEAD];
const POST: &[Method] = &[Method::POST];
const GET_POST: &[Method] = &[Method::GET, Method::HEAD, Method::POST];

/// All routes, the busiest first.
pub(super) fn all(service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    let mut routes = vec![token::route(service), authorize::route(service), userinfo::route(service)];
    routes.extend(interaction::routes(service));
    routes.push(introspect::route(service));
    routes.push(revoke::route(service));
    routes.push(par::route(service));
    routes.extend(discovery::routes(service));
    routes.extend(register::routes(service));
    routes.push(end_session::route(service));
    routes.push(check_session::route(service));
    routes.extend(account::routes(service));
    routes.push(assets::route(service));
    routes.extend(health::routes(service));
    routes.extend(demo::routes(service));
    routes
}
