//! `/users`: end-users.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::{NewPassword, NewUser, OperationError, Page, UserChange};
use serde_json::json;
use std::sync::Arc;

pub(super) async fn list(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let page = call.page()?;
    if let Some(username) = call.query("username")? {
        let found = admin.operations.user_named(username).await?;
        return Answer::of(&Page { items: found.into_iter().collect(), next: None });
    }
    Answer::of(&admin.operations.users(call.query("prefix")?.unwrap_or_default(), &page).await?)
}

pub(super) async fn show(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let detail = admin.operations.user(call.path(0)).await?;
    Answer::versioned(&detail, &detail.user.version)
}

pub(super) async fn add(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let user = admin.operations.add_user(call.json::<NewUser>()?).await?;
    Answer::created(&user, Some(&user.version))
}

pub(super) async fn change(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let (change, expected) = (call.json::<UserChange>()?, call.expected()?);
    let user = admin.operations.change_user(call.path(0), change, &expected).await?;
    Answer::versioned(&user, &user.version)
}

pub(super) async fn set_password(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    admin.operations.set_password(call.path(0), call.json::<NewPassword>()?).await?;
    Ok(Answer::Done)
}

pub(super) async fn disable(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let user = admin.operations.set_disabled(call.path(0), true).await?;
    Answer::versioned(&user, &user.version)
}

pub(super) async fn enable(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let user = admin.operations.set_disabled(call.path(0), false).await?;
    Answer::versioned(&user, &user.version)
}

pub(super) async fn unlock(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let waited_s = admin.operations.unlock(call.path(0)).await?;
    Answer::of(&json!({ "waited_s": waited_s }))
}

pub(super) async fn remove(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    admin.operations.remove_user(call.path(0)).await?;
    Ok(Answer::Done)
}
