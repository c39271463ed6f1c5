//! Several nodes in one process, over stores in memory, with a clock that moves when it is told to.

use super::*;
use crate::files::{Files, bundle};
use crate::live::{LivePolicies, Workshop};
use crate::rehearsal::World;
use crate::stub::{PWD, StubRuntime, runtimes};
use gatewright_domain::activation::{
    Activation, ActivationKind, ActivationState, Node, Proposal, Proposed, PushedBundle, Vote,
};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::hooks::{Policies, Runtime};
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::Stores;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::memory;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// An activation that went live.
pub(crate) fn went_live(number: u64, digest: &str, kind: ActivationKind) -> Activation {
    let digest = BundleDigest::parse(digest).unwrap();
    Activation {
        number,
        proposal: Proposal { digest, kind, by: "ada".into(), note: None, deadline: Timestamp(60) },
        proposed_at: Timestamp(0),
        state: ActivationState::Live,
        decided_at: Some(Timestamp(1)),
    }
}

/// A node over these stores.
pub(crate) fn node_on(stores: &Stores, policies: Arc<LivePolicies>, name: &str) -> PolicyNode {
    let activations = Activations { store: stores.activations.clone(), clock: Arc::new(FixedClock::default()) };
    let id = gatewright_domain::identifiers::NodeId::parse(name).unwrap();
    PolicyNode::new(NodeSetup { id, name: format!("{name}:80"), activations, policies })
}

fn files(name: &str) -> Files {
    bundle(&[("policy.toml", &format!("name = \"{name}\"\n{PWD}")), ("pwd.rhai", "")])
}

fn broken() -> Files {
    bundle(&[("policy.toml", PWD), ("pwd.rhai", "bad")])
}

/// Nodes that share a database.
struct Cluster {
    stores: Stores,
    clock: Arc<FixedClock>,
    running: JoinSet<()>,
}

struct Member {
    policies: Arc<LivePolicies>,
    node: Arc<PolicyNode>,
}

impl Member {
    fn serves(&self) -> BundleDigest {
        self.policies.live().digest().clone()
    }
}

impl Cluster {
    fn new() -> Self {
        let clock = Arc::new(FixedClock::default());
        Self { stores: memory::stores_at(clock.clone()), clock, running: JoinSet::new() }
    }

    fn activations(&self) -> Activations {
        Activations { store: self.stores.activations.clone(), clock: self.clock.clone() }
    }

    /// A node that was started with these files and does not run yet.
    async fn opened(&self, name: &str, files: &Files) -> Member {
        let runtimes = runtimes(&StubRuntime::new(&[]));
        let workshop = Workshop { runtimes, tools: World::new().tools(), store: self.stores.bundles.clone() };
        let policies = Arc::new(LivePolicies::open(files, workshop).await.unwrap());
        let id = gatewright_domain::identifiers::NodeId::parse(name).unwrap();
        let setup = NodeSetup { id, name: name.into(), activations: self.activations(), policies: policies.clone() };
        Member { policies, node: Arc::new(PolicyNode::new(setup)) }
    }

    /// A node that was started with a folder of these files, and runs.
    async fn started(&mut self, name: &str, files: &Files, kind: ActivationKind) -> Member {
        let member = self.opened(name, files).await;
        member.node.join(files, kind).await.unwrap();
        self.running.spawn(member.node.clone().run());
        member
    }

    fn operations(&self, two_persons: bool) -> Operations {
        let runtimes: Vec<Arc<dyn Runtime>> = vec![StubRuntime::new(&[])];
        let (activations, bundles) = (self.activations(), self.stores.bundles.clone());
        Operations { activations, bundles, runtimes: runtimes.into(), two_persons }
    }

    async fn pushed(&self, files: &Files) -> BundleDigest {
        self.operations(false).push(files, "ada", None, WITHIN_S).await.unwrap().bundle.digest
    }

