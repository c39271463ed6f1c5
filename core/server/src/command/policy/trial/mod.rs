//! `gatewright policy shadow` and `gatewright policy canary`: trying a policy beside the live one.

mod canary;
mod differences;
mod shadow;

pub(super) use canary::CanaryArguments;
pub(super) use shadow::ShadowArguments;

pub(super) use canary::run as run_canary;
pub(super) use shadow::run as run_shadow;

use super::operations::{Opened, folder, short};
use crate::command::audited::{Deed, write_down};
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::moment;
use gatewright_capabilities::SystemClock;
use gatewright_domain::clock::Clock;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::Begun;
use gatewright_domain::trial::{Chosen, Plan, Share, Trial, TrialKind};
use gatewright_policy::activation::ActivationError;
use gatewright_policy::report::with_source;
use serde_json::{Value, json};
use std::path::Path;

/// The bundle of a folder, which is pushed, or a stored one.
async fn bundle(opened: &Opened, name: &str, by: &str, within_s: u64) -> Result<BundleDigest, CommandError> {
    let path = Path::new(name);
    if !path.is_dir() {
        return Ok(opened.operations.named(name).await?);
    }
    let files = folder(path)?;
    let pushed = opened.operations.push(&files, by, None, within_s).await;
    let pushed = pushed.map_err(|error| match error {
        ActivationError::Wrong(wrong) => CommandError::PolicyWrong(with_source(&wrong, &files)),
        other => other.into(),
    })?;
    Ok(pushed.bundle.digest)
}

/// Begins a trial, unless another of its kind runs.
async fn begin(opened: &Opened, plan: &Plan) -> Result<Trial, CommandError> {
    match opened.stores.trials.begin(plan, SystemClock.now()).await? {
        Begun::Begun(trial) => {
            let action = format!("policy.begin_{}", plan.kind.name());
            let deed = Deed { by: Some(&plan.by), ..Deed::of(&action, plan.digest.as_str()) };
            write_down(&opened.stores, deed).await?;
            Ok(trial)
        }
        Begun::Running(other) => Err(CommandError::TrialRuns {
            kind: plan.kind.name(),
            digest: short(&other.plan.digest),
            by: plain(&other.plan.by),
        }),
    }
}

/// The trial of a kind that runs.
async fn running(opened: &Opened, kind: TrialKind) -> Result<Trial, CommandError> {
    let latest = opened.stores.trials.latest(kind).await?;
    latest.filter(|trial| trial.ended.is_none()).ok_or(CommandError::NoTrial(kind.name()))
}

/// The trial of a kind that runs, or the last one.
async fn latest(opened: &Opened, kind: TrialKind) -> Result<Trial, CommandError> {
    opened.stores.trials.latest(kind).await?.ok_or(CommandError::NoTrial(kind.name()))
}

/// Ends the trial of a kind.
async fn stop(opened: &Opened, kind: TrialKind, by: &str) -> Result<Trial, CommandError> {
    let trial = running(opened, kind).await?;
    if !opened.stores.trials.end(trial.number, by, SystemClock.now()).await? {
        return Err(CommandError::NoTrial(kind.name()));
    }
    let action = format!("policy.end_{}", kind.name());
    let deed = Deed { by: Some(by), ..Deed::of(&action, trial.plan.digest.as_str()) };
    write_down(&opened.stores, deed).await?;
    Ok(trial)
}

/// A trial in a line for people.
fn line(trial: &Trial) -> String {
    let Trial { plan, begun_at, ended, .. } = trial;
    let state = match ended {
        None => "runs".to_owned(),
        Some((at, by)) => format!("ended {} UTC by {}", moment::shown(*at), plain(by)),
    };
    let note = plan.note.as_deref().map(|note| format!(": {}", plain(note))).unwrap_or_default();
    let whom = whom(plan);
    let (digest, by, since) = (short(&plan.digest), plain(&plan.by), moment::shown(*begun_at));
    format!("{} {digest} {state}; {whom}, since {since} UTC, by {by}{note}", plan.kind.name())
}

fn whom(plan: &Plan) -> String {
    let share = plan.share;
    match (plan.kind, &plan.chosen) {
        (TrialKind::Shadow, _) => format!("{share} of the questions"),
        (TrialKind::Canary, Chosen::Client) => format!("{share} of the clients"),
        (TrialKind::Canary, Chosen::Subject) => format!("{share} of the end-users, once they are signed in"),
        (TrialKind::Canary, Chosen::Group(group)) => {
            let clients = group.clients.iter().map(|client| format!("client {client}"));
            let subjects = group.subjects.iter().map(|subject| format!("user {subject}"));
            let claims = group.claims.iter().map(|(name, value)| format!("{name}={value}"));
            plain(&clients.chain(subjects).chain(claims).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A trial as a document.
fn described(trial: &Trial) -> Value {
    let Trial { number, plan, begun_at, ended } = trial;
    json!({
        "trial": number,
        "kind": plan.kind.name(),
        "digest": plan.digest,
        "share": f64::from(plan.share.parts()) / 10_000.0,
        "chosen": plan.chosen,
        "by": plan.by,
        "note": plan.note,
        "begun_at": begun_at,
        "ended_at": ended.as_ref().map(|(at, _)| at),
        "ended_by": ended.as_ref().map(|(_, by)| by),
    })
}

/// A share, written as a part of `whole` with at most so many digits that it is a part of ten thousand.
fn share(text: &str, whole: u32) -> Result<Share, String> {
    let wrong = || format!("write a number above 0 and up to {whole}, in steps of {}", f64::from(whole) / 10_000.0);
    let number: f64 = text.trim_end_matches('%').trim().parse().map_err(|_| wrong())?;
    let parts = number * 10_000.0 / f64::from(whole);
    let is_step =
        parts.is_finite() && (parts - parts.round()).abs() < 1e-6 && (1.0..=10_000.0).contains(&parts.round());
    // Bounded above, so the cast keeps it whole.
    let share = if is_step { Share::of_ten_thousand(parts.round() as u64) } else { None };
    share.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_as_a_part_or_as_percent_and_nothing_else() {
        for (text, whole, parts) in
            [("0.2", 1, 2_000), ("1", 1, 10_000), ("10", 100, 1_000), ("12.5%", 100, 1_250), ("0.0001", 1, 1)]
        {
            assert_eq!(share(text, whole).unwrap().parts(), parts, "{text}");
        }
        for (text, whole) in
            [("0", 1), ("1.1", 1), ("-1", 100), ("101", 100), ("NaN", 1), ("inf", 1), ("a", 1), ("0.00001", 1)]
        {
            assert!(share(text, whole).is_err(), "{text}");
        }
    }
}
