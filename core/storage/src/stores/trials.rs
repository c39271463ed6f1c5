//! Trials of policies. What nodes count is added up by the database itself.

use super::Tables;
use super::trial_rows::{SampleRow, TrialRow, measured};
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::schema::{policy_trials, trial_samples, trial_tallies};
use async_trait::async_trait;
use diesel::dsl::max;
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::{Begun, SAMPLES_A_FINDING_MAX, TRIALS_KEPT_MAX, TrialStore};
use gatewright_domain::trial::{Measured, Plan, Sample, Share, Trial, TrialKind};

const PLACE: &str = "store.trials";

#[async_trait]
impl TrialStore for Tables {
    async fn begin(&self, plan: &Plan, now: Timestamp) -> Result<Begun, Fault> {
        let row = TrialRow::begun(plan, now)?;
        let begun = self.executor.transaction(PLACE, move |connection| begin(connection, row.clone()));
        match begun.await? {
            (row, true) => Ok(Begun::Begun(row.try_into()?)),
            (row, false) => Ok(Begun::Running(row.try_into()?)),
        }
    }

    async fn running(&self) -> Result<Vec<Trial>, Fault> {
        let rows = self.executor.read(PLACE, |connection| {
            let running = policy_trials::table.filter(policy_trials::ended_at.is_null());
            Ok(running.order(policy_trials::number).select(TrialRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(Trial::try_from).collect()
    }

    async fn latest(&self, kind: TrialKind) -> Result<Option<Trial>, Fault> {
        let row = self.executor.read(PLACE, move |connection| {
            let of = policy_trials::table.filter(policy_trials::kind.eq(kind.name()));
            let latest = of.order(policy_trials::number.desc()).limit(1).select(TrialRow::as_select());
            Ok(latest.get_result(connection).optional()?)
        });
        row.await?.map(Trial::try_from).transpose()
    }

    async fn widen(&self, number: u64, share: Share) -> Result<bool, Fault> {
        let (number, share) = (row_number(number), i64::from(share.parts()));
        let changed = self.executor.statement(PLACE, move |connection| {
            let running = policy_trials::table.find(number).filter(policy_trials::ended_at.is_null());
            Ok(diesel::update(running).set(policy_trials::share.eq(share)).execute(connection)?)
        });
        Ok(changed.await? > 0)
    }

    async fn end(&self, number: u64, by: &str, now: Timestamp) -> Result<bool, Fault> {
        let (number, by) = (row_number(number), by.to_owned());
        let changed = self.executor.statement(PLACE, move |connection| {
            let running = policy_trials::table.find(number).filter(policy_trials::ended_at.is_null());
            let end = (policy_trials::ended_at.eq(Some(now.0)), policy_trials::ended_by.eq(Some(&by)));
            Ok(diesel::update(running).set(end).execute(connection)?)
        });
        Ok(changed.await? > 0)
    }

    async fn count(&self, number: u64, counts: &[(Measured, u64)]) -> Result<(), Fault> {
        let number = row_number(number);
        let mut counts = counts.to_vec();
        // Whoever adds locks rows in this order, so that nodes wait for one another and never in a ring.
        counts.sort();
        let add = move |connection: &mut AnyConnection| counts.iter().try_for_each(|one| add(connection, number, one));
        self.executor.transaction(PLACE, add).await
    }

    async fn counts(&self, number: u64) -> Result<Vec<(Measured, u64)>, Fault> {
        let number = row_number(number);
        let rows: Vec<(String, String, String, i64)> = self
            .executor
            .read(PLACE, move |connection| {
                let columns = (trial_tallies::what, trial_tallies::hook, trial_tallies::binding, trial_tallies::count);
                Ok(trial_tallies::table.filter(trial_tallies::trial.eq(number)).select(columns).load(connection)?)
            })
            .await?;
        let parsed = |(what, hook, binding, count): (String, String, String, i64)| {
            Ok((measured(&what, &hook, binding)?, u64::try_from(count).unwrap_or(0)))
        };
        let mut counts = rows.into_iter().map(parsed).collect::<Result<Vec<_>, Fault>>()?;
        counts.sort();
        Ok(counts)
    }

    async fn sample(&self, number: u64, samples: &[Sample]) -> Result<(), Fault> {
        let number = row_number(number);
        let rows = samples.iter().map(|sample| SampleRow::of(number, sample)).collect::<Result<Vec<_>, Fault>>()?;
        let keep = move |connection: &mut AnyConnection| rows.iter().try_for_each(|row| keep(connection, row));
        self.executor.transaction(PLACE, keep).await
    }

    async fn samples(&self, number: u64, limit: usize) -> Result<Vec<Sample>, Fault> {
        let (number, limit) = (row_number(number), i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = self.executor.read(PLACE, move |connection| {
            let of = trial_samples::table.filter(trial_samples::trial.eq(number));
            let latest = of.order((trial_samples::at_ms.desc(), trial_samples::id)).limit(limit);
            Ok(latest.select(SampleRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(Sample::try_from).collect()
    }
}

/// Stores it under the next number, or answers the one that runs, with which it was.
fn begin(connection: &mut AnyConnection, mut row: TrialRow) -> Result<(TrialRow, bool), Abort> {
    let running = policy_trials::table
        .filter(policy_trials::kind.eq(&row.kind))
        .filter(policy_trials::ended_at.is_null())
        .select(TrialRow::as_select())
        .get_result(connection)
        .optional()?;
    if let Some(running) = running {
        return Ok((running, false));
    }
    let last: Option<i64> = policy_trials::table.select(max(policy_trials::number)).get_result(connection)?;
    row.number = last.unwrap_or(0) + 1;
    match diesel::insert_into(policy_trials::table).values(&row).execute(connection) {
        Err(error) if is_taken(&error) => return Err(Abort::Again),
        outcome => outcome?,
    };
    let gone = row.number - row_number(TRIALS_KEPT_MAX);
    let ended =
        policy_trials::table.filter(policy_trials::number.le(gone)).filter(policy_trials::ended_at.is_not_null());
    let ended: Vec<i64> = ended.select(policy_trials::number).load(connection)?;
    diesel::delete(trial_tallies::table.filter(trial_tallies::trial.eq_any(&ended))).execute(connection)?;
    diesel::delete(trial_samples::table.filter(trial_samples::trial.eq_any(&ended))).execute(connection)?;
    diesel::delete(policy_trials::table.filter(policy_trials::number.eq_any(&ended))).execute(connection)?;
    Ok((row, true))
}

fn add(connection: &mut AnyConnection, number: i64, (measured, count): &(Measured, u64)) -> Result<(), Abort> {
    let count = i64::try_from(*count).unwrap_or(i64::MAX);
    let (what, hook) = (measured.what.name(), measured.hook.name());
    let place = trial_tallies::table.find((number, what, hook, &measured.binding));
    let sum = trial_tallies::count.eq(trial_tallies::count + count);
    if diesel::update(place).set(sum).execute(connection)? > 0 {
        return Ok(());
    }
    let row = (
        trial_tallies::trial.eq(number),
        trial_tallies::what.eq(what),
        trial_tallies::hook.eq(hook),
        trial_tallies::binding.eq(&measured.binding),
        trial_tallies::count.eq(count),
    );
    match diesel::insert_into(trial_tallies::table).values(row).execute(connection) {
        Err(error) if is_taken(&error) => Err(Abort::Again),
        outcome => Ok(outcome.map(|_| ())?),
    }
}

fn keep(connection: &mut AnyConnection, row: &SampleRow) -> Result<(), Abort> {
    let of = trial_samples::table.filter(trial_samples::trial.eq(row.trial)).filter(trial_samples::what.eq(&row.what));
    let there: i64 = of.count().get_result(connection)?;
    if there < i64::try_from(SAMPLES_A_FINDING_MAX).unwrap_or(i64::MAX) {
        diesel::insert_into(trial_samples::table).values(row).execute(connection)?;
    }
    Ok(())
}

fn row_number(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
