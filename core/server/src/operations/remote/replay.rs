//! Replays of recorded logins, by the admin API of another machine.

use super::Remote;
use super::wire::Asked;
use crate::operations::replay::{Candidate, ReplayDocument, ReplayQuery};
use crate::operations::{Asking, Outcome, PolicyOperations, ReplayOperations};
use async_trait::async_trait;
use gatewright_policy::activation::WITHIN_S;
use http::Method;
use serde_json::json;

#[async_trait]
impl ReplayOperations for Remote {
    async fn replay(&self, candidate: &Candidate, query: &ReplayQuery) -> Outcome<ReplayDocument> {
        let name = match candidate {
            Candidate::Stored(name) => name.clone(),
            Candidate::Folder(own) => {
                let asking = Asking { by: String::new(), note: None, within_s: WITHIN_S };
                self.push_policy(own, &asking).await?.policy.digest.into()
            }
        };
        let mut body = json!({ "since_ms": query.since_ms, "limit": query.limit });
        if let Some(client) = &query.client {
            body["client"] = client.as_str().into();
        }
        self.0.ask(Asked::new(Method::POST, &["policies", &name, "replay"]).with(&body)?.within(WITHIN_S)).await
    }
}
