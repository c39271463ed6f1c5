//! What happens without a browser: the redemption of a code, and what comes after the login.

use super::{End, Recorder};
use crate::Engine;
use crate::error::EndpointError;
use gatewright_domain::identifiers::{BundleDigest, Subject, TraceId};
use gatewright_domain::trace::{TraceHead, TraceKind, TraceOutcome};
use gatewright_protocol::client_id::ClientId;
use std::sync::Arc;

/// What is asked at an endpoint for clients.
pub(crate) struct Later<'l> {
    pub(crate) kind: TraceKind,
    /// The trace of the login it belongs to.
    pub(crate) login: Option<&'l TraceId>,
    pub(crate) client: &'l ClientId,
    pub(crate) subject: Option<&'l Subject>,
    pub(crate) bundle: &'l BundleDigest,
}

impl Engine {
    /// A recorder for a request that no browser makes. The redemption of a code goes on with the login's trace.
    pub(crate) fn later(&self, later: &Later<'_>) -> Arc<Recorder> {
        let drawn = || TraceId::draw(self.world.entropy.as_ref());
        let goes_on = later.kind == TraceKind::Login;
        let id = later.login.filter(|_| goes_on).cloned().unwrap_or_else(drawn);
        let sampled = self.watch.observation.sampling.takes(later.login.unwrap_or(&id));
        let finished = if goes_on { self.watch.finished.take(&id) } else { None };
        let began_at_ms = finished.as_ref().map_or_else(|| self.world.clock.now_ms(), |login| login.began_at_ms);
        let head = TraceHead {
            id,
            kind: later.kind,
            login: later.login.filter(|_| !goes_on).cloned(),
            client: later.client.clone(),
            subject: later.subject.cloned(),
            bundle: later.bundle.clone(),
            began_at_ms,
            outcome: TraceOutcome::Open,
            error: None,
        };
        Recorder::after(self.watch.clone(), head, sampled, finished)
    }

    /// What came of it, told to its recorder. A fault names its trace from here on.
    pub(crate) fn settle<T>(&self, recorder: &Recorder, settled: Result<T, EndpointError>) -> Result<T, EndpointError> {
        let end = match &settled {
            Ok(_) => End::Completed,
            Err(EndpointError::Refused(refusal)) => End::Refused(refusal),
            Err(EndpointError::Hook(_)) => End::Hook,
            Err(EndpointError::Fault(fault)) => End::Fault(fault),
        };
        recorder.end(self.world.clock.now_ms(), None, &end);
        settled.map_err(|error| match error {
            EndpointError::Refused(refusal) => EndpointError::Refused(refusal),
            EndpointError::Hook(fault) => EndpointError::Hook(fault.in_trace(recorder.id())),
            EndpointError::Fault(fault) => EndpointError::Fault(fault.in_trace(recorder.id())),
        })
    }
}
