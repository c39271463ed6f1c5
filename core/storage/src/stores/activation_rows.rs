//! The rows of activations, pushed bundles and nodes.

use crate::rows::{RowName, time};
use crate::schema::{activations, nodes, pushed_bundles};
use diesel::prelude::*;
use gatewright_domain::activation::{Activation, ActivationKind, ActivationState, Node, Proposal, PushedBundle};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, NodeId};

const PLACE: &str = "store.activations";

/// The states, as they are stored.
pub(super) const PROPOSED: &str = "proposed";
pub(super) const LIVE: &str = "live";
pub(super) const REFUSED: &str = "refused";

#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = pushed_bundles, treat_none_as_default_value = false)]
pub(super) struct PushedRow {
    pub(super) digest: String,
    name: Option<String>,
    author: String,
    note: Option<String>,
    pushed_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = activations, treat_none_as_default_value = false)]
pub(super) struct ActivationRow {
    pub(super) number: i64,
    digest: String,
    kind: String,
    author: String,
    note: Option<String>,
    proposed_at: i64,
    pub(super) deadline: i64,
    state: String,
    why: Option<String>,
    decided_at: Option<i64>,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = nodes)]
pub(super) struct NodeRow {
    pub(super) id: String,
    name: String,
    digest: String,
    activation: i64,
    seen_at: i64,
}

impl From<&PushedBundle> for PushedRow {
    fn from(bundle: &PushedBundle) -> Self {
        let PushedBundle { digest, name, author, note, pushed_at } = bundle.clone();
        Self { digest: digest.into(), name, author, note, pushed_at: pushed_at.0 }
    }
}

impl TryFrom<PushedRow> for PushedBundle {
    type Error = Fault;

    fn try_from(row: PushedRow) -> Result<Self, Fault> {
        let PushedRow { digest, name, author, note, pushed_at } = row;
        let named = RowName { place: PLACE, table: "pushed_bundles", key: &digest };
        let digest = named.column("digest", BundleDigest::parse(digest.as_str()))?;
        Ok(Self { digest, name, author, note, pushed_at: time(pushed_at) })
    }
}

impl ActivationRow {
    /// One that is open from now on.
    pub(super) fn proposed(number: i64, proposal: &Proposal, now: Timestamp) -> Self {
        let Proposal { digest, kind, by, note, deadline } = proposal.clone();
        Self {
            number,
            digest: digest.into(),
            kind: kind.name().to_owned(),
            author: by,
            note,
            proposed_at: now.0,
            deadline: deadline.0,
            state: PROPOSED.to_owned(),
            why: None,
            decided_at: None,
        }
    }
}

impl TryFrom<ActivationRow> for Activation {
    type Error = Fault;

    fn try_from(row: ActivationRow) -> Result<Self, Fault> {
        let key = row.number.to_string();
        let named = RowName { place: PLACE, table: "activations", key: &key };
        let state = match (row.state.as_str(), row.why) {
            (PROPOSED, None) => ActivationState::Proposed,
            (LIVE, None) => ActivationState::Live,
            (REFUSED, Some(why)) => ActivationState::Refused { why },
            _ => return Err(named.bad("state", "it is none that this server writes")),
        };
        let kind = ActivationKind::named(&row.kind);
        let proposal = Proposal {
            digest: named.column("digest", BundleDigest::parse(row.digest))?,
            kind: kind.ok_or_else(|| named.bad("kind", "it is none that this server knows"))?,
            by: row.author,
            note: row.note,
            deadline: time(row.deadline),
        };
        Ok(Self {
            number: named.column("number", u64::try_from(row.number))?,
            proposal,
            proposed_at: time(row.proposed_at),
            state,
            decided_at: row.decided_at.map(time),
        })
    }
}

impl From<&Node> for NodeRow {
    fn from(node: &Node) -> Self {
        let Node { id, name, digest, activation, seen_at } = node.clone();
        let activation = i64::try_from(activation).unwrap_or(i64::MAX);
        Self { id: id.into(), name, digest: digest.into(), activation, seen_at: seen_at.0 }
    }
}

impl TryFrom<NodeRow> for Node {
    type Error = Fault;

    fn try_from(row: NodeRow) -> Result<Self, Fault> {
        let named = RowName { place: PLACE, table: "nodes", key: &row.id };
        Ok(Self {
            digest: named.column("digest", BundleDigest::parse(row.digest))?,
            activation: named.column("activation", u64::try_from(row.activation))?,
            id: named.column("id", NodeId::parse(row.id.as_str()))?,
            name: row.name,
            seen_at: time(row.seen_at),
        })
    }
}
