//! `/keys`: signing keys.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::{KeyRotation, OperationError};
use std::sync::Arc;

pub(super) async fn list(admin: Arc<Admin>, _call: Call) -> Result<Answer, OperationError> {
    Answer::list(&admin.operations.keys().await?)
}

pub(super) async fn rotate(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.rotate_keys(call.json::<KeyRotation>()?).await?)
}
