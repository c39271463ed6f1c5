//! The recorder of one request: sees what the policy is asked, and writes it down where it is to be.

use super::Watch;
use super::finished::FinishedLogin;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Policy;
use gatewright_domain::identifiers::{InteractionId, Subject, TraceId};
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::trace::{
    Asked, LoginEnded, Observer, Recording, Scene, StepRecord, TraceEntry, TraceHead, TraceKind, TraceOutcome,
    TraceStep,
};
use gatewright_protocol::error::{ErrorCode, Refusal};
use serde::{Deserialize, Serialize};
use std::sync::{Arc, Mutex, PoisonError};

/// Most that is kept with an interaction of steps that may never be written, in bytes of JSON.
pub(crate) const KEPT_BYTES_MAX: usize = 32 * 1024;

/// The trace of an interaction, between two of its requests.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Traced {
    /// Its name.
    pub(crate) id: TraceId,
    /// When it began, in milliseconds since 1970.
    pub(crate) began_at_ms: i64,
    /// What was not written and may have to be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) steps: Vec<TraceStep>,
}

impl Traced {
    /// The trace of an interaction that was begun without one.
    ///
    /// # Errors
    /// A fault when its name makes none.
    pub(crate) fn unknown(interaction: &InteractionId) -> Result<Self, Fault> {
        let hash = TokenHash::of(interaction.as_str());
        let id = TraceId::parse(hash.as_str()).map_err(|error| Fault::caused("interaction.trace", error))?;
        Ok(Self { id, began_at_ms: 0, steps: Vec::new() })
    }
}

/// Sees one request.
pub(crate) struct Recorder {
    watch: Arc<Watch>,
    head: TraceHead,
    sampled: bool,
    /// Whether its questions are recorded for replays.
    recorded: bool,
    /// Whether its end is that of a login.
    walks: bool,
    /// Whether something comes after its end that may have to be written with it.
    goes_on: bool,
    /// Steps of earlier requests that were not written.
    earlier: Vec<TraceStep>,
    seen: Mutex<Vec<Seen>>,
    /// What a pause handed out to be kept: it is written after all when keeping it fails.
    handed_out: Mutex<Vec<TraceStep>>,
}

pub(super) struct Seen {
    at_ms: i64,
    what: What,
}

