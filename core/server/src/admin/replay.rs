//! `/policies/{digest}/replay`: recorded logins, run through a pushed policy.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::{Candidate, LIST_MAX, OperationError, PAGE_DEFAULT, ProblemKind, ReplayQuery};
use gatewright_protocol::client_id::ClientId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Which recorded logins a policy is asked about.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Replaying {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since_ms: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

pub(super) async fn replay(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let Replaying { since_ms, client, limit } = call.json()?;
    let limit = limit.unwrap_or(PAGE_DEFAULT);
    if !(1..=LIST_MAX).contains(&limit) {
        return Err(ProblemKind::BadRequest.says(format!("limit must be from 1 to {LIST_MAX}")).into());
    }
    let query = ReplayQuery { since_ms: since_ms.unwrap_or(0), client, limit };
    Answer::of(&admin.operations.replay(&Candidate::Stored(call.path(0).to_owned()), &query).await?)
}
