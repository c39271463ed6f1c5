//! `/trials`: policies tried beside the live one.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use super::policies::Activating;
use crate::operations::{Canary, OperationError, ProblemKind, share_of};
use gatewright_domain::trial::{Chosen, Share, TrialKind};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A shadow that is asked for.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShadow {
    pub policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A canary that is asked for: a share of clients or end-users, or a group.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCanary {
    pub policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    pub chosen: Chosen,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within_s: Option<u64>,
}

/// The share that a canary is given.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewShare {
    pub share: f64,
}

pub(super) async fn shadow(admin: Arc<Admin>, _: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.shadow().await?)
}

pub(super) async fn samples(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.shadow_samples(call.limit()?).await?)
}

pub(super) async fn begin_shadow(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let NewShadow { policy, share, note } = call.json()?;
    let (share, asking) = (share_or_all(share)?, call.asking(note, None)?);
    Answer::created(&admin.operations.begin_shadow(&policy, share, &asking).await?, None)
}

pub(super) async fn end_shadow(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.end_trial(TrialKind::Shadow, &call.person()).await?)
}

pub(super) async fn canary(admin: Arc<Admin>, _: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.trial(TrialKind::Canary).await?)
}

pub(super) async fn begin_canary(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let NewCanary { policy: name, share, chosen, note, within_s } = call.json()?;
    if share.is_none() && !matches!(chosen, Chosen::Group(_)) {
        return Err(ProblemKind::CanaryForNobody.says("a canary of clients or end-users has a share").into());
    }
    let (share, asking) = (share_or_all(share)?, call.asking(note, within_s)?);
    Answer::created(&admin.operations.begin_canary(Canary { name, share, chosen }, &asking).await?, None)
}

pub(super) async fn widen_canary(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let NewShare { share } = call.json()?;
    Answer::of(&admin.operations.widen_canary(share_or_all(Some(share))?).await?)
}

pub(super) async fn promote_canary(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let Activating { note, within_s } = call.json()?;
    Answer::of(&admin.operations.promote_canary(&call.asking(note, within_s)?).await?)
}

pub(super) async fn end_canary(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.end_trial(TrialKind::Canary, &call.person()).await?)
}

fn share_or_all(share: Option<f64>) -> Result<Share, OperationError> {
    let unfit = || ProblemKind::BadRequest.says("share is above 0 and up to 1, in steps of 0.0001");
    Ok(share.map_or(Some(Share::ALL), share_of).ok_or_else(unfit)?)
}
