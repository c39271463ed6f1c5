//! A shadow sees what the live policy is asked and does nothing; a canary is begun on by whom it takes.

use super::*;
use crate::live::LivePolicies;
use crate::stub::{MemoryBundles, PWD, Stub, StubRuntime, always, decide, files_of, thrown, workshop};
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::flow::HostCall;
use gatewright_domain::hooks::{
    ClaimsDecision, ClaimsInput, HookDecision, HookInput, HookKind, SelectAcrDecision, SelectAcrInput,
};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::store::{Begun, BundleStore};
use gatewright_domain::trial::{Chosen, Counted, Group, Measured, Plan, Sample, Share};
use gatewright_protocol::client_id::ClientId;
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::Mutex;

const LIVE: &str = "[[select_acr]]\nrun = \"live.rhai\"\nlend = [\"kv\"]\n";
const CANDIDATE: &str = "[[select_acr]]\nrun = \"candidate.rhai\"\nlend = [\"kv\"]\n";

/// The trials of one database.
#[derive(Default)]
struct Trials {
    running: Mutex<Vec<Trial>>,
    counts: Mutex<BTreeMap<Measured, u64>>,
    samples: Mutex<Vec<Sample>>,
}

#[async_trait]
impl TrialStore for Trials {
    async fn begin(&self, plan: &Plan, now: Timestamp) -> Result<Begun, Fault> {
        let mut running = self.running.lock().unwrap();
        let number = running.len() as u64 + 1;
        let trial = Trial { number, plan: plan.clone(), begun_at: now, ended: None };
        running.push(trial.clone());
        Ok(Begun::Begun(trial))
    }

    async fn running(&self) -> Result<Vec<Trial>, Fault> {
        Ok(self.running.lock().unwrap().clone())
    }

    async fn latest(&self, _: TrialKind) -> Result<Option<Trial>, Fault> {
        Ok(self.running.lock().unwrap().last().cloned())
    }

    async fn widen(&self, _: u64, share: Share) -> Result<bool, Fault> {
        self.running.lock().unwrap().iter_mut().for_each(|trial| trial.plan.share = share);
        Ok(true)
    }

    async fn end(&self, number: u64, _: &str, _: Timestamp) -> Result<bool, Fault> {
        self.running.lock().unwrap().retain(|trial| trial.number != number);
        Ok(true)
    }

    async fn count(&self, _: u64, counts: &[(Measured, u64)]) -> Result<(), Fault> {
        let mut all = self.counts.lock().unwrap();
        counts.iter().for_each(|(measured, count)| *all.entry(measured.clone()).or_default() += count);
        Ok(())
    }

    async fn counts(&self, _: u64) -> Result<Vec<(Measured, u64)>, Fault> {
        Ok(self.counts.lock().unwrap().clone().into_iter().collect())
    }

    async fn sample(&self, _: u64, samples: &[Sample]) -> Result<(), Fault> {
        self.samples.lock().unwrap().extend_from_slice(samples);
        Ok(())
    }

    async fn samples(&self, _: u64, limit: usize) -> Result<Vec<Sample>, Fault> {
        Ok(self.samples.lock().unwrap().iter().take(limit).cloned().collect())
    }
}

/// A node with a live policy and a stored candidate.
struct Node {
    trials: Arc<Trials>,
    tried: TriedPolicies,
    live: Arc<LivePolicies>,
    candidate: BundleDigest,
}

impl Node {
    async fn new(stubs: &[(&str, Stub)]) -> Self {
        Self::of(LIVE, CANDIDATE, stubs).await
    }

    async fn of(live: &str, candidate: &str, stubs: &[(&str, Stub)]) -> Self {
        let (runtime, store) = (StubRuntime::new(stubs), Arc::new(MemoryBundles::default()));
        let workshop = workshop(&runtime, &store);
        let tools = workshop.tools.clone();
        let live = LivePolicies::open(&files_of(&format!("{PWD}{live}")), workshop).await.unwrap();
        let files = files_of(&format!("{PWD}{candidate}"));
        store.keep(&files.digest(), &files.encode(), tools.clock.now()).await.unwrap();
        let (live, trials) = (Arc::new(live), Arc::new(Trials::default()));
        let setup = TrialSetup {
            live: live.clone(),
            store: trials.clone(),
            users: tools.users,
            redaction: Redaction::default(),
            clock: tools.clock,
            entropy: tools.entropy,
        };
        Self { trials, tried: TriedPolicies::new(setup), live, candidate: files.digest() }
    }

    async fn begin(&self, kind: TrialKind, chosen: Chosen, share: Share) {
        let plan = Plan { kind, digest: self.candidate.clone(), share, chosen, by: "ann".into(), note: None };
        self.trials.begin(&plan, Timestamp(0)).await.unwrap();
        self.tried.look().await.unwrap();
    }

    async fn shadow(&self) {
        self.begin(TrialKind::Shadow, Chosen::Client, Share::ALL).await;
    }

