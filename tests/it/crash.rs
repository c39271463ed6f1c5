//! A server that is killed half-way keeps what it answered: every code, token and consent.

use crate::world::relying_party::{RelyingParty, response_of};
use crate::world::server::free_port;
use crate::world::{Browser, Server, postgres};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::task::JoinSet;

/// How often it is killed: on a database of its own, and on one that lives on.
const KILLS: usize = 20;
const KILLS_ON_POSTGRES: usize = 6;
/// Browsers that keep it busy meanwhile.
const BUSY: usize = 4;
/// Clients that were not allowed anything yet, before each kill: more than can be allowed in time.
const NOT_ALLOWED: usize = 8;
/// After how many answers the first kill comes, and how many more there are before each next one: so that a slow machine
/// has as much to lose as a fast one.
const ANSWERS: usize = 10;
const MORE_ANSWERS: usize = 4;
/// Longest wait for them, in seconds.
const ANSWERS_S_MAX: u64 = 60;

/// What one browser was answered before the server went.
#[derive(Default)]
struct Answered {
    unredeemed: Vec<String>,
    redeemed: Vec<String>,
    access_tokens: Vec<String>,
}

/// How much was looked at, so that a test in which nothing was answered in time does not pass.
#[derive(Default, Debug)]
struct LookedAt {
    unredeemed: usize,
    redeemed: usize,
    access_tokens: usize,
    consents: usize,
}

/// Codes on a live session, every second one redeemed, until the server is gone. A request that the kill cut off counts
/// for nothing: nobody was answered.
async fn keep_busy(client: RelyingParty, browser: Browser, answers: Arc<AtomicUsize>) -> Answered {
    let mut answered = Answered::default();
    let url = client.authorization_url(&[]);
    loop {
        let Some(answer) = browser.try_open(&url).await else { return answered };
        let Some(code) = response_of(&answer).remove("code") else { return answered };
        if answered.unredeemed.len() > answered.redeemed.len() {
            match client.try_redeem(&code).await {
                Some(tokens) if tokens.status == 200 => {
                    answered.access_tokens.push(tokens.json()["access_token"].as_str().unwrap().to_owned());
                    answered.redeemed.push(code);
                }
                _ => return answered,
            }
        } else {
            answered.unredeemed.push(code);
        }
        answers.fetch_add(1, Ordering::SeqCst);
    }
}

/// Allows one client after the other what it asks for, until the server is gone: those for which an answer came, and
/// those that are left.
async fn keep_allowing(
    mut clients: Vec<RelyingParty>,
    browser: Browser,
    answers: Arc<AtomicUsize>,
) -> (Vec<RelyingParty>, Vec<RelyingParty>) {
    let mut allowed = Vec::new();
    while let Some(client) = clients.pop() {
        if !allow(&client, &browser).await {
            // Whether its consent was remembered nobody knows, so it is asked about no more.
            break;
        }
        allowed.push(client);
        answers.fetch_add(1, Ordering::SeqCst);
    }
    (allowed, clients)
}

/// Whether the client was answered with a code after its page, which is shown to whoever has not allowed it before.
async fn allow(client: &RelyingParty, browser: &Browser) -> bool {
    let Some(begun) = browser.try_open(&client.authorization_url(&[])).await else { return false };
    let Some(asked) = browser.try_open(begun.location().unwrap().as_str()).await else { return false };
    let page = asked.page();
    assert_eq!(page.form_id, "authorizeForm");
    let Some(answer) = browser.try_submit(&page, &page.main_button()).await else { return false };
    assert!(response_of(&answer).contains_key("code"), "{:?}", response_of(&answer));
    true
}

