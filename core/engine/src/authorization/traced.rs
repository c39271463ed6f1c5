//! The walk's trace: what of each request is written down, and what is kept until the end is known.

use super::interaction::{Interaction, Running};
use super::walk::Walk;
use crate::Engine;
use crate::observation::{End, Recorder};
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::session::Session;
use gatewright_domain::trace::{TraceHead, TraceKind, TraceOutcome};
use std::sync::Arc;

impl Engine {
    /// A recorder for the request that goes on with an interaction.
    pub(super) fn recorder(&self, interaction: &mut Interaction) -> Arc<Recorder> {
        let earlier = std::mem::take(&mut interaction.trace.steps);
        let trace = &interaction.trace;
        let head = TraceHead {
            id: trace.id.clone(),
            kind: TraceKind::Login,
            login: None,
            client: interaction.request.client_id().clone(),
            subject: None,
            bundle: interaction.bundle.clone(),
            began_at_ms: trace.began_at_ms,
            outcome: TraceOutcome::Open,
            error: None,
        };
        let sampled = self.watch.observation.sampling.takes(&trace.id);
        Recorder::of_walk(self.watch.clone(), head, sampled, earlier)
    }

    /// The walk met a fault of ours, which is told to its recorder and names its trace from here on.
    pub(super) fn broke(&self, recorder: &Recorder, fault: Fault) -> Fault {
        recorder.end(self.world.clock.now_ms(), None, &End::Fault(&fault));
        fault.in_trace(recorder.id())
    }
}

impl Walk<'_> {
    /// The browser is waited for.
    pub(super) fn pause(&self, interaction: &mut Interaction) {
        if let Some(page) = interaction.progress.running.as_ref().and_then(own_page) {
            self.recorder.page(self.engine.world.clock.now_ms(), page);
        }
        interaction.trace.steps = self.recorder.pause(subject_of(interaction, self.session.as_ref()));
    }

    /// The walk came to its end.
    pub(super) fn end(&self, interaction: &Interaction, end: &End<'_>) {
        let subject = subject_of(interaction, self.session.as_ref());
        self.recorder.end(self.engine.world.clock.now_ms(), subject, end);
    }
}

/// Who the end-user is, as far as that is known.
pub(super) fn subject_of(interaction: &Interaction, session: Option<&Session>) -> Option<Subject> {
    let progress = &interaction.progress;
    let fresh = session.filter(|session| progress.fresh_session.as_ref() == Some(&session.id));
    match (&progress.reached, &progress.running) {
        (Some(reached), _) => Some(reached.context.subject.clone()),
        (None, Some(Running::Authenticate { input, .. })) if input.user.is_some() => {
            input.user.as_ref().map(|user| user.subject.clone())
        }
        _ => fresh.map(|session| session.subject.clone()),
    }
}

/// The page of the server's own that is shown, if it is one.
fn own_page(running: &Running) -> Option<&'static str> {
    match running {
        Running::ChooseAccount => Some("choose_account"),
        Running::FailedTries { .. } => Some("failed_tries"),
        Running::ConsentQuestion { .. } => Some("consent"),
        Running::Authenticate { .. } | Running::Consent { .. } => None,
    }
}
