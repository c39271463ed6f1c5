//! `/health/live`, `/health/ready` and `/metrics`.

use super::GET;
use crate::http::exchange::Exchange;
use crate::http::reply::{self, Response};
use crate::http::route::Route;
use crate::http::service::Service;
use http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use warp::filters::BoxedFilter;

/// The text format of Prometheus and OpenMetrics.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(super) fn routes(service: &Arc<Service>) -> Vec<BoxedFilter<(Response,)>> {
    vec![
        Route { name: "health", path: "/health/live", methods: GET }.to(service, live),
        Route { name: "health", path: "/health/ready", methods: GET }.to(service, ready),
        Route { name: "metrics", path: "/metrics", methods: GET }.to(service, metrics),
    ]
}

async fn live(_: Arc<Service>, _: Exchange) -> Response {
    reply::json(StatusCode::OK, &json!({ "status": "live" }))
}

async fn ready(service: Arc<Service>, _: Exchange) -> Response {
    let readiness = &service.readiness;
    let mut answer = json!({
        "status": "ready",
        "policy": service.engine.policy_digest(),
        "activation": readiness.activation(),
        "node": readiness.node(),
    });
    // It serves, but not what its operator wrote; why is in the log, and nobody else's business.
    if let Some(refused) = readiness.refused() {
        answer["policy_folder_refused"] = refused.as_str().into();
    }
    match readiness.ready().await {
        Ok(()) => reply::json(StatusCode::OK, &answer),
        Err(missing) => {
            tracing::warn!(%missing, "not ready");
            answer["status"] = "not ready".into();
            answer["missing"] = missing.into();
            reply::json(StatusCode::SERVICE_UNAVAILABLE, &answer)
        }
    }
}

async fn metrics(service: Arc<Service>, _: Exchange) -> Response {
    reply::no_store(reply::text(StatusCode::OK, OPEN_METRICS, service.metrics.encode()))
}