enum What {
    Asked(Arc<Asked>),
    Page(&'static str),
}

/// How a request came to its end.
pub(crate) enum End<'e> {
    Completed,
    /// Nobody went on with it in time.
    Abandoned,
    Refused(&'e Refusal),
    Hook,
    Fault(&'e Fault),
}

impl Observer for Recorder {
    fn asked(&self, asked: &Arc<Asked>) {
        if !asked.runs.is_empty() {
            self.watch.observation.observers.iter().for_each(|observer| observer.asked(asked));
        }
        if self.watch.observation.sink.is_some() {
            self.saw(Seen { at_ms: asked.at_ms, what: What::Asked(asked.clone()) });
        }
    }

    /// A candidate may have a binding where this policy has none.
    fn sees_all(&self) -> bool {
        self.recorded
    }
}

impl Recorder {
    /// A recorder for a request of a walk, whose end observers are told of.
    pub(crate) fn of_walk(watch: Arc<Watch>, head: TraceHead, sampled: bool, earlier: Vec<TraceStep>) -> Arc<Self> {
        Arc::new(Self { earlier, walks: true, goes_on: true, ..Self::of(watch, head, sampled) })
    }

    /// A recorder for a request that comes after the login, which it goes on with where that is still known.
    pub(super) fn after(watch: Arc<Watch>, head: TraceHead, sampled: bool, login: Option<FinishedLogin>) -> Arc<Self> {
        let (earlier, seen) = login.map(|login| (login.steps, login.seen)).unwrap_or_default();
        Arc::new(Self { earlier, seen: Mutex::new(seen), ..Self::of(watch, head, sampled) })
    }

    fn of(watch: Arc<Watch>, head: TraceHead, sampled: bool) -> Self {
        let recorded = watch.recording(&head).is_some();
        // A record belongs to a trace: what is recorded is written from the beginning.
        let sampled = sampled || recorded;
        let (earlier, seen, handed_out) = (Vec::new(), Mutex::default(), Mutex::default());
        Self { watch, head, sampled, recorded, walks: false, goes_on: false, earlier, seen, handed_out }
    }

    fn tell_end(&self, at_ms: i64, outcome: TraceOutcome, error: Option<&str>) {
        let began = Some(self.head.began_at_ms).filter(|began| *began > 0);
        let took_ms = began.and_then(|began| u64::try_from(at_ms.saturating_sub(began)).ok());
        let (trace, client) = (&self.head.id, &self.head.client);
        let login = LoginEnded { trace, client, outcome, error, took_ms };
        self.watch.observation.observers.iter().for_each(|observer| observer.login_ended(&login));
    }

    /// The trace's name.
    pub(crate) fn id(&self) -> &TraceId {
        &self.head.id
    }

    /// The policy, watched.
    pub(crate) fn over(self: &Arc<Self>, policy: Arc<dyn Policy>) -> Arc<dyn Policy> {
        let observation = &self.watch.observation;
        if observation.sink.is_none() && observation.observers.is_empty() {
            return policy;
        }
        policy.observed(Scene { observer: self.clone() })
    }

    /// A page of the server's own is shown.
    pub(crate) fn page(&self, at_ms: i64, page: &'static str) {
        if self.watch.observation.sink.is_some() {
            self.saw(Seen { at_ms, what: What::Page(page) });
        }
    }

    fn saw(&self, seen: Seen) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }

    /// What was seen, written down.
    fn steps(&self) -> Vec<TraceStep> {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let step = |Seen { at_ms, what }| match what {
            What::Asked(asked) => {
                let what = StepRecord::Asked(self.watch.observation.redaction.record(&asked));
                TraceStep { recording: self.recording_of(&asked), ..self.watch.step(at_ms, what) }
            }
            What::Page(page) => self.watch.step(at_ms, StepRecord::Page { page: page.to_owned() }),
        };
        seen.into_iter().map(step).collect()
    }

    /// What a replay needs of a question, sealed. A question that cannot be recorded is left out of replays.
    fn recording_of(&self, asked: &Asked) -> Option<String> {
        let recording = self.watch.recording(&self.head)?;
        let sealed = Recording::of(asked, &recording.plan.without)
            .and_then(|record| record.map(|record| record.seal(&self.head.id, recording.sealer.as_ref())).transpose());
        sealed.unwrap_or_else(|fault| {
            tracing::error!(%fault, trace = %self.head.id, "a question could not be recorded");
            None
        })
    }

    /// The browser is waited for: what was seen is written, or answered to be kept until the end is known.
    pub(crate) fn pause(&self, subject: Option<Subject>) -> Vec<TraceStep> {
        let Some(sink) = &self.watch.observation.sink else { return Vec::new() };
        let steps = self.steps();
        if self.sampled {
            let head = TraceHead { subject, ..self.head.clone() };
            sink.write(TraceEntry { trace: head.id.clone(), head: Some(head), steps });
            return Vec::new();
        }
        let kept = kept(self.earlier.clone(), steps);
        *self.handed_out.lock().unwrap_or_else(PoisonError::into_inner) = kept.clone();
        kept
    }

    /// The request came to its end: what was seen is written, where it is to be.
    pub(crate) fn end(&self, at_ms: i64, subject: Option<Subject>, end: &End<'_>) {
        let (outcome, error) = end.told();
        if self.walks {
            self.tell_end(at_ms, outcome, error);
        }
        let Some(sink) = &self.watch.observation.sink else { return };
        let must = outcome == TraceOutcome::Failed || error == Some(ErrorCode::AccessDenied.as_str());
        if !self.sampled && !must {
            if self.goes_on && outcome == TraceOutcome::Completed {
                self.keep_finished();
            }
            return;
        }
        let seen = self.steps();
        // That a client was answered about a login which no hook had a say in tells nobody anything.
        if self.head.kind != TraceKind::Login && seen.is_empty() && !must {
            return;
        }
        let handed_out = std::mem::take(&mut *self.handed_out.lock().unwrap_or_else(PoisonError::into_inner));
        let mut steps = if handed_out.is_empty() { self.earlier.clone() } else { handed_out };
        steps.extend(seen);
        let error = error.map(ToOwned::to_owned);
        let why = match end {
            End::Fault(fault) => Some(fault.to_string()),
            // What a hook said of it stands with the run, without what is personal in it.
            End::Completed | End::Abandoned | End::Refused(_) | End::Hook => None,
        };
        steps.push(self.watch.step(at_ms, StepRecord::Ended { outcome, error: error.clone(), why }));
        let subject = subject.or_else(|| self.head.subject.clone());
        let head = TraceHead { subject, outcome, error, ..self.head.clone() };
        sink.write(TraceEntry { trace: head.id.clone(), head: Some(head), steps });
    }
}

impl Recorder {
    /// The login went well, and its code is not redeemed yet.
    fn keep_finished(&self) {
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        let login = FinishedLogin { began_at_ms: self.head.began_at_ms, steps: self.earlier.clone(), seen };
        self.watch.finished.keep(self.head.id.clone(), login);
    }
}

impl End<'_> {
    fn told(&self) -> (TraceOutcome, Option<&'static str>) {
        match self {
            Self::Completed => (TraceOutcome::Completed, None),
            Self::Abandoned => (TraceOutcome::Abandoned, None),
            Self::Refused(refusal) => (TraceOutcome::Refused, Some(refusal.code().as_str())),
            Self::Hook | Self::Fault(_) => (TraceOutcome::Failed, Some("fault")),
        }
    }
}

/// Steps that may have to be written, as far as there is room for them.
fn kept(mut earlier: Vec<TraceStep>, steps: Vec<TraceStep>) -> Vec<TraceStep> {
    let bytes = |step: &TraceStep| serde_json::to_string(step).map_or(KEPT_BYTES_MAX, |json| json.len());
    let mut taken: usize = earlier.iter().map(bytes).sum();
    for step in steps {
        if matches!(earlier.last(), Some(TraceStep { what: StepRecord::LeftOut, .. })) {
            break;
        }
        taken += bytes(&step);
        earlier.push(if taken <= KEPT_BYTES_MAX { step } else { TraceStep { what: StepRecord::LeftOut, ..step } });
    }
    earlier
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(number: i64, text: &str) -> TraceStep {
        TraceStep {
            number,
            at_ms: 1,
            correlation: None,
            what: StepRecord::Page { page: text.to_owned() },
            recording: None,
        }
    }

    #[test]
    fn what_may_never_be_written_takes_no_more_room_than_its_limit() {
        let third = "x".repeat(KEPT_BYTES_MAX / 3);
        let two = kept(vec![step(1, &third)], vec![step(2, &third)]);
        assert_eq!(two.len(), 2);
        let over = kept(two.clone(), vec![step(3, &third), step(4, "small")]);
        assert_eq!(over[..2], two[..]);
        assert_eq!((over.len(), &over[2].what), (3, &StepRecord::LeftOut), "and says that something is not there");
        assert_eq!(kept(over.clone(), vec![step(5, "small")]), over);
    }
}
