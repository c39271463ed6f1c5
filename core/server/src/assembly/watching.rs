//! Who watches the engine, and what is written of it.

use crate::configuration::Configuration;
use crate::metrics::Metrics;
use crate::traces::TraceQueue;
use gatewright_capabilities::AuditedEvents;
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::store::Stores;
use gatewright_domain::trace::{Redaction, Sampling};
use gatewright_engine::Engine;
use gatewright_engine::observation::Observation;
use std::sync::Arc;

/// An engine with who watches it.
pub(super) struct Watched {
    pub(super) engine: Arc<Engine>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) traces: Arc<TraceQueue>,
}

/// Everything is counted, and what the configuration says is written.
pub(super) fn watched(engine: Engine, configuration: &Configuration) -> Watched {
    let metrics = Arc::new(Metrics::new());
    let traces = Arc::new(TraceQueue::new(metrics.clone()));
    let trace = &configuration.trace;
    let engine = engine.watched(Observation {
        observers: vec![metrics.clone()],
        sink: Some(traces.clone()),
        sampling: Sampling::per_million(trace.sample_per_mille * 1_000),
        redaction: Redaction::new(trace.personal_claims.iter().cloned()),
    });
    Watched { engine: Arc::new(engine), metrics, traces }
}

/// The stores, with every security event in the audit log too.
pub(super) fn audited(stores: Stores, clock: &Arc<dyn Clock>, entropy: &Arc<dyn Entropy>) -> Stores {
    let security_events = Arc::new(AuditedEvents {
        events: stores.security_events,
        audit: stores.audit.clone(),
        clock: clock.clone(),
        entropy: entropy.clone(),
    });
    Stores { security_events, ..stores }
}