    async fn live(&self) -> Activation {
        self.stores.activations.live().await.unwrap().unwrap()
    }

    async fn followed(&self, number: u64) -> Vec<Node> {
        self.activations().followed(number, Duration::from_secs(20)).await.unwrap()
    }
}

fn order(digest: BundleDigest, by: &str) -> Order {
    Order::new(digest, ActivationKind::Activate, by)
}

#[tokio::test]
async fn a_bundle_goes_live_on_every_node() {
    let mut cluster = Cluster::new();
    let one = cluster.started("n1", &files("first"), ActivationKind::Start).await;
    let two = cluster.started("n2", &files("first"), ActivationKind::Start).await;
    assert_eq!((one.node.activation(), two.node.activation()), (1, 1), "the second finds it done");
    let digest = cluster.pushed(&files("second")).await;
    assert_eq!(
        [one.serves(), two.serves()],
        [files("first").digest(), files("first").digest()],
        "a push changes nothing"
    );
    let activation = cluster.operations(false).activate(&order(digest.clone(), "ada")).await.unwrap();
    let nodes = cluster.followed(activation.number).await;
    assert!(nodes.len() == 2 && nodes.iter().all(|node| node.digest == digest && node.activation == 2), "{nodes:?}");
    assert_eq!([one.serves(), two.serves()], [digest.clone(), digest]);
}

#[tokio::test]
async fn a_bundle_that_one_node_cannot_serve_goes_live_on_none() {
    let mut cluster = Cluster::new();
    let one = cluster.started("n1", &files("first"), ActivationKind::Start).await;
    let two = cluster.started("n2", &files("first"), ActivationKind::Start).await;
    // It compiles nowhere here; whoever proposes it did not look, as a node of another release would not see it.
    cluster.stores.bundles.keep(&broken().digest(), &broken().encode(), cluster.clock.now()).await.unwrap();
    let error = cluster.activations().activate(&order(broken().digest(), "ada")).await.unwrap_err();
    let told = error.to_string();
    assert!(told.starts_with("activation 2 is refused: node n") && told.ends_with("pwd.rhai:1:1: it is bad"), "{told}");
    assert_eq!(cluster.live().await.number, 1);
    assert_eq!([one.serves(), two.serves()], [files("first").digest(), files("first").digest()]);
}

#[tokio::test]
async fn a_node_that_is_not_ready_in_time_refuses_and_one_that_is_gone_is_not_asked() {
    let mut cluster = Cluster::new();
    cluster.started("n1", &files("first"), ActivationKind::Start).await;
    let silent = cluster.opened("n2", &files("first")).await;
    silent.node.join(&files("first"), ActivationKind::Start).await.unwrap();
    let digest = cluster.pushed(&files("second")).await;
    let activating = tokio::spawn({
        let activations = cluster.activations();
        let order = Order { within_s: NODE_GONE_S - 2, ..order(digest.clone(), "ada") };
        async move { activations.activate(&order).await }
    });
    while cluster.stores.activations.votes(2).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    assert!(!activating.is_finished(), "it waits for the second");
    cluster.clock.advance(NODE_GONE_S as i64 - 2);
    let told = activating.await.unwrap().unwrap_err().to_string();
    assert_eq!(told, "activation 2 is refused: node n2 was not ready in time");
    // Never heard of since, it is gone.
    cluster.clock.advance(2);
    let activation = cluster.activations().activate(&order(digest.clone(), "ada")).await.unwrap();
    assert_eq!(activation.number, 3);
    // Back, it serves what is live.
    silent.node.look(&mut JoinSet::new()).await.unwrap();
    assert_eq!((silent.serves(), silent.node.activation()), (digest, 3));
}

