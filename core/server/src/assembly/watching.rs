//! Who watches the engine, and what is written of it.

use crate::admin::{LiveEvents, LoginsTold};
use crate::configuration::Configuration;
use crate::metrics::Metrics;
use crate::traces::TraceQueue;
use gatewright_capabilities::AuditedEvents;
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::Stores;
use gatewright_domain::trace::{Observer, Redaction, Sampling};
use gatewright_engine::Engine;
use gatewright_engine::observation::{Observation, Recording};
use gatewright_policy::quarantine::Quarantine;
use std::sync::Arc;

/// An engine with who watches it.
pub(super) struct Watched {
    pub(super) engine: Arc<Engine>,
    pub(super) metrics: Arc<Metrics>,
    pub(super) traces: Arc<TraceQueue>,
}

/// Everything is counted, and what the configuration says is written.
pub(super) fn watched(
    engine: Engine,
    configuration: &Configuration,
    sealer: &Arc<dyn Sealer>,
    quarantine: Option<&Arc<Quarantine>>,
    events: &Arc<LiveEvents>,
) -> Watched {
    let metrics = Arc::new(Metrics::new());
    let traces = Arc::new(TraceQueue::new(metrics.clone()));
    let mut observers: Vec<Arc<dyn Observer>> = vec![metrics.clone()];
    observers.extend(quarantine.map(|quarantine| quarantine.clone() as Arc<dyn Observer>));
    // Where the admin API is not served here, it may be on another node.
    observers.push(Arc::new(LoginsTold(events.clone())));
    let trace = &configuration.trace;
    let engine = engine.watched(Observation {
        observers,
        sink: Some(traces.clone()),
        sampling: Sampling::per_million(trace.sample_per_mille * 1_000),
        redaction: Redaction::new(trace.personal_claims.iter().cloned()),
        recording: trace.recorded().map(|plan| Recording { plan, sealer: sealer.clone() }),
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
