//! Trials in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::{Begun, SAMPLES_A_FINDING_MAX, TRIALS_KEPT_MAX, TrialStore};
use gatewright_domain::trial::{Measured, Plan, Sample, Share, Trial, TrialKind};

#[async_trait]
impl TrialStore for Memory {
    async fn begin(&self, plan: &Plan, now: Timestamp) -> Result<Begun, Fault> {
        let mut tables = self.tables();
        let running = tables.trials.values().find(|trial| trial.plan.kind == plan.kind && trial.ended.is_none());
        if let Some(running) = running {
            return Ok(Begun::Running(running.clone()));
        }
        let number = tables.trials.last_key_value().map_or(1, |(last, _)| last + 1);
        let trial = Trial { number, plan: plan.clone(), begun_at: now, ended: None };
        tables.trials.insert(number, trial.clone());
        tables.trials.retain(|kept, trial| trial.ended.is_none() || kept + TRIALS_KEPT_MAX > number);
        let tables = &mut *tables;
        tables.tallies.retain(|(of, _), _| tables.trials.contains_key(of));
        tables.samples.retain(|(of, _)| tables.trials.contains_key(of));
        Ok(Begun::Begun(trial))
    }

    async fn running(&self) -> Result<Vec<Trial>, Fault> {
        Ok(self.tables().trials.values().filter(|trial| trial.ended.is_none()).cloned().collect())
    }

    async fn latest(&self, kind: TrialKind) -> Result<Option<Trial>, Fault> {
        Ok(self.tables().trials.values().rev().find(|trial| trial.plan.kind == kind).cloned())
    }

    async fn widen(&self, number: u64, share: Share) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let running = tables.trials.get_mut(&number).filter(|trial| trial.ended.is_none());
        Ok(running.map(|trial| trial.plan.share = share).is_some())
    }

    async fn end(&self, number: u64, by: &str, now: Timestamp) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let running = tables.trials.get_mut(&number).filter(|trial| trial.ended.is_none());
        Ok(running.map(|trial| trial.ended = Some((now, by.to_owned()))).is_some())
    }

    async fn count(&self, number: u64, counts: &[(Measured, u64)]) -> Result<(), Fault> {
        let mut tables = self.tables();
        for (measured, count) in counts {
            *tables.tallies.entry((number, measured.clone())).or_default() += count;
        }
        Ok(())
    }

    async fn counts(&self, number: u64) -> Result<Vec<(Measured, u64)>, Fault> {
        let tables = self.tables();
        let of = tables.tallies.iter().filter(|((trial, _), _)| *trial == number);
        Ok(of.map(|((_, measured), count)| (measured.clone(), *count)).collect())
    }

    async fn sample(&self, number: u64, samples: &[Sample]) -> Result<(), Fault> {
        let mut tables = self.tables();
        for sample in samples {
            let same =
                |(trial, other): &&(u64, Sample)| *trial == number && other.measured.what == sample.measured.what;
            if tables.samples.iter().filter(same).count() < SAMPLES_A_FINDING_MAX {
                tables.samples.push((number, sample.clone()));
            }
        }
        Ok(())
    }

    async fn samples(&self, number: u64, limit: usize) -> Result<Vec<Sample>, Fault> {
        let tables = self.tables();
        let of = tables.samples.iter().filter(|(trial, _)| *trial == number);
        let mut samples: Vec<Sample> = of.map(|(_, sample)| sample.clone()).collect();
        samples.sort_by(|one, other| (other.at_ms, &one.id).cmp(&(one.at_ms, &other.id)));
        samples.truncate(limit);
        Ok(samples)
    }
}