    /// What was counted, once so many questions were asked or left out.
    async fn counted(&self, questions: u64) -> BTreeMap<(&'static str, String), u64> {
        for _ in 0..600 {
            let counts = self.trials.counts.lock().unwrap().clone();
            let of =
                |what: Counted| counts.iter().filter(|(one, _)| one.what == what).map(|(_, count)| count).sum::<u64>();
            if of(Counted::Asked) + of(Counted::LeftOut) >= questions {
                let timeless = |what| !matches!(what, Counted::LiveMicros | Counted::CandidateMicros);
                let counts = counts.into_iter().filter(|(one, _)| timeless(one.what));
                return counts.map(|(one, count)| ((one.what.name(), one.binding), count)).collect();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the shadow was asked fewer than {questions} questions: {:?}", self.trials.counts.lock().unwrap());
    }
}

fn pass() -> HookDecision {
    HookDecision::SelectAcr(SelectAcrDecision::Pass)
}

fn deny() -> HookDecision {
    HookDecision::SelectAcr(SelectAcrDecision::Deny { reason: "no".into() })
}

fn of_client(id: &str) -> SelectAcrInput {
    let mut input = SelectAcrInput::sample();
    input.login.client.id = id.into();
    input
}

fn put() -> HostCall {
    HostCall::Kv(KvCall::Put { key: "k".into(), value: json!(1), ttl_s: 60 })
}

#[tokio::test]
async fn a_shadow_finds_a_difference_in_exactly_the_questions_that_have_it() {
    let planted = decide(|input| match input {
        HookInput::SelectAcr(input) if input.login.client.id == "shop" => Ok(deny()),
        _ => Ok(pass()),
    });
    let node = Node::new(&[("live.rhai", always(pass())), ("candidate.rhai", planted)]).await;
    node.shadow().await;
    for number in 0..9 {
        let client = if number % 3 == 0 { "shop" } else { "wiki" };
        let decision = node.tried.live().select_acr(of_client(client)).await.unwrap();
        assert_eq!(decision, SelectAcrDecision::Pass, "the live one decides");
    }
    let counts = node.counted(9).await;
    assert_eq!(counts[&("asked", String::new())], 9);
    assert_eq!(counts[&("decision", "select_acr/candidate".to_owned())], 3);
    assert_eq!(counts.len(), 2, "{counts:?}");
    let samples = node.trials.samples.lock().unwrap().clone();
    assert_eq!(samples.len(), 3);
    for sample in samples {
        assert_eq!(sample.document["client"], "shop");
        assert_eq!(sample.document["live"]["decision"], "pass", "{}", sample.document);
        assert_eq!(sample.document["candidate"]["decision"], json!({ "deny": "no" }));
    }
}

#[tokio::test]
async fn what_a_candidate_would_write_is_never_written() {
    let writes = Stub::Call(vec![put()], pass());
    let node = Node::new(&[("live.rhai", always(pass())), ("candidate.rhai", writes)]).await;
    node.shadow().await;
    node.tried.live().select_acr(of_client("shop")).await.unwrap();
    let counts = node.counted(1).await;
    assert_eq!(counts[&("unrecorded", "select_acr/candidate".to_owned())], 1, "{counts:?}");
    let kv = &node.live.bundle().tools.kv;
    let get = KvCall::Get { key: "k".into() };
    assert_eq!(kv.call("select_acr/candidate", &get, Timestamp(0)).await.unwrap(), json!(null));
}

#[tokio::test]
async fn a_hook_that_only_the_candidate_has_is_asked_of_it() {
    let claims = HookDecision::Claims(ClaimsDecision { claims: json!({ "dept": "it" }).as_object().unwrap().clone() });
    let more = "[[claims]]\nrun = \"more.rhai\"\nscopes = [\"openid\"]\nclaims = [\"dept\"]\n";
    let node = Node::of("", more, &[("more.rhai", always(claims))]).await;
    assert!(!node.tried.live().asks(HookKind::Claims));
    node.shadow().await;
    assert!(node.tried.live().asks(HookKind::Claims), "else the engine would not ask");
    let given = node.tried.live().claims(ClaimsInput::sample()).await.unwrap();
    assert!(given.claims.is_empty(), "and the client gets nothing of it");
    assert_eq!(node.counted(1).await[&("claims", "claims/more".to_owned())], 1);
    let sample = node.trials.samples.lock().unwrap()[0].clone();
    assert_eq!(sample.document["names"], json!(["dept"]));
}

#[tokio::test]
async fn a_candidate_that_faults_or_hangs_harms_nothing_and_what_comes_meanwhile_is_left_out() {
    let faults = [("live.rhai", always(pass())), ("candidate.rhai", decide(|_| Err(thrown())))];
    let node = Node::new(&faults).await;
    node.shadow().await;
    assert!(node.tried.live().select_acr(of_client("shop")).await.is_ok());
    assert_eq!(node.counted(1).await[&("fault", "select_acr/candidate".to_owned())], 1);

    let bounded = format!("{CANDIDATE}limit = {{ total_ms = 200 }}\n");
    let node = Node::of(LIVE, &bounded, &[("live.rhai", always(pass())), ("candidate.rhai", Stub::Hang)]).await;
    node.shadow().await;
    let flood = QUESTIONS_MAX as u64 + 50;
    for _ in 0..flood {
        assert!(node.tried.live().select_acr(of_client("shop")).await.is_ok());
    }
    for _ in 0..600 {
        let counts = node.trials.counts.lock().unwrap().clone();
        let left_out = Measured { what: Counted::LeftOut, hook: HookKind::SelectAcr, binding: String::new() };
        if let Some(count) = counts.get(&left_out) {
            assert!((1..=50).contains(count), "{count} of {flood} do not fit into the queue");
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody was told of what was left out");
}

#[tokio::test]
async fn a_trial_ends_on_every_node_that_looks() {
    let stubs = [("live.rhai", always(pass())), ("candidate.rhai", always(deny()))];
    let node = Node::new(&stubs).await;
    node.begin(TrialKind::Canary, Chosen::Client, Share::ALL).await;
    let client = ClientId::try_from("shop").unwrap();
    let newcomer = Newcomer { client: &client, subject: None };
    assert_eq!(*node.tried.begins(&newcomer).await.digest(), node.candidate);
    node.trials.end(1, "ann", Timestamp(1)).await.unwrap();
    node.tried.look().await.unwrap();
    assert_eq!(node.tried.begins(&newcomer).await.digest(), node.live.bundle().digest());
    assert_eq!(
        *node.tried.pinned(&node.candidate).await.unwrap().digest(),
        node.candidate,
        "what began on it ends on it"
    );
}

#[tokio::test]
async fn a_canary_takes_its_share_of_clients_alike_each_time_and_on_every_node() {
    let stubs = [("live.rhai", always(pass())), ("candidate.rhai", always(deny()))];
    let (here, there) = (Node::new(&stubs).await, Node::new(&stubs).await);
    let mut taken = 0;
    for node in [&here, &there] {
        node.begin(TrialKind::Canary, Chosen::Client, Share::of_ten_thousand(1_000).unwrap()).await;
    }
    for number in 0..500 {
        let client = ClientId::try_from(format!("client-{number}").as_str()).unwrap();
        let newcomer = Newcomer { client: &client, subject: None };
        let first = here.tried.begins(&newcomer).await.digest().clone();
        assert_eq!(*here.tried.begins(&newcomer).await.digest(), first);
        assert_eq!(*there.tried.begins(&newcomer).await.digest(), first);
        taken += usize::from(first == here.candidate);
    }
    assert!((25..=80).contains(&taken), "10 % of 500 are {taken}");
}

#[tokio::test]
async fn who_is_not_known_yet_begins_on_the_live_policy_unless_the_client_decides() {
    let stubs = [("live.rhai", always(pass())), ("candidate.rhai", always(deny()))];
    let (client, alice) = (ClientId::try_from("shop").unwrap(), Subject::parse("alice").unwrap());
    let group = Group { subjects: [alice.clone()].into(), ..Group::default() };
    for chosen in [Chosen::Subject, Chosen::Group(group)] {
        let node = Node::new(&stubs).await;
        node.begin(TrialKind::Canary, chosen, Share::ALL).await;
        let unknown = Newcomer { client: &client, subject: None };
        assert_ne!(*node.tried.begins(&unknown).await.digest(), node.candidate);
        let known = Newcomer { client: &client, subject: Some(&alice) };
        assert_eq!(*node.tried.begins(&known).await.digest(), node.candidate);
    }
    let node = Node::new(&stubs).await;
    let group = Group { clients: [client.clone()].into(), ..Group::default() };
    node.begin(TrialKind::Canary, Chosen::Group(group), Share::of_ten_thousand(1).unwrap()).await;
    let newcomer = Newcomer { client: &client, subject: None };
    assert_eq!(*node.tried.begins(&newcomer).await.digest(), node.candidate, "a group is whole, whatever the share");
}

#[tokio::test]
async fn a_candidate_that_is_not_stored_is_not_tried_and_the_live_policy_goes_on() {
    let mut node = Node::new(&[("live.rhai", always(pass()))]).await;
    node.candidate = BundleDigest::parse("ab12").unwrap();
    node.shadow().await;
    assert!(node.tried.live().select_acr(of_client("shop")).await.is_ok());
    assert!(node.tried.running().shadow.is_none());
}

#[tokio::test]
async fn a_shadow_of_the_live_bundle_itself_is_not_asked() {
    let mut node = Node::new(&[("live.rhai", always(pass()))]).await;
    node.candidate = node.live.bundle().digest().clone();
    node.shadow().await;
    node.tried.live().select_acr(of_client("shop")).await.unwrap();
    let asked = node.tried.running().shadow.unwrap();
    assert_eq!(asked.digest(), node.live.bundle().digest());
    tokio::time::sleep(Duration::from_millis(2 * WRITE_EVERY_MS)).await;
    assert!(node.trials.counts.lock().unwrap().is_empty());
}