#[tokio::test]
async fn while_one_is_decided_another_is_refused_and_says_whose_it_is() {
    let cluster = Cluster::new();
    let member = cluster.opened("n1", &files("first")).await;
    member.node.join(&files("first"), ActivationKind::Start).await.unwrap();
    let proposal =
        Proposal { deadline: cluster.clock.now().plus(60), ..went_live(0, "d", ActivationKind::Activate).proposal };
    let proposed = cluster.stores.activations.propose(&proposal, cluster.clock.now()).await.unwrap();
    assert!(matches!(proposed, Proposed::Open(_)));
    let told = cluster.activations().activate(&order(files("second").digest(), "bob")).await.unwrap_err().to_string();
    assert_eq!(told, "activation 2 is being decided: ada asked for d");
    // Whoever asked has gone away: a node gives it up after its deadline.
    cluster.clock.advance(61);
    member.node.look(&mut JoinSet::new()).await.unwrap();
    assert_eq!(cluster.stores.activations.open().await.unwrap(), None);
}

#[tokio::test]
async fn a_rollback_leads_back_and_holds_until_the_folder_changes() {
    let mut cluster = Cluster::new();
    let one = cluster.started("n1", &files("first"), ActivationKind::Folder).await;
    assert!(one.node.save(&files("second")).await.unwrap());
    assert_eq!(one.serves(), files("second").digest());
    let operations = cluster.operations(false);
    let back = operations.before().await.unwrap();
    assert_eq!(back, files("first").digest());
    let rollback = Order { kind: ActivationKind::Rollback, ..order(back.clone(), "ada") };
    let activation = operations.roll_back(&rollback).await.unwrap();
    cluster.followed(activation.number).await;
    assert_eq!(one.serves(), back);
    assert!(!one.node.save(&files("second")).await.unwrap(), "it is the folder that was rolled back");
    let again = cluster.started("n1", &files("second"), ActivationKind::Folder).await;
    assert_eq!((again.serves(), one.serves()), (back.clone(), back), "nor does a restart put it live again");
    assert!(one.node.save(&files("third")).await.unwrap());
    assert_eq!(one.serves(), files("third").digest());
    let never = Order { kind: ActivationKind::Rollback, ..order(cluster.pushed(&files("x")).await, "ada") };
    assert!(matches!(operations.roll_back(&never).await, Err(ActivationError::NeverLive(_))));
}

#[tokio::test]
async fn several_nodes_that_save_one_folder_activate_it_once() {
    let mut cluster = Cluster::new();
    let one = cluster.started("n1", &files("first"), ActivationKind::Folder).await;
    let two = cluster.started("n2", &files("first"), ActivationKind::Folder).await;
    let second = files("second");
    let (first, other) = tokio::join!(one.node.save(&second), two.node.save(&second));
    assert_eq!([first.unwrap(), other.unwrap()].iter().filter(|changed| **changed).count(), 1);
    assert_eq!([one.serves(), two.serves()], [files("second").digest(), files("second").digest()]);
    assert_eq!(cluster.live().await.number, 2);
}

#[tokio::test]
async fn a_start_with_a_folder_that_is_refused_serves_what_was_live() {
    let mut cluster = Cluster::new();
    cluster.started("n1", &files("first"), ActivationKind::Folder).await;
    // The stub of its script does not compile on the node that is there.
    let member = cluster.opened("n2", &files("first")).await;
    let joined = member.node.join(&broken(), ActivationKind::Folder).await.unwrap();
    assert!(matches!(joined.refused, Some(ActivationError::Wrong(_))), "{joined:?}");
    assert_eq!((joined.activation, member.serves()), (1, files("first").digest()));
}

#[tokio::test]
async fn where_two_persons_are_needed_one_alone_puts_nothing_live() {
    let mut cluster = Cluster::new();
    cluster.started("n1", &files("first"), ActivationKind::Start).await;
    let digest = cluster.pushed(&files("second")).await;
    let operations = cluster.operations(true);
    assert!(matches!(operations.activate(&order(digest.clone(), "ada")).await, Err(ActivationError::SamePerson(_))));
    assert_eq!(cluster.live().await.number, 1);
    assert_eq!(operations.activate(&order(digest, "bob")).await.unwrap().number, 2);
    // Both had agreed to what was live before.
    let back = Order { kind: ActivationKind::Rollback, ..order(files("first").digest(), "ada") };
    assert!(operations.roll_back(&back).await.is_ok());
}

