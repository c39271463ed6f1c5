//! `/policies`: bundles pushed, put live and taken back, and what was decided under them.

use super::Admin;
use super::answer::Answer;
use super::call::Call;
use crate::operations::{OperationError, PAGE_MAX, ProblemKind};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::activation::{Activation, ActivationKind, ActivationState, Node, PushedBundle};
use gatewright_domain::store::{Issued, IssuedCount};
use gatewright_policy::activation::{
    self, ActivationError, NODE_GONE_S, NOTE_CHARS_MAX, Order, PERSON_CHARS_MAX, line,
};
use gatewright_policy::files::Files;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a bundle's tests may take, and then the nodes to get ready, in seconds: whoever asks waits for the answer.
pub const ACTIVATION_WITHIN_S: u64 = 50;
/// Most things of a kind that `issued` lists.
const ISSUED_MAX: usize = 100;

/// A bundle to be pushed: the files of a policy folder by path, each in base64. The shipped policies are laid below.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewPolicy {
    pub files: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What is said of an activation.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Activating {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Where to go back to: to what was live before where it is not said.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RollingBack {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

pub(super) async fn list(admin: Arc<Admin>, _: Call) -> Result<Answer, OperationError> {
    let store = &admin.policies.activations.store;
    let live = store.live().await?.map(|live| live.proposal.digest);
    let pushed = store.list(PAGE_MAX).await?;
    let shown: Vec<Value> = pushed.iter().map(|one| described(one, live.as_ref() == Some(&one.digest))).collect();
    Answer::list(&shown)
}

pub(super) async fn push(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let new: NewPolicy = call.json()?;
    let bad = |why: String| OperationError::from(ProblemKind::PolicyRefused.says(why));
    let mut files = BTreeMap::new();
    for (path, text) in new.files {
        let bytes = STANDARD.decode(&text).map_err(|_| bad(format!("the file {path:.100} is no base64")))?;
        files.insert(path, bytes);
    }
    let files = Files::new(files).and_then(|over| Files::shipped().overlaid(&over));
    let files = files.map_err(|error| bad(error.to_string()))?;
    let note = noted(new.note)?;
    let pushed = admin.policies.push(&files, &person(&call), note.as_deref(), ACTIVATION_WITHIN_S).await;
    let pushed = pushed.map_err(told)?;
    let mut shown = described(&pushed.bundle, false);
    shown["tests"] = json!(pushed.tests);
    Answer::created(&shown, None)
}

pub(super) async fn activate(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let note = noted(call.json::<Activating>()?.note)?;
    let digest = admin.policies.named(call.path(0)).await.map_err(told)?;
    let (kind, by) = (ActivationKind::Activate, person(&call));
    let order = Order { digest, kind, by, note, within_s: ACTIVATION_WITHIN_S };
    Answer::of(&activated(&admin.policies.activate(&order).await.map_err(told)?))
}

pub(super) async fn roll_back(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let asked: RollingBack = call.json()?;
    let note = noted(asked.note)?;
    let digest = match &asked.to {
        Some(name) => admin.policies.named(name).await,
        None => admin.policies.before().await,
    };
    let (digest, kind, by) = (digest.map_err(told)?, ActivationKind::Rollback, person(&call));
    let order = Order { digest, kind, by, note, within_s: ACTIVATION_WITHIN_S };
    Answer::of(&activated(&admin.policies.roll_back(&order).await.map_err(told)?))
}

pub(super) async fn history(admin: Arc<Admin>, _: Call) -> Result<Answer, OperationError> {
    let history = admin.policies.activations.store.history(PAGE_MAX).await?;
    Answer::list(&history.iter().map(activated).collect::<Vec<_>>())
}

pub(super) async fn status(admin: Arc<Admin>, _: Call) -> Result<Answer, OperationError> {
    let activations = &admin.policies.activations;
    let live = activations.store.live().await?;
    let open = activations.store.open().await?;
    let now = activations.clock.now();
    let number = live.as_ref().map_or(0, |live| live.number);
    let node = |node: &Node| {
        let seen_s_ago = now.since(node.seen_at);
        json!({ "name": node.name, "digest": node.digest, "activation": node.activation, "seen_s_ago": seen_s_ago,
            "gone": seen_s_ago >= NODE_GONE_S, "lags": node.activation < number })
    };
    let nodes: Vec<Value> = activations.nodes().await?.iter().map(node).collect();
    Answer::of(&json!({ "live": live.as_ref().map(activated), "open": open.as_ref().map(activated), "nodes": nodes }))
}

pub(super) async fn issued(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let digest = admin.policies.named(call.path(0)).await.map_err(told)?;
    let now = admin.clock.now();
    let count = admin.stores.issued.count(&digest, now).await?;
    let listed = admin.stores.issued.list(&digest, now, ISSUED_MAX).await?;
    let one = |one: &Issued| {
        json!({ "kind": one.kind.name(), "id": one.id, "subject": one.subject, "client": one.client,
            "issued_at": one.issued_at })
    };
    let issued: Vec<Value> = listed.iter().map(one).collect();
    Answer::of(&json!({ "digest": digest, "count": counted(&count), "issued": issued }))
}

pub(super) async fn revoke(admin: Arc<Admin>, call: Call) -> Result<Answer, OperationError> {
    let digest = admin.policies.named(call.path(0)).await.map_err(told)?;
    let count = activation::revoke(&digest, &admin.policies.activations, admin.stores.issued.as_ref()).await;
    Answer::of(&json!({ "digest": digest, "count": counted(&count.map_err(told)?), "issued": [] }))
}

/// Who asks, as the history knows them.
fn person(call: &Call) -> String {
    let name: String = call.principal.name.chars().take(PERSON_CHARS_MAX).collect();
    line(&name, PERSON_CHARS_MAX).unwrap_or_else(|| "admin API".to_owned())
}

fn noted(note: Option<String>) -> Result<Option<String>, OperationError> {
    let unfit = || ProblemKind::BadRequest.says(format!("note is one line of at most {NOTE_CHARS_MAX} characters"));
    Ok(note.map(|note| line(&note, NOTE_CHARS_MAX).ok_or_else(unfit)).transpose()?)
}

fn described(bundle: &PushedBundle, is_live: bool) -> Value {
    json!({ "digest": bundle.digest, "name": bundle.name, "author": bundle.author, "note": bundle.note,
        "pushed_at": bundle.pushed_at, "live": is_live })
}

fn activated(activation: &Activation) -> Value {
    let proposal = &activation.proposal;
    let (state, why) = match &activation.state {
        ActivationState::Proposed => ("proposed", None),
        ActivationState::Live => ("live", None),
        ActivationState::Refused { why } => ("refused", Some(why)),
    };
    json!({ "number": activation.number, "digest": proposal.digest, "kind": proposal.kind.name(), "by": proposal.by,
        "note": proposal.note, "proposed_at": activation.proposed_at, "decided_at": activation.decided_at,
        "state": state, "why": why })
}

fn counted(count: &IssuedCount) -> Value {
    json!({ "interactions": count.interactions, "sessions": count.sessions, "codes": count.codes,
        "token_families": count.families, "opaque_tokens": count.opaque_tokens })
}

fn told(error: ActivationError) -> OperationError {
    let kind = match &error {
        ActivationError::Fault(_) => None,
        ActivationError::Wrong(_) | ActivationError::Endless(_) => Some(ProblemKind::PolicyRefused),
        ActivationError::NoBundle(_)
        | ActivationError::NoDigest(_)
        | ActivationError::Ambiguous { .. }
        | ActivationError::NothingBefore
        | ActivationError::NeverLive(_)
        | ActivationError::NothingLive => Some(ProblemKind::NoPolicy),
        _ => Some(ProblemKind::NotActivated),
    };
    match (kind, error) {
        (_, ActivationError::Fault(fault)) => fault.into(),
        (kind, error) => kind.unwrap_or(ProblemKind::NotActivated).says(error.to_string()).into(),
    }
}
