//! Activations, the bundles that were pushed for them, and the nodes.

use super::Tables;
use super::activation_rows::{ActivationRow, LIVE, NodeRow, PROPOSED, PushedRow, REFUSED};
use crate::abort::{Abort, is_taken};
use crate::connection::AnyConnection;
use crate::notices::CHANNEL;
use crate::schema::{activation_votes, activations, bundles, nodes, pushed_bundles};
use async_trait::async_trait;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use gatewright_domain::activation::{
    Activation, ActivationKind, Node, Proposal, Proposed, PushedBundle, Verdict, Vote,
};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::{BundleDigest, NodeId};
use gatewright_domain::store::{ActivationStore, BundleStore};

const PLACE: &str = "store.activations";

#[async_trait]
impl ActivationStore for Tables {
    async fn push(&self, bundle: &PushedBundle, files: &[u8]) -> Result<PushedBundle, Fault> {
        self.keep(&bundle.digest, files, bundle.pushed_at).await?;
        let row = PushedRow::from(bundle);
        let kept = self.executor.transaction(PLACE, move |connection| {
            let place = pushed_bundles::table.find(&row.digest).select(PushedRow::as_select());
            if let Some(first) = place.get_result(connection).optional()? {
                return Ok(first);
            }
            inserted(diesel::insert_into(pushed_bundles::table).values(&row).execute(connection))?;
            Ok(row.clone())
        });
        PushedBundle::try_from(kept.await?)
    }

    async fn pushed(&self, digest: &BundleDigest) -> Result<Option<PushedBundle>, Fault> {
        let digest = digest.as_str().to_owned();
        let row = self.executor.read(PLACE, move |connection| {
            let place = pushed_bundles::table.find(&digest).select(PushedRow::as_select());
            Ok(place.get_result(connection).optional()?)
        });
        row.await?.map(PushedBundle::try_from).transpose()
    }

    async fn list(&self, limit: usize) -> Result<Vec<PushedBundle>, Fault> {
        let rows = self.executor.read(PLACE, move |connection| {
            let latest = (pushed_bundles::pushed_at.desc(), pushed_bundles::digest);
            let place = pushed_bundles::table.order(latest).limit(rows(limit)).select(PushedRow::as_select());
            Ok(place.load(connection)?)
        });
        rows.await?.into_iter().map(PushedBundle::try_from).collect()
    }

