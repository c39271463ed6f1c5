//! Policies on trial, by the admin API of another machine.

use super::Remote;
use super::policies::said;
use super::wire::Asked;
use crate::operations::policy::{Asking, WentLive};
use crate::operations::trial::{Canary, SamplesDocument, ShadowDocument, TrialDocument, part};
use crate::operations::{Outcome, TrialOperations};
use async_trait::async_trait;
use gatewright_domain::trial::{Share, TrialKind};
use http::Method;
use serde_json::json;

#[async_trait]
impl TrialOperations for Remote {
    async fn trial(&self, kind: TrialKind) -> Outcome<TrialDocument> {
        match kind {
            TrialKind::Shadow => Ok(self.shadow().await?.trial),
            TrialKind::Canary => self.get(&["trials", kind.name()], &[]).await,
        }
    }

    async fn shadow(&self) -> Outcome<ShadowDocument> {
        self.get(&["trials", "shadow"], &[]).await
    }

    async fn shadow_samples(&self, limit: usize) -> Outcome<SamplesDocument> {
        let limit = limit.to_string();
        self.get(&["trials", "shadow", "samples"], &[("limit", &limit)]).await
    }

    async fn begin_shadow(&self, name: &str, share: Share, asking: &Asking) -> Outcome<TrialDocument> {
        let mut body = json!({ "policy": name, "share": part(share) });
        if let Some(note) = &asking.note {
            body["note"] = note.as_str().into();
        }
        self.0.ask(Asked::new(Method::POST, &["trials", "shadow"]).with(&body)?).await
    }

    async fn begin_canary(&self, canary: Canary, asking: &Asking) -> Outcome<TrialDocument> {
        let mut body = said(asking);
        body["policy"] = canary.name.into();
        body["share"] = part(canary.share).into();
        body["chosen"] = json!(canary.chosen);
        let path = ["trials", "canary"];
        self.0.ask(Asked::new(Method::POST, &path).with(&body)?.within(asking.within_s)).await
    }

    async fn widen_canary(&self, share: Share) -> Outcome<TrialDocument> {
        let body = json!({ "share": part(share) });
        self.0.ask(Asked::new(Method::PUT, &["trials", "canary", "share"]).with(&body)?).await
    }

    async fn promote_canary(&self, asking: &Asking) -> Outcome<WentLive> {
        let path = ["trials", "canary", "promotion"];
        self.0.ask(Asked::new(Method::POST, &path).with(&said(asking))?.within(asking.within_s)).await
    }

    async fn end_trial(&self, kind: TrialKind, _by: &str) -> Outcome<TrialDocument> {
        self.0.ask(Asked::new(Method::DELETE, &["trials", kind.name()])).await
    }
}