/// The server and where it comes back.
struct Scene {
    directory: TempDir,
    port: u16,
    settings: Vec<(&'static str, String)>,
    server: Server,
}

impl Scene {
    fn on(settings: Vec<(&'static str, String)>) -> Self {
        let (directory, port) = (tempfile::tempdir().unwrap(), free_port());
        let server = started(&directory, port, &settings);
        Self { directory, port, settings, server }
    }

    fn kill(&mut self) {
        self.server.kill();
    }

    fn start(&mut self) {
        self.server = started(&self.directory, self.port, &self.settings);
    }
}

fn started(directory: &TempDir, port: u16, settings: &[(&'static str, String)]) -> Server {
    let settings: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    Server::quickstart_with(directory.path(), port, &settings)
}

async fn keeps_what_it_answered(mut scene: Scene, kills: usize) {
    let client = RelyingParty::demo(&scene.server);
    let browser = Browser::new();
    browser.sign_in(&client.authorization_url(&[]), "alice", "wonderland").await;
    let (mut not_allowed, mut looked_at) = (Vec::new(), LookedAt::default());
    for kill in 0..kills {
        while not_allowed.len() < NOT_ALLOWED {
            not_allowed.push(RelyingParty::register(&scene.server, serde_json::json!({})).await);
        }
        let answers = Arc::new(AtomicUsize::new(0));
        let allowing = tokio::spawn(keep_allowing(not_allowed, browser.another_tab(), answers.clone()));
        let mut busy = JoinSet::new();
        for _ in 0..BUSY {
            busy.spawn(keep_busy(client.clone(), browser.another_tab(), answers.clone()));
        }
        until(&answers, ANSWERS + MORE_ANSWERS * kill).await;
        scene.kill();
        let answered = busy.join_all().await;
        let (allowed, left) = allowing.await.unwrap();
        not_allowed = left;
        scene.start();
        for answered in answered {
            look_at(&client, &answered, &mut looked_at).await;
        }
        for client in &allowed {
            let again = browser.open(&client.authorization_url(&[])).await;
            assert!(response_of(&again).contains_key("code"), "a consent was lost: {:?}", response_of(&again));
            looked_at.consents += 1;
        }
        let again = browser.open(&client.authorization_url(&[])).await;
        assert!(response_of(&again).contains_key("code"), "the session was lost");
    }
    eprintln!("after {kills} kills: {looked_at:?}");
    let LookedAt { unredeemed, redeemed, access_tokens, consents } = &looked_at;
    assert!([unredeemed, redeemed, access_tokens, consents].iter().all(|count| **count > 0), "{looked_at:?}");
}

/// Waits until there were so many answers.
async fn until(answers: &AtomicUsize, count: usize) {
    let begin = Instant::now();
    while answers.load(Ordering::SeqCst) < count {
        assert!(begin.elapsed() < Duration::from_secs(ANSWERS_S_MAX), "{answers:?} answers, not {count}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

async fn look_at(client: &RelyingParty, answered: &Answered, looked_at: &mut LookedAt) {
    for access_token in answered.access_tokens.iter().take(3) {
        assert_eq!(client.userinfo(access_token).await.status, 200, "a token was lost");
        looked_at.access_tokens += 1;
    }
    for code in answered.unredeemed.iter().rev().take(2) {
        assert_eq!(client.redeem(code).await.status, 200, "a code was lost");
        assert_eq!(client.redeem(code).await.status, 400, "a code was redeemed twice");
        looked_at.unredeemed += 1;
    }
    for code in answered.redeemed.iter().rev().take(2) {
        assert_eq!(client.redeem(code).await.status, 400, "a code was redeemed twice over a kill");
        looked_at.redeemed += 1;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_a_kill_is_there_after_it_on_sqlite() {
    keeps_what_it_answered(Scene::on(Vec::new()), KILLS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_a_kill_is_there_after_it_on_postgres() {
    let Some(url) = postgres::schema_or_say("crash") else { return };
    keeps_what_it_answered(Scene::on(vec![("GATEWRIGHT__DATABASE__URL", url)]), KILLS_ON_POSTGRES).await;
}
