//! `/clients`: clients, their secrets and who granted them something.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::{ClientChange, Expected, NewClient, OperationError};
use std::sync::Arc;

pub(super) async fn list(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.clients(&call.page()?).await?)
}

pub(super) async fn show(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let client = admin.operations.client(call.path(0)).await?;
    Answer::versioned(&client, &client.version)
}

pub(super) async fn add(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let new: NewClient = call.json()?;
    call.principal.hold(&new.admin_scope)?;
    let client = admin.operations.add_client(new).await?;
    Answer::created(&client, Some(&client.version))
}

pub(super) async fn replace(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let (change, expected) = (call.json::<ClientChange>()?, call.expected()?);
    let expected = held(&admin, &call, &expected).await?;
    if let Some(scope) = &change.admin_scope {
        call.principal.hold(scope)?;
    }
    let client = admin.operations.replace_client(call.path(0), change, &expected).await?;
    Answer::versioned(&client, &client.version)
}

pub(super) async fn rotate_secret(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let expected = held(&admin, &call, &call.expected_or_any()?).await?;
    let client = admin.operations.rotate_client_secret(call.path(0), &expected).await?;
    Answer::versioned(&client, &client.version)
}

pub(super) async fn remove(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let expected = held(&admin, &call, &call.expected_or_any()?).await?;
    admin.operations.remove_client(call.path(0), &expected).await?;
    Ok(Answer::Done)
}

pub(super) async fn grants(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    Answer::of(&admin.operations.client_grants(call.path(0), &call.page()?).await?)
}

/// The version that was held against whoever asks: the client may do no more than they may, and stays so until it is
/// changed. Where that is not the one expected, none does: what is wrong with the request itself is told first (RFC 9110
/// 13.2.1).
async fn held(admin: &Admin, call: &Call, expected: &Expected) -> Result<Expected, OperationError> {
    let client = admin.operations.client(call.path(0)).await?;
    call.principal.hold(&client.admin_scope)?;
    let versions = if expected.admit(&client.version).is_ok() { vec![client.version] } else { Vec::new() };
    Ok(Expected::OneOf(versions))
}
