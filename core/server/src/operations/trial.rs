//! Policies on trial as operators see them: a shadow beside the live policy, a canary for some logins.

use super::Outcome;
use super::policy::{Asking, WentLive};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::hooks::HookKind;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::trial::{Chosen, Measured, Sample, Share, Trial, TrialKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Parts of a whole that a share counts.
const PARTS: f64 = 10_000.0;

/// A trial.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TrialDocument {
    /// Its number: higher is later.
    pub trial: u64,
    /// `shadow` or `canary`.
    pub kind: String,
    /// What is tried.
    pub digest: BundleDigest,
    /// How much of it, as a part: 0.2 is a fifth.
    pub share: f64,
    /// Whose logins begin on a canary.
    pub chosen: Chosen,
    /// Who asked for it.
    pub by: String,
    /// What they said of it.
    pub note: Option<String>,
    /// Since when.
    pub begun_at: Timestamp,
    /// Until when; none while it runs.
    pub ended_at: Option<Timestamp>,
    /// Who ended it.
    pub ended_by: Option<String>,
}

/// What a shadow counted on all nodes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ShadowDocument {
    /// The shadow.
    pub trial: TrialDocument,
    /// What was counted.
    pub counts: Vec<CountDocument>,
}

/// What was counted of a hook and a binding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountDocument {
    /// `asked`, `left_out`, `live_micros`, `candidate_micros`, or what differed.
    pub what: String,
    /// Of which hook.
    pub hook: HookKind,
    /// Of which binding; empty where it is none's.
    pub binding: String,
    /// How many.
    pub count: u64,
}

/// Samples of how a shadow differed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SamplesDocument {
    /// The shadow.
    pub trial: TrialDocument,
    /// The latest first.
    pub samples: Vec<SampleDocument>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleDocument {
    /// How it differs.
    pub what: String,
    /// At which hook.
    pub hook: HookKind,
    /// The binding that makes the difference; empty where none does.
    pub binding: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// What both answered, redacted as a trace is.
    pub difference: Value,
}

/// Trials. Of each kind one runs at a time.
#[async_trait]
pub trait TrialOperations: Send + Sync {
    /// The trial of a kind that runs, or else the last one.
    async fn trial(&self, kind: TrialKind) -> Outcome<TrialDocument>;

    /// The shadow, with what was counted on all nodes.
    async fn shadow(&self) -> Outcome<ShadowDocument>;

    /// The latest samples of how the shadow differed.
    async fn shadow_samples(&self, limit: usize) -> Outcome<SamplesDocument>;

    /// Asks a stored bundle a share of the questions, beside the live one.
    async fn begin_shadow(&self, name: &str, share: Share, asking: &Asking) -> Outcome<TrialDocument>;

    /// Lets some logins begin on a stored bundle; its tests are run first, and two persons are needed where they are for
    /// an activation.
    async fn begin_canary(&self, canary: Canary, asking: &Asking) -> Outcome<TrialDocument>;

    /// Changes the share of the canary.
    async fn widen_canary(&self, share: Share) -> Outcome<TrialDocument>;

    /// Puts the canary live on every node, and ends it.
    async fn promote_canary(&self, asking: &Asking) -> Outcome<WentLive>;

    /// Ends the trial of a kind.
    async fn end_trial(&self, kind: TrialKind, by: &str) -> Outcome<TrialDocument>;
}

/// A canary that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Canary {
    /// Which bundle.
    pub name: String,
    /// How many; of a group, all.
    pub share: Share,
    /// Whose logins.
    pub chosen: Chosen,
}

impl TrialDocument {
    /// What is told of a trial.
    pub fn of(trial: &Trial) -> Self {
        let Trial { number, plan, begun_at, ended } = trial;
        Self {
            trial: *number,
            kind: plan.kind.name().to_owned(),
            digest: plan.digest.clone(),
            share: part(plan.share),
            chosen: plan.chosen.clone(),
            by: plan.by.clone(),
            note: plan.note.clone(),
            begun_at: *begun_at,
            ended_at: ended.as_ref().map(|(at, _)| *at),
            ended_by: ended.as_ref().map(|(_, by)| by.clone()),
        }
    }
}

/// A share as a part of the whole.
pub fn part(share: Share) -> f64 {
    f64::from(share.parts()) / PARTS
}

/// The share that is this part of the whole: above 0, up to 1, in steps of a ten-thousandth.
pub fn share_of(part: f64) -> Option<Share> {
    let parts = part * PARTS;
    let is_step = parts.is_finite() && (parts - parts.round()).abs() < 1e-6 && (1.0..=PARTS).contains(&parts.round());
    // Bounded above, so the cast keeps it whole.
    if is_step { Share::of_ten_thousand(parts.round() as u64) } else { None }
}

impl From<&(Measured, u64)> for CountDocument {
    fn from((measured, count): &(Measured, u64)) -> Self {
        Self {
            what: measured.what.name().to_owned(),
            hook: measured.hook,
            binding: measured.binding.clone(),
            count: *count,
        }
    }
}

impl From<&Sample> for SampleDocument {
    fn from(sample: &Sample) -> Self {
        let Sample { measured, at_ms, document, .. } = sample;
        Self {
            what: measured.what.name().to_owned(),
            hook: measured.hook,
            binding: measured.binding.clone(),
            at_ms: *at_ms,
            difference: document.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_a_part_of_the_whole_in_steps_of_a_ten_thousandth() {
        for parts in [1, 2_000, 3_333, 10_000] {
            let share = Share::of_ten_thousand(parts).unwrap();
            assert_eq!(share_of(part(share)), Some(share), "what was read can be sent back");
        }
        for unfit in [0.0, -0.1, 1.000_1, 0.000_05, f64::NAN, f64::INFINITY] {
            assert_eq!(share_of(unfit), None, "{unfit}");
        }
    }
}
