//! The rows of trials and of their samples.

use crate::rows::{RowName, time, to_document};
use crate::schema::{policy_trials, trial_samples};
use diesel::prelude::*;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::HookKind;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::trial::{Counted, Measured, Plan, Sample, Share, Trial, TrialKind};

const PLACE: &str = "store.trials";

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = policy_trials, treat_none_as_default_value = false)]
pub(super) struct TrialRow {
    pub(super) number: i64,
    pub(super) kind: String,
    digest: String,
    share: i64,
    chosen: String,
    author: String,
    note: Option<String>,
    begun_at: i64,
    ended_at: Option<i64>,
    ended_by: Option<String>,
}

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = trial_samples)]
pub(super) struct SampleRow {
    pub(super) id: String,
    pub(super) trial: i64,
    pub(super) what: String,
    hook: String,
    binding: String,
    at_ms: i64,
    document: String,
}

impl TrialRow {
    /// One that begins now; its number is given when it is stored.
    pub(super) fn begun(plan: &Plan, now: Timestamp) -> Result<Self, Fault> {
        Ok(Self {
            number: 0,
            kind: plan.kind.name().to_owned(),
            digest: plan.digest.as_str().to_owned(),
            share: i64::from(plan.share.parts()),
            chosen: to_document(PLACE, &plan.chosen)?,
            author: plan.by.clone(),
            note: plan.note.clone(),
            begun_at: now.0,
            ended_at: None,
            ended_by: None,
        })
    }
}

impl TryFrom<TrialRow> for Trial {
    type Error = Fault;

    fn try_from(row: TrialRow) -> Result<Self, Fault> {
        let key = row.number.to_string();
        let named = RowName { place: PLACE, table: "policy_trials", key: &key };
        let share = u64::try_from(row.share).ok().and_then(Share::of_ten_thousand);
        let plan = Plan {
            kind: TrialKind::named(&row.kind).ok_or_else(|| named.bad("kind", &row.kind))?,
            digest: named.column("digest", BundleDigest::parse(row.digest))?,
            share: share.ok_or_else(|| named.bad("share", "no share"))?,
            chosen: named.document(&row.chosen)?,
            by: row.author,
            note: row.note,
        };
        let ended = row.ended_at.map(|at| (time(at), row.ended_by.unwrap_or_default()));
        let number = u64::try_from(row.number).map_err(|_| named.bad("number", "below zero"))?;
        Ok(Self { number, plan, begun_at: time(row.begun_at), ended })
    }
}

impl SampleRow {
    pub(super) fn of(trial: i64, sample: &Sample) -> Result<Self, Fault> {
        Ok(Self {
            id: sample.id.clone(),
            trial,
            what: sample.measured.what.name().to_owned(),
            hook: sample.measured.hook.name().to_owned(),
            binding: sample.measured.binding.clone(),
            at_ms: sample.at_ms,
            document: to_document(PLACE, &sample.document)?,
        })
    }
}

impl TryFrom<SampleRow> for Sample {
    type Error = Fault;

    fn try_from(row: SampleRow) -> Result<Self, Fault> {
        let named = RowName { place: PLACE, table: "trial_samples", key: &row.id };
        let document = named.document(&row.document)?;
        let measured = measured(&row.what, &row.hook, row.binding)?;
        Ok(Self { id: row.id, measured, at_ms: row.at_ms, document })
    }
}

/// What was measured, of the columns that say so.
pub(super) fn measured(what: &str, hook: &str, binding: String) -> Result<Measured, Fault> {
    let named = RowName { place: PLACE, table: "trial_tallies", key: what };
    let what = Counted::named(what).ok_or_else(|| named.bad("what", what))?;
    let known = HookKind::ALL.into_iter().find(|kind| kind.name() == hook);
    Ok(Measured { what, hook: known.ok_or_else(|| named.bad("hook", hook))?, binding })
}