#[tokio::test]
async fn a_bundle_is_named_by_the_beginning_of_its_digest() {
    let mut cluster = Cluster::new();
    cluster.started("n1", &files("first"), ActivationKind::Start).await;
    let operations = cluster.operations(false);
    let digest = cluster.pushed(&files("second")).await;
    let named = async |name: &str| operations.named(name).await;
    assert_eq!(named(&digest.as_str()[..DIGEST_PREFIX_MIN]).await.unwrap(), digest);
    assert_eq!(named(digest.as_str()).await.unwrap(), digest);
    assert_eq!(named(LIVE).await.unwrap(), files("first").digest());
    assert!(matches!(named(&digest.as_str()[..7]).await, Err(ActivationError::NoDigest(_))));
    assert!(matches!(named("not-a-digest").await, Err(ActivationError::NoDigest(_))));
    assert!(matches!(named("00000000").await, Err(ActivationError::NoBundle(_))));
    let twin = BundleDigest::parse(format!(
        "{}{}",
        &digest.as_str()[..63],
        if digest.as_str().ends_with('0') { 1 } else { 0 }
    ))
    .unwrap();
    cluster.stores.bundles.keep(&twin, b"", Timestamp(0)).await.unwrap();
    assert!(
        matches!(named(&digest.as_str()[..8]).await, Err(ActivationError::Ambiguous { digests, .. }) if digests.len() == 2)
    );
}

#[tokio::test]
async fn a_push_of_a_bundle_with_errors_stores_nothing() {
    let cluster = Cluster::new();
    let pushed = cluster.operations(false).push(&broken(), "ada", None, WITHIN_S).await;
    assert!(matches!(pushed, Err(ActivationError::Wrong(wrong)) if wrong[0].message == "it is bad"));
    assert_eq!(cluster.stores.bundles.find(&broken().digest()).await.unwrap(), None);
    assert_eq!(cluster.stores.activations.list(9).await.unwrap(), Vec::<PushedBundle>::new());
}

#[tokio::test]
async fn what_the_live_bundle_issued_is_not_revoked() {
    let mut cluster = Cluster::new();
    cluster.started("n1", &files("first"), ActivationKind::Start).await;
    let live = files("first").digest();
    let revoked = revoke(&live, &cluster.activations(), cluster.stores.issued.as_ref()).await;
    assert!(matches!(revoked, Err(ActivationError::StillLive(_))));
}

#[tokio::test]
async fn a_node_that_was_asked_votes_once() {
    let cluster = Cluster::new();
    let member = cluster.opened("n1", &files("first")).await;
    member.node.join(&files("first"), ActivationKind::Start).await.unwrap();
    cluster.stores.bundles.keep(&files("second").digest(), &files("second").encode(), Timestamp(0)).await.unwrap();
    let proposal = Proposal {
        deadline: cluster.clock.now().plus(60),
        digest: files("second").digest(),
        ..went_live(0, "d", ActivationKind::Activate).proposal
    };
    cluster.stores.activations.propose(&proposal, cluster.clock.now()).await.unwrap();
    let mut tasks = JoinSet::new();
    member.node.look(&mut tasks).await.unwrap();
    member.node.look(&mut tasks).await.unwrap();
    assert_eq!(tasks.len(), 1);
    tasks.join_all().await;
    let expected = Vote {
        node: gatewright_domain::identifiers::NodeId::parse("n1").unwrap(),
        node_name: "n1".into(),
        failure: None,
    };
    assert_eq!(cluster.stores.activations.votes(2).await.unwrap(), [expected]);
}
