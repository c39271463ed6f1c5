//! What is counted of a shadow on this node until it is written.

use super::compare::{Difference, differences, micros};
use gatewright_domain::entropy::{Entropy, random_text};
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookInput, HookKind};
use gatewright_domain::trace::{Answer, Asked, Redaction};
use gatewright_domain::trial::{Counted, Finding, Measured, Sample};
use serde_json::json;
use std::collections::BTreeMap;

/// Most samples of one finding that a node writes at once.
pub const SAMPLES_A_WRITE_MAX: usize = 10;

/// Counts and samples.
#[derive(Default)]
pub(super) struct Tallies {
    counts: BTreeMap<Measured, u64>,
    samples: Vec<Sample>,
}

impl Tallies {
    /// Counts what a candidate answered beside the live one.
    pub(super) fn compared(&mut self, live: &Asked, tried: &Asked, redaction: &Redaction, entropy: &dyn Entropy) {
        let hook = live.hook();
        self.add(Counted::Asked, hook, "", 1);
        self.add(Counted::LiveMicros, hook, "", micros(live));
        self.add(Counted::CandidateMicros, hook, "", micros(tried));
        for difference in differences(live, tried) {
            self.add(Counted::Found(difference.finding), hook, &difference.binding, 1);
            self.sample(live, tried, difference, redaction, entropy);
        }
    }

    /// Counts a question at which the candidate broke off, or the machinery around it.
    pub(super) fn broke_off(&mut self, live: &Asked) {
        self.add(Counted::Asked, live.hook(), "", 1);
        self.add(Counted::Found(Finding::Fault), live.hook(), "", 1);
    }

    /// Counts questions.
    pub(super) fn add(&mut self, what: Counted, hook: HookKind, binding: &str, count: u64) {
        if count > 0 {
            *self.counts.entry(Measured { what, hook, binding: binding.to_owned() }).or_default() += count;
        }
    }

    /// Takes everything out, to be written.
    pub(super) fn take(&mut self) -> (Vec<(Measured, u64)>, Vec<Sample>) {
        (std::mem::take(&mut self.counts).into_iter().collect(), std::mem::take(&mut self.samples))
    }

    fn sample(
        &mut self,
        live: &Asked,
        tried: &Asked,
        difference: Difference,
        redaction: &Redaction,
        entropy: &dyn Entropy,
    ) {
        let what = Counted::Found(difference.finding);
        if self.samples.iter().filter(|sample| sample.measured.what == what).count() >= SAMPLES_A_WRITE_MAX {
            return;
        }
        let (client, subject) = who(live);
        let document = json!({
            "client": client,
            "subject": subject,
            "names": difference.names,
            "live": redaction.record(live).answer,
            "live_bundle": live.bundle,
            "candidate": redaction.record(tried).answer,
            "live_micros": micros(live),
            "candidate_micros": micros(tried),
        });
        let measured = Measured { what, hook: live.hook(), binding: difference.binding };
        self.samples.push(Sample { id: random_text::<16>(entropy), measured, at_ms: live.at_ms, document });
    }
}

/// Which client asked, and on whose behalf, as far as it was known.
fn who(asked: &Asked) -> (&str, Option<String>) {
    let login = match &asked.input {
        HookInput::SelectAcr(input) => &input.login,
        HookInput::Authenticate(input) => &input.login,
        HookInput::AfterAuthentication(input) => &input.login,
        HookInput::Consent(input) => &input.login,
        HookInput::Claims(input) => return (&input.client.id, Some(input.user.subject.to_string())),
        HookInput::CustomizeToken(input) => {
            return (&input.client.id, input.user.as_ref().map(|user| user.subject.to_string()));
        }
    };
    let reached = match &asked.answer {
        Answer::Decided(HookDecision::Authenticate(AuthenticateDecision::Authenticated { subject, .. })) => {
            Some(subject.to_string())
        }
        _ => login.session.as_ref().map(|session| session.subject.clone()),
    };
    (&login.client.id, reached)
}
