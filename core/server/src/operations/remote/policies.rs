//! Policies, by the admin API of another machine.

use super::wire::Asked;
use super::{List, Remote};
use crate::operations::policy::{
    ActivationDocument, Asking, ExaminedDocument, IssuedUnder, PolicyDocument, PolicyStatus, PushedDocument, WentLive,
};
use crate::operations::{OperationError, Outcome, PolicyOperations};
use async_trait::async_trait;
use gatewright_policy::files::Files;
use http::Method;
use serde_json::{Value, json};

#[async_trait]
impl PolicyOperations for Remote {
    async fn policies(&self, limit: usize) -> Outcome<Vec<PolicyDocument>> {
        self.limited(&["policies"], limit).await
    }

    async fn policy_files(&self, name: &str) -> Outcome<Files> {
        let bytes = self.0.fetch(Asked::new(Method::GET, &["policies", name, "bundle"])).await?;
        let files = Files::decode_any(&bytes);
        files.map_err(|error| OperationError::from(self.0.stranger(error.to_string())))
    }

    async fn push_policy(&self, own: &Files, asking: &Asking) -> Outcome<PushedDocument> {
        let within = asking.within_s.to_string();
        let mut query = vec![("within_s", within.as_str())];
        query.extend(asking.note.as_deref().map(|note| ("note", note)));
        let path = ["policies"];
        let asked = Asked { query: &query, ..Asked::new(Method::POST, &path).with_bundle(own).within(asking.within_s) };
        self.0.ask(asked).await
    }

    async fn examine_policy(&self, own: &Files, within_s: u64) -> Outcome<ExaminedDocument> {
        let within = within_s.to_string();
        let (query, path) = ([("within_s", within.as_str())], ["policies", "check"]);
        let asked = Asked { query: &query, ..Asked::new(Method::POST, &path).with_bundle(own).within(within_s) };
        self.0.ask(asked).await
    }

    async fn activate_policy(&self, name: &str, asking: &Asking) -> Outcome<WentLive> {
        let path = ["policies", name, "activation"];
        self.0.ask(Asked::new(Method::POST, &path).with(&said(asking))?.within(asking.within_s)).await
    }

    async fn roll_back_policy(&self, to: Option<&str>, asking: &Asking) -> Outcome<WentLive> {
        let mut body = said(asking);
        if let Some(to) = to {
            body["to"] = to.into();
        }
        let path = ["policies", "rollback"];
        self.0.ask(Asked::new(Method::POST, &path).with(&body)?.within(asking.within_s)).await
    }

    async fn policy_history(&self, limit: usize) -> Outcome<Vec<ActivationDocument>> {
        self.limited(&["policies", "history"], limit).await
    }

    async fn policy_status(&self) -> Outcome<PolicyStatus> {
        self.get(&["policies", "status"], &[]).await
    }

    async fn issued_under(&self, name: &str, limit: usize) -> Outcome<IssuedUnder> {
        let most = limit.max(1).to_string();
        let mut issued: IssuedUnder = self.get(&["policies", name, "issued"], &[("limit", &most)]).await?;
        if limit == 0 {
            issued.issued.clear();
        }
        Ok(issued)
    }

    async fn revoke_issued(&self, name: &str) -> Outcome<IssuedUnder> {
        self.0.ask(Asked::new(Method::POST, &["policies", name, "revocation"])).await
    }
}

impl Remote {
    async fn limited<T: serde::de::DeserializeOwned>(&self, path: &[&str], limit: usize) -> Outcome<Vec<T>> {
        let limit = limit.to_string();
        Ok(self.get::<List<T>>(path, &[("limit", &limit)]).await?.items)
    }
}

/// What is said of an order; who asks, the access token says.
pub(super) fn said(asking: &Asking) -> Value {
    let mut body = json!({ "within_s": asking.within_s });
    if let Some(note) = &asking.note {
        body["note"] = note.as_str().into();
    }
    body
}
