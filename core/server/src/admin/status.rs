//! `/status`: what runs here, and what whoever asks may do. `/openapi.json`: the API itself.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use super::openapi;
use crate::operations::OperationError;
use serde_json::json;
use std::sync::Arc;

pub(super) async fn show(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let engine = &admin.service.engine;
    let missing = admin.service.readiness.ready().await.err();
    Answer::of(&json!({
        "version": env!("CARGO_PKG_VERSION"),
        "issuer": engine.settings().issuer.as_str(),
        "policy": engine.policy_digest(),
        "ready": missing.is_none(),
        "missing": missing,
        "you": { "name": call.principal.name, "scope": call.principal.scope },
    }))
}

pub(super) async fn openapi(admin: Arc<Admin>, _: Call) -> Result<Answer, OperationError> {
    Answer::of(&openapi::document(admin.service.engine.settings().issuer.as_str()))
}
