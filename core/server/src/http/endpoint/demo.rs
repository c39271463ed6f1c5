//! `/demo`: the built-in relying party, where it is served.

use crate::http::reply::Response;
use crate::http::service::Service;
use std::sync::Arc;
use warp::filters::BoxedFilter;

pub(super) fn routes(_service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    Vec::new()
}
