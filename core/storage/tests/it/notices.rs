//! Notices of other nodes.

use crate::databases;
use gatewright_domain::activation::{ActivationKind, Proposal};
use gatewright_testing::clock::DEFAULT_NOW;
use gatewright_testing::samples;
use std::time::Duration;
use tokio::time::timeout;

/// Longest wait for what should be heard at once.
const HEARD: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgresql_a_node_hears_what_another_changes() {
    let Some(database) = databases::postgres() else { return };
    let nodes = database.nodes();
    // Its connection listens now; that it does is the first notice.
    let heard = timeout(HEARD, nodes.there.activations.noticed(0)).await.unwrap();
    let (digest, kind) = (samples::bundle(), ActivationKind::Activate);
    let proposal = Proposal { digest, kind, by: "ada".into(), note: None, deadline: DEFAULT_NOW.plus(60) };
    nodes.here.activations.propose(&proposal, DEFAULT_NOW).await.unwrap();
    assert!(timeout(HEARD, nodes.there.activations.noticed(heard)).await.unwrap() > heard);
}
