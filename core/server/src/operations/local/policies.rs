//! Policies: pushed, put live, taken back; what was decided under them.

use super::Local;
use crate::examined::examine;
use crate::operations::policy::{
    ActivationDocument, Asking, ExaminedDocument, Following, IssuedUnder, NodeDocument, PolicyDocument, PolicyStatus,
    PushedDocument, WentLive,
};
use crate::operations::{OperationError, Outcome, PolicyOperations, ProblemKind};
use async_trait::async_trait;
use gatewright_domain::activation::{Activation, ActivationKind};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::{LISTED_MAX, NODE_FORGOTTEN_S};
use gatewright_policy::activation::{self, Operations as Life, Order};
use gatewright_policy::files::Files;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long is waited until every node serves what is live.
const FOLLOW: Duration = Duration::from_secs(5);

#[async_trait]
impl PolicyOperations for Local {
    async fn policies(&self, limit: usize) -> Outcome<Vec<PolicyDocument>> {
        let store = &self.stores.activations;
        let live = store.live().await?.map(|live| live.proposal.digest);
        let pushed = store.list(limit).await?;
        Ok(pushed.iter().map(|one| PolicyDocument::of(one, live.as_ref())).collect())
    }

    async fn policy_files(&self, name: &str) -> Outcome<Files> {
        let life = self.life();
        Ok(life.files(&life.named(name).await?).await?)
    }

    async fn push_policy(&self, own: &Files, asking: &Asking) -> Outcome<PushedDocument> {
        let (files, life) = (Files::shipped().overlaid(own)?, self.life());
        let pushed = life.push(&files, &asking.by, asking.note.as_deref(), asking.within_s).await?;
        let digest = pushed.bundle.digest.as_str();
        self.audit_by(&asking.by, "policy.push", digest, json!({ "note": asking.note })).await?;
        let live = self.stores.activations.live().await?.map(|live| live.proposal.digest);
        Ok(PushedDocument { policy: PolicyDocument::of(&pushed.bundle, live.as_ref()), tests: pushed.tests })
    }

    async fn examine_policy(&self, own: &Files, within_s: u64) -> Outcome<ExaminedDocument> {
        let examining = examine(own.clone(), Files::shipped(), self.life().runtimes.clone());
        let examined = tokio::time::timeout(Duration::from_secs(within_s), examining).await;
        let endless = |_| {
            let detail = format!("compiling the bundle and running its tests did not end within {within_s} s");
            OperationError::from(ProblemKind::PolicyEndless.says(detail))
        };
        Ok(examined.map_err(endless)??.document())
    }

    async fn activate_policy(&self, name: &str, asking: &Asking) -> Outcome<WentLive> {
        let digest = self.life().named(name).await?;
        self.put_live(digest, asking).await
    }

    async fn roll_back_policy(&self, to: Option<&str>, asking: &Asking) -> Outcome<WentLive> {
        let life = self.life();
        let digest = match to {
            Some(name) => life.named(name).await?,
            None => life.before().await?,
        };
        let order = order(digest, ActivationKind::Rollback, asking);
        let activation = life.roll_back(&order).await?;
        self.audit_order("policy.rollback", &order, &activation).await?;
        self.followed(activation, true).await
    }

    async fn policy_history(&self, limit: usize) -> Outcome<Vec<ActivationDocument>> {
        let store = &self.stores.activations;
        let history = store.history(limit).await?;
        let live = store.live().await?.map(|live| live.number);
        Ok(history.iter().map(|one| ActivationDocument::of(one, live)).collect())
    }

    async fn policy_status(&self) -> Outcome<PolicyStatus> {
        let store = &self.stores.activations;
        let (live, open, now) = (store.live().await?, store.open().await?, self.now());
        let number = live.as_ref().map(|live| live.number);
        let refused = self.life().activations.refused_since(number.unwrap_or(0)).await?;
        let nodes = store.nodes(now.minus(NODE_FORGOTTEN_S)).await?;
        let told = |one: &Activation| ActivationDocument::of(one, number);
        Ok(PolicyStatus {
            live: live.as_ref().map(told),
            open: open.as_ref().map(told),
            folder_refused: refused.as_ref().map(|(refused, _)| told(refused)),
            nodes: nodes.iter().map(|node| NodeDocument::at(node, number.unwrap_or(0), now)).collect(),
        })
    }

    async fn issued_under(&self, name: &str, limit: usize) -> Outcome<IssuedUnder> {
        let (digest, now) = (self.life().named(name).await?, self.now());
        let count = (&self.stores.issued.count(&digest, now).await?).into();
        let issued = self.stores.issued.list(&digest, now, limit.min(LISTED_MAX)).await?;
        Ok(IssuedUnder { digest, count, issued: issued.iter().map(Into::into).collect() })
    }

    async fn revoke_issued(&self, name: &str) -> Outcome<IssuedUnder> {
        let life = self.life();
        let digest = life.named(name).await?;
        let count = activation::revoke(&digest, &life.activations, self.stores.issued.as_ref()).await?;
        let revoked = IssuedUnder { digest, count: (&count).into(), issued: Vec::new() };
        self.audit("policy.revoke", revoked.digest.as_str(), json!(revoked.count)).await?;
        Ok(revoked)
    }
}

impl Local {
    /// Examines a stored bundle and puts it live on every node, or on none.
    pub(super) async fn put_live(&self, digest: BundleDigest, asking: &Asking) -> Outcome<WentLive> {
        let order = order(digest, ActivationKind::Activate, asking);
        let before = self.stores.activations.live().await?.map(|live| live.number);
        let activation = self.life().activate(&order).await?;
        self.audit_order("policy.activate", &order, &activation).await?;
        let changed = before != Some(activation.number);
        self.followed(activation, changed).await
    }

    async fn audit_order(&self, action: &str, order: &Order, activation: &Activation) -> Outcome<()> {
        let detail = json!({ "activation": activation.number, "note": order.note });
        self.audit_by(&order.by, action, order.digest.as_str(), detail).await
    }

    /// Waits for the nodes.
    async fn followed(&self, activation: Activation, changed: bool) -> Outcome<WentLive> {
        let (number, begin) = (activation.number, Instant::now());
        let nodes = self.life().activations.followed(number, FOLLOW).await?;
        let follows =
            nodes.iter().map(|node| Following { name: node.name.clone(), follows: node.activation >= number });
        Ok(WentLive {
            activation: ActivationDocument::of(&activation, Some(number)),
            nodes: follows.collect(),
            followed_ms: u64::try_from(begin.elapsed().as_millis()).unwrap_or(u64::MAX),
            changed,
        })
    }

    /// What is done with bundles.
    pub(super) fn life(&self) -> &Life {
        self.life.get_or_init(|| self.life_on(crate::assembly::runtimes(&self.configuration)))
    }

    /// Writes into the audit log what somebody did who gave their name.
    pub(super) async fn audit_by(&self, by: &str, action: &str, target: &str, detail: Value) -> Outcome<()> {
        let actor = self.actor.as_ref().map(|_| gatewright_domain::audit::Actor::Operator(by.to_owned()));
        self.audit_as(actor, action, target, detail).await
    }
}

fn order(digest: BundleDigest, kind: ActivationKind, asking: &Asking) -> Order {
    Order { digest, kind, by: asking.by.clone(), note: asking.note.clone(), within_s: asking.within_s }
}
