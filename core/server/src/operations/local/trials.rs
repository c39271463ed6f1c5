//! Policies on trial.

use super::Local;
use crate::operations::policy::{Asking, WentLive};
use crate::operations::trial::{Canary, CountDocument, SampleDocument, SamplesDocument, ShadowDocument, TrialDocument};
use crate::operations::{OperationError, Outcome, ProblemKind, TrialOperations};
use async_trait::async_trait;
use gatewright_domain::store::Begun;
use gatewright_domain::trial::{Chosen, Plan, Share, Trial, TrialKind};
use serde_json::json;

/// Digits of a digest that name it for people.
const SHORT: usize = 12;

#[async_trait]
impl TrialOperations for Local {
    async fn trial(&self, kind: TrialKind) -> Outcome<TrialDocument> {
        Ok(TrialDocument::of(&self.latest(kind).await?))
    }

    async fn shadow(&self) -> Outcome<ShadowDocument> {
        let trial = self.latest(TrialKind::Shadow).await?;
        let counts = self.stores.trials.counts(trial.number).await?;
        Ok(ShadowDocument {
            trial: TrialDocument::of(&trial),
            counts: counts.iter().map(CountDocument::from).collect(),
        })
    }

    async fn shadow_samples(&self, limit: usize) -> Outcome<SamplesDocument> {
        let trial = self.latest(TrialKind::Shadow).await?;
        let samples = self.stores.trials.samples(trial.number, limit).await?;
        Ok(SamplesDocument {
            trial: TrialDocument::of(&trial),
            samples: samples.iter().map(SampleDocument::from).collect(),
        })
    }

    async fn begin_shadow(&self, name: &str, share: Share, asking: &Asking) -> Outcome<TrialDocument> {
        let digest = self.life().named(name).await?;
        let (by, note) = (asking.by.clone(), asking.note.clone());
        self.begin(Plan { kind: TrialKind::Shadow, digest, share, chosen: Chosen::Client, by, note }).await
    }

    async fn begin_canary(&self, canary: Canary, asking: &Asking) -> Outcome<TrialDocument> {
        let Canary { name, share, chosen } = canary;
        if matches!(&chosen, Chosen::Group(group) if group.clients.is_empty() && group.subjects.is_empty() && group.claims.is_empty())
        {
            return ProblemKind::CanaryForNobody.refuse("it is not said whose logins begin on the canary");
        }
        let digest = self.life().named(&name).await?;
        // It decides for some: what holds for an activation holds for it.
        self.life().admit(&digest, &asking.by, asking.within_s).await?;
        let (by, note) = (asking.by.clone(), asking.note.clone());
        self.begin(Plan { kind: TrialKind::Canary, digest, share, chosen, by, note }).await
    }

    async fn widen_canary(&self, share: Share) -> Outcome<TrialDocument> {
        let trial = self.running(TrialKind::Canary).await?;
        if matches!(trial.plan.chosen, Chosen::Group(_)) {
            return ProblemKind::GroupHasNoShare.refuse("the canary is that of a named group, which has no share");
        }
        if !self.stores.trials.widen(trial.number, share).await? {
            return Err(none(TrialKind::Canary));
        }
        let detail = json!({ "share": share.to_string() });
        self.audit("policy.widen_canary", trial.plan.digest.as_str(), detail).await?;
        self.trial(TrialKind::Canary).await
    }

    async fn promote_canary(&self, asking: &Asking) -> Outcome<WentLive> {
        let digest = self.running(TrialKind::Canary).await?.plan.digest;
        let live = self.put_live(digest, asking).await?;
        self.end_trial(TrialKind::Canary, &asking.by).await?;
        Ok(live)
    }

    async fn end_trial(&self, kind: TrialKind, by: &str) -> Outcome<TrialDocument> {
        let trial = self.running(kind).await?;
        let now = self.now();
        if !self.stores.trials.end(trial.number, by, now).await? {
            return Err(none(kind));
        }
        let action = format!("policy.end_{}", kind.name());
        self.audit_by(by, &action, trial.plan.digest.as_str(), serde_json::Value::Null).await?;
        Ok(TrialDocument::of(&Trial { ended: Some((now, by.to_owned())), ..trial }))
    }
}

impl Local {
    async fn begin(&self, plan: Plan) -> Outcome<TrialDocument> {
        match self.stores.trials.begin(&plan, self.now()).await? {
            Begun::Begun(trial) => {
                let action = format!("policy.begin_{}", plan.kind.name());
                self.audit_by(&plan.by, &action, plan.digest.as_str(), serde_json::Value::Null).await?;
                Ok(TrialDocument::of(&trial))
            }
            Begun::Running(other) => {
                let kind = match plan.kind {
                    TrialKind::Shadow => ProblemKind::ShadowRuns,
                    TrialKind::Canary => ProblemKind::CanaryRuns,
                };
                let digest: String = other.plan.digest.as_str().chars().take(SHORT).collect();
                let by = other.plan.by;
                kind.refuse(format!("a {} of {digest} runs already, begun by {by}", plan.kind.name()))
            }
        }
    }

    /// The trial of a kind that runs.
    async fn running(&self, kind: TrialKind) -> Outcome<Trial> {
        let latest = self.stores.trials.latest(kind).await?;
        latest.filter(|trial| trial.ended.is_none()).ok_or_else(|| none(kind))
    }

    /// The trial of a kind that runs, or else the last one.
    async fn latest(&self, kind: TrialKind) -> Outcome<Trial> {
        self.stores.trials.latest(kind).await?.ok_or_else(|| none(kind))
    }
}

fn none(kind: TrialKind) -> OperationError {
    let problem = match kind {
        TrialKind::Shadow => ProblemKind::NoShadow,
        TrialKind::Canary => ProblemKind::NoCanary,
    };
    problem.says(format!("no {} runs", kind.name())).into()
}
