//! `/users/{subject}/factors`, `…/sessions` and `…/grants`.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::OperationError;
use std::sync::Arc;

pub(super) async fn factors(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::list(&admin.operations.factors(call.path(0)).await?)
}

pub(super) async fn remove_factor(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    admin.operations.remove_factor(call.path(0), call.path(1)).await?;
    Ok(Answer::Done)
}

pub(super) async fn sessions(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::list(&admin.operations.sessions(call.path(0)).await?)
}

pub(super) async fn end_session(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    admin.operations.end_session(call.path(0), call.path(1)).await?;
    Ok(Answer::Done)
}

pub(super) async fn grants(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::list(&admin.operations.user_grants(call.path(0)).await?)
}

pub(super) async fn revoke_grant(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    admin.operations.revoke_grant(call.path(0), call.path(1)).await?;
    Ok(Answer::Done)
}
