//! Two nodes over PostgreSQL, whose policy is activated and rolled back while end-users sign in.
//!
//! `GATEWRIGHT_TEST_POLICY_LIFE=ACTIVATIONS,LOGINS` asks for another number of each, such as `500,5000`.

use super::operator::Operator;
use crate::reload::visitor::{Seen, Visitor, signed_in_at, single_sign_on};
use crate::world::{Browser, RelyingParty};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

/// Activations, and logins that run meanwhile.
const ACTIVATIONS: usize = 30;
const LOGINS: usize = 100;
/// Those who sign in at once.
const VISITORS: usize = 4;
/// Every so many activations is a rollback.
const ROLLBACK_EVERY: usize = 5;
/// Versions in all; activations take turns at them.
const VERSIONS: usize = 7;
/// Longest that a node may take to follow. How long it takes is measured; no more than this is asserted.
const FOLLOWED_S_MAX: u64 = 30;

fn numbers() -> (usize, usize) {
    let Ok(asked) = std::env::var("GATEWRIGHT_TEST_POLICY_LIFE") else { return (ACTIVATIONS, LOGINS) };
    let (activations, logins) = asked.split_once(',').expect("ACTIVATIONS,LOGINS");
    (activations.parse().unwrap(), logins.parse().unwrap())
}

/// What visitors share.
#[derive(Clone)]
struct Visits {
    /// The client as it calls each node. Pages are the issuer's, so a login that begins on the second goes on at the first,
    /// and its code is redeemed at the second again.
    clients: Vec<RelyingParty>,
    wanted: usize,
    stop: Arc<AtomicBool>,
    count: Arc<AtomicUsize>,
    /// One types a password at a time: what the limit on guessing makes of several who know it is not looked at here.
    typing: Arc<Mutex<()>>,
}

/// Signs in at the nodes in turn until it is told to stop; answers what each login saw.
async fn visits(visits: Visits) -> Vec<Seen> {
    let Visits { clients, wanted, stop, count, typing } = visits;
    let issuer = &clients[0].issuer;
    let mut seen = Vec::new();
    let browser = Browser::new();
    {
        let _alone = typing.lock().await;
        assert!(signed_in_at(&clients[0], &browser).await);
    }
    while !stop.load(Ordering::Relaxed) || count.load(Ordering::Relaxed) < wanted {
        let number = count.fetch_add(1, Ordering::Relaxed);
        let client = &clients[number % clients.len()];
        let login = match number % 3 {
            kind @ (0 | 1) => {
                let acr = if kind == 0 { "one_page" } else { "two_pages" };
                let visitor = Visitor::led_on(client, Browser::new(), acr, issuer).await;
                let _alone = typing.lock().await;
                visitor.ends().await
            }
            _ => single_sign_on(client, &browser).await,
        };
        // Of one version only, or it panics.
        login.version();
        seen.push(login);
    }
    seen
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activations_and_rollbacks_while_end_users_sign_in_fail_none_and_mix_no_policies() {
    let directory = tempfile::tempdir().unwrap();
    let Some(operator) = Operator::of_two(directory.path(), "policy_life") else { return };
    let (activations, logins) = numbers();
    let digests: Vec<String> = (0..VERSIONS).map(|number| operator.push(number)).collect();
    assert!(operator.policy(&["activate", &digests[0]]).done);
    let first = RelyingParty::demo(&operator.servers[0]);
    let at = |server: &crate::world::Server| RelyingParty { issuer: server.reach.clone(), ..first.clone() };
    let clients: Vec<RelyingParty> = operator.servers.iter().map(at).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let shared = Visits { clients, wanted: logins, stop: stop.clone(), count: Arc::default(), typing: Arc::default() };
    let visitors: JoinSet<Vec<Seen>> = (0..VISITORS).map(|_| visits(shared.clone())).collect();
    let mut figures = Figures::default();
    let mut live = vec![digests[0].clone()];
    for number in 1..=activations {
        let begin = Instant::now();
        let said = if number % ROLLBACK_EVERY == 0 {
            live.pop();
            operator.policy(&["rollback", "--json"]).json()
        } else {
            live.push(digests[number % VERSIONS].clone());
            operator.policy(&["activate", live.last().unwrap(), "--json"]).json()
        };
        figures.add(begin.elapsed(), said["followed_ms"].as_u64().unwrap());
        let expected = (live.last().unwrap().clone(), said["activation"].as_u64().unwrap());
        assert_eq!(said["nodes"].as_array().unwrap().len(), 2, "{said}");
        assert_eq!(operator.serving().await, [expected.clone(), expected], "both serve it: {said}");
    }
    stop.store(true, Ordering::Relaxed);
    let seen: usize = visitors.join_all().await.iter().map(Vec::len).sum();
    assert!(seen >= logins, "{seen} logins");
    for server in &operator.servers {
        let log = server.log();
        assert!(!log.contains(" ERROR "), "{log}");
    }
    eprintln!("{activations} activations, {seen} logins: {}", figures.shown());
    assert!(figures.followed_ms.iter().all(|ms| *ms < FOLLOWED_S_MAX * 1_000), "{}", figures.shown());
}

/// How long activations took, whole, and from their decision until both nodes served them.
#[derive(Default)]
struct Figures {
    whole: Vec<Duration>,
    followed_ms: Vec<u64>,
}

impl Figures {
    fn add(&mut self, whole: Duration, followed_ms: u64) {
        self.whole.push(whole);
        self.followed_ms.push(followed_ms);
    }

    fn shown(&self) -> String {
        let mut followed = self.followed_ms.clone();
        followed.sort_unstable();
        let at =
            |part: usize| followed.get(followed.len() * part / 100).or(followed.last()).copied().unwrap_or_default();
        let whole: Duration = self.whole.iter().sum::<Duration>() / u32::try_from(self.whole.len().max(1)).unwrap();
        let (median, late, last) = (at(50), at(99), at(100));
        format!("followed within {median} ms (median), {late} ms (99 %), {last} ms (all); a command took {whole:?}")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_hangs_keeps_a_policy_from_going_live_and_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let Some(operator) = Operator::of_two(directory.path(), "policy_life_hang") else { return };
    let first = operator.put_live(0);
    let next = operator.push(1);
    operator.servers[1].signal("STOP");
    let said = operator.policy(&["activate", &next, "--within", "4"]);
    operator.servers[1].signal("CONT");
    assert!(!said.done && said.error.contains("was not ready in time"), "{said:?}");
    let nodes = operator.policy(&["status", "--json"]).json()["nodes"].clone();
    let named = nodes.as_array().unwrap().iter().filter(|node| said.error.contains(node["name"].as_str().unwrap()));
    assert_eq!(named.count(), 1, "{said:?} {nodes}");
    assert!(operator.serving().await.iter().all(|(digest, _)| *digest == first));
    assert!(operator.policy(&["activate", &next]).done, "it answers again");
    assert!(operator.serving().await.iter().all(|(digest, _)| *digest == next));
}