    async fn beginning_with(&self, prefix: &str, limit: usize) -> Result<Vec<BundleDigest>, Fault> {
        // Digests are hexadecimal: whatever else is asked for is the beginning of none.
        if !prefix.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Vec::new());
        }
        let pattern = format!("{}%", prefix.to_ascii_lowercase());
        let found: Vec<String> = self
            .executor
            .read(PLACE, move |connection| {
                let place = bundles::table.filter(bundles::digest.like(&pattern)).order(bundles::digest);
                Ok(place.limit(rows(limit)).select(bundles::digest).load(connection)?)
            })
            .await?;
        let parsed = |digest| BundleDigest::parse(digest).map_err(|error| Fault::caused(PLACE, error));
        found.into_iter().map(parsed).collect()
    }

    async fn propose(&self, proposal: &Proposal, now: Timestamp) -> Result<Proposed, Fault> {
        let proposal = proposal.clone();
        let proposed = self.executor.transaction(PLACE, move |connection| propose(connection, &proposal, now));
        let proposed = proposed.await?;
        self.notices.tell();
        Ok(proposed)
    }

    async fn vote(&self, number: u64, vote: &Vote) -> Result<(), Fault> {
        let (number, Vote { node, node_name, failure }) = (number_row(number), vote.clone());
        self.executor
            .transaction(PLACE, move |connection| {
                let is_open = locked(connection, number)?;
                let cast = activation_votes::table.find((number, node.as_str())).select(activation_votes::node);
                let cast: Option<String> = cast.get_result(connection).optional()?;
                if is_open && cast.is_none() {
                    let row = (
                        activation_votes::activation.eq(number),
                        activation_votes::node.eq(node.as_str()),
                        activation_votes::node_name.eq(&node_name),
                        activation_votes::failure.eq(&failure),
                    );
                    inserted(diesel::insert_into(activation_votes::table).values(row).execute(connection))?;
                    notify(connection)?;
                }
                Ok(())
            })
            .await?;
        self.notices.tell();
        Ok(())
    }

    async fn votes(&self, number: u64) -> Result<Vec<Vote>, Fault> {
        let number = number_row(number);
        let rows: Vec<(String, String, Option<String>)> = self
            .executor
            .read(PLACE, move |connection| {
                let columns = (activation_votes::node, activation_votes::node_name, activation_votes::failure);
                let of = activation_votes::table.filter(activation_votes::activation.eq(number));
                Ok(of.order(activation_votes::node_name).select(columns).load(connection)?)
            })
            .await?;
        let parsed = |(node, node_name, failure)| {
            let node = NodeId::parse(node).map_err(|error| Fault::caused(PLACE, error))?;
            Ok(Vote { node, node_name, failure })
        };
        rows.into_iter().map(parsed).collect()
    }

    async fn decide(&self, number: u64, verdict: &Verdict, now: Timestamp) -> Result<bool, Fault> {
        let (number, verdict) = (number_row(number), verdict.clone());
        let decided = self.executor.transaction(PLACE, move |connection| decide(connection, number, &verdict, now));
        let decided = decided.await?;
        self.notices.tell();
        Ok(decided)
    }

    async fn find(&self, number: u64) -> Result<Option<Activation>, Fault> {
        let number = number_row(number);
        self.one(move |connection| of_number(connection, number)).await
    }

    async fn open(&self) -> Result<Option<Activation>, Fault> {
        self.one(open).await
    }

    async fn live(&self) -> Result<Option<Activation>, Fault> {
        self.one(|connection| {
            let live = activations::table.filter(activations::state.eq(LIVE)).order(activations::number.desc());
            live.limit(1).select(ActivationRow::as_select()).get_result(connection).optional()
        })
        .await
    }

    async fn latest(&self, kind: ActivationKind) -> Result<Option<Activation>, Fault> {
        self.one(move |connection| {
            let live = activations::table.filter(activations::state.eq(LIVE)).order(activations::number.desc());
            let of = live.filter(activations::kind.eq(kind.name())).limit(1);
            of.select(ActivationRow::as_select()).get_result(connection).optional()
        })
        .await
    }

    async fn history(&self, limit: usize) -> Result<Vec<Activation>, Fault> {
        let rows = self.executor.read(PLACE, move |connection| {
            let latest = activations::table.order(activations::number.desc()).limit(rows(limit));
            Ok(latest.select(ActivationRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(Activation::try_from).collect()
    }

    async fn beat(&self, node: &Node) -> Result<(), Fault> {
        let row = NodeRow::from(node);
        self.executor
            .transaction(PLACE, move |connection| {
                if diesel::update(nodes::table.find(&row.id)).set(&row).execute(connection)? == 0 {
                    inserted(diesel::insert_into(nodes::table).values(&row).execute(connection))?;
                }
                Ok(())
            })
            .await
    }

    async fn nodes(&self, since: Timestamp) -> Result<Vec<Node>, Fault> {
        let rows = self.executor.read(PLACE, move |connection| {
            let seen = nodes::table.filter(nodes::seen_at.gt(since.0)).order((nodes::name, nodes::id));
            Ok(seen.select(NodeRow::as_select()).load(connection)?)
        });
        rows.await?.into_iter().map(Node::try_from).collect()
    }

    async fn leave(&self, node: &NodeId) -> Result<(), Fault> {
        let id = node.as_str().to_owned();
        let gone = self
            .executor
            .statement(PLACE, move |connection| Ok(diesel::delete(nodes::table.find(&id)).execute(connection)?));
        gone.await.map(|_| ())
    }

    async fn noticed(&self, since: u64) -> u64 {
        self.notices.after(since).await
    }
}

impl Tables {
    /// Reads one activation.
    async fn one(
        &self,
        mut find: impl FnMut(&mut AnyConnection) -> QueryResult<Option<ActivationRow>> + Send + 'static,
    ) -> Result<Option<Activation>, Fault> {
        let row = self.executor.read(PLACE, move |connection| Ok(find(connection)?)).await?;
        row.map(Activation::try_from).transpose()
    }
}

/// The unique index on what is open decides between two that propose at once; the loser begins again and finds the other.
fn propose(connection: &mut AnyConnection, proposal: &Proposal, now: Timestamp) -> Result<Proposed, Abort> {
    if let Some(other) = open(connection)? {
        if now.0 < other.deadline {
            return Ok(Proposed::Busy(Activation::try_from(other)?));
        }
        let why = "it was not decided before its deadline: who asked for it has gone away".to_owned();
        decide(connection, other.number, &Verdict::Refused { why }, now)?;
    }
    let last: Option<i64> = activations::table.select(diesel::dsl::max(activations::number)).get_result(connection)?;
    let row = ActivationRow::proposed(last.unwrap_or(0) + 1, proposal, now);
    inserted(diesel::insert_into(activations::table).values(&row).execute(connection))?;
    notify(connection)?;
    Ok(Proposed::Open(Activation::try_from(row)?))
}

/// The predicate on its state lets one decide.
fn decide(connection: &mut AnyConnection, number: i64, verdict: &Verdict, now: Timestamp) -> Result<bool, Abort> {
    let (state, why) = match verdict {
        Verdict::Live => (LIVE, None),
        Verdict::Refused { why } => (REFUSED, Some(why)),
    };
    let place = activations::table.find(number).filter(activations::state.eq(PROPOSED));
    let decision = (activations::state.eq(state), activations::why.eq(why), activations::decided_at.eq(Some(now.0)));
    let decided = diesel::update(place).set(decision).execute(connection)? > 0;
    if decided {
        diesel::delete(activation_votes::table.filter(activation_votes::activation.eq(number))).execute(connection)?;
        notify(connection)?;
    }
    Ok(decided)
}

fn open(connection: &mut AnyConnection) -> QueryResult<Option<ActivationRow>> {
    let open = activations::table.filter(activations::state.eq(PROPOSED));
    open.select(ActivationRow::as_select()).get_result(connection).optional()
}

fn of_number(connection: &mut AnyConnection, number: i64) -> QueryResult<Option<ActivationRow>> {
    activations::table.find(number).select(ActivationRow::as_select()).get_result(connection).optional()
}

/// Whether an activation is open, and that it stays so until this transaction ends: PostgreSQL locks what is updated.
fn locked(connection: &mut AnyConnection, number: i64) -> QueryResult<bool> {
    let place = activations::table.find(number).filter(activations::state.eq(PROPOSED));
    Ok(diesel::update(place).set(activations::state.eq(PROPOSED)).execute(connection)? > 0)
}

/// Tells other nodes, once this transaction is committed.
fn notify(connection: &mut AnyConnection) -> QueryResult<()> {
    match connection {
        AnyConnection::Sqlite(_) => Ok(()),
        AnyConnection::Postgres(connection) => connection.batch_execute(&format!("NOTIFY {CHANNEL}")),
    }
}

/// Whoever is there first makes the others begin again.
fn inserted(outcome: QueryResult<usize>) -> Result<(), Abort> {
    match outcome {
        Err(error) if is_taken(&error) => Err(Abort::Again),
        outcome => Ok(outcome.map(|_| ())?),
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// No activation has a number beyond what the database can hold.
fn number_row(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
