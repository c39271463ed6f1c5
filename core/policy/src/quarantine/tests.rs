//! A live bundle that fails too often, over stores in memory.

use super::*;
use crate::activation::{NodeSetup, PolicyNode};
use crate::files::{Files, bundle};
use crate::live::Workshop;
use crate::rehearsal::World;
use crate::stub::{PWD, Stub, StubRuntime, fails, runtimes};
use gatewright_domain::hooks::{ClaimsInput, Policy as _};
use gatewright_domain::identifiers::NodeId;
use gatewright_domain::store::Stores;
use gatewright_domain::trace::Scene;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::memory;

const CLAIMS: &str = "[[claims]]\nscopes = [\"profile\"]\nclaims = [\"a\"]\nrun = \"c.rhai\"\n";
const RISK: &str = "[[after_authentication]]\nrun = \"r.rhai\"\n";
const BUDGET: Budget = Budget { faults: 3, within_s: 60, slow_ms: None };

fn files(manifest: &str) -> Files {
    let manifest = format!("{PWD}{manifest}");
    bundle(&[("policy.toml", &manifest), ("pwd.rhai", ""), ("c.rhai", ""), ("r.rhai", "")])
}

struct Server {
    policies: Arc<LivePolicies>,
    quarantine: Arc<Quarantine>,
    node: Arc<PolicyNode>,
}

impl Server {
    /// One that started with the shipped files and went on to `second`, by a folder.
    async fn started(stores: &Stores, name: &str, first: &Files) -> Self {
        let runtimes = runtimes(&StubRuntime::new(&[("c.rhai", fails()), ("r.rhai", Stub::Hang)]));
        let workshop = Workshop { runtimes, tools: World::new().tools(), store: stores.bundles.clone() };
        let policies = Arc::new(LivePolicies::open(first, workshop).await.unwrap());
        let activations = Activations { store: stores.activations.clone(), clock: Arc::new(FixedClock::default()) };
        let setup = QuarantineSetup { budget: BUDGET, policies: policies.clone(), activations: activations.clone() };
        let quarantine = Arc::new(Quarantine::new(setup));
        let id = NodeId::parse(name).unwrap();
        let setup = NodeSetup { id, name: name.to_owned(), activations, policies: policies.clone() };
        let node = Arc::new(PolicyNode::new(setup));
        node.join(first, ActivationKind::Folder).await.unwrap();
        tokio::spawn(node.clone().run());
        Self { policies, quarantine, node }
    }

    async fn fails(&self, times: usize) {
        for _ in 0..times {
            let policy = self.policies.bundle().observed(Scene { observer: self.quarantine.clone() });
            policy.claims(ClaimsInput::sample()).await.unwrap_err();
        }
    }

    async fn reacted(&self) -> Option<Reaction> {
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), self.quarantine.next());
        next.await.ok().map(|incident| incident.unwrap().reaction)
    }
}

async fn live(stores: &Stores) -> (u64, BundleDigest, String) {
    let live = stores.activations.live().await.unwrap().unwrap();
    (live.number, live.proposal.digest, live.proposal.by)
}

#[tokio::test]
async fn a_bundle_that_fails_too_often_is_taken_back_to_the_one_before() {
    let stores = memory::stores();
    let server = Server::started(&stores, "n1", &files("")).await;
    server.node.save(&files(CLAIMS)).await.unwrap();
    server.fails(2).await;
    assert_eq!(live(&stores).await.1, files(CLAIMS).digest(), "two are within its budget");
    server.fails(1).await;
    assert_eq!(server.reacted().await, Some(Reaction::WentBack(files("").digest())));
    assert_eq!(live(&stores).await, (3, files("").digest(), BY.to_owned()));
    assert!(!server.node.save(&files(CLAIMS)).await.unwrap(), "the folder that was taken back stays so");
}

#[tokio::test]
async fn of_several_nodes_one_takes_it_back() {
    let stores = memory::stores();
    let one = Server::started(&stores, "n1", &files("")).await;
    one.node.save(&files(CLAIMS)).await.unwrap();
    let two = Server::started(&stores, "n2", &files(CLAIMS)).await;
    one.fails(3).await;
    two.fails(3).await;
    let (name, bundle) = (BindingName::parse("claims/c").unwrap(), files(CLAIMS).digest());
    let both = tokio::join!(
        one.quarantine.react(name.clone(), bundle.clone()),
        two.quarantine.react(name.clone(), bundle.clone())
    );
    let went = [both.0.unwrap(), both.1.unwrap()];
    let acted = went.iter().flatten().filter(|incident| matches!(incident.reaction, Reaction::WentBack(_))).count();
    assert_eq!(acted, 1, "{went:?}");
    assert_eq!(live(&stores).await.0, 3);
    assert_eq!(two.quarantine.react(name, bundle).await.unwrap(), None, "it is live no longer");
}

#[tokio::test]
async fn where_going_back_would_weaken_authentication_it_is_only_told_and_told_once() {
    let stores = memory::stores();
    let server = Server::started(&stores, "n1", &files("")).await;
    let strict = files(&format!("{RISK}{CLAIMS}"));
    server.node.save(&strict).await.unwrap();
    server.fails(3).await;
    let why = "it has no binding after_authentication/r".to_owned();
    assert_eq!(server.reacted().await, Some(Reaction::Stays(vec![why])));
    assert_eq!(live(&stores).await.1, strict.digest());
    let again = server.quarantine.react(BindingName::parse("claims/c").unwrap(), strict.digest()).await.unwrap();
    assert_eq!(again, None, "not twice for the same activation");
}

#[tokio::test]
async fn where_nothing_was_live_before_it_is_only_told() {
    let stores = memory::stores();
    let server = Server::started(&stores, "n1", &files(CLAIMS)).await;
    server.fails(3).await;
    assert_eq!(server.reacted().await, Some(Reaction::NothingBefore));
}

#[test]
fn a_run_is_bad_when_it_fails_or_takes_too_long() {
    use gatewright_domain::flow::{HookFault, Journal};
    use gatewright_domain::hooks::{ClaimsDecision, HookDecision};
    use gatewright_domain::trace::{AfterFault, Spent};
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let server = runtime.block_on(Server::started(&memory::stores(), "n1", &files("")));
    let setup = QuarantineSetup {
        budget: Budget { slow_ms: Some(5), ..BUDGET },
        policies: server.policies.clone(),
        activations: server.quarantine.setup.activations.clone(),
    };
    let quarantine = Quarantine::new(setup);
    let name = BindingName::parse("claims/c").unwrap();
    let run = |end, micros| HookRun {
        binding: name.clone(),
        journal: Journal::default(),
        known: 0,
        end,
        spent: Spent { micros, operations: None, fuel: None },
    };
    let decided = || RunEnd::Decided(HookDecision::Claims(ClaimsDecision::default()));
    let fault = |kind| RunEnd::Fault { fault: HookFault::new(name.clone(), kind), then: AfterFault::Deny };
    let table = [
        (decided(), 4_999, false),
        (decided(), 5_000, true),
        (fault(FaultKind::SecretGone), 0, true),
        (fault(FaultKind::Unavailable { what: "reach its database".into() }), 0, false),
    ];
    for (end, micros, bad) in table {
        assert_eq!(quarantine.is_bad(&run(end.clone(), micros)), bad, "{end:?} {micros}");
    }
}
