//! What may happen once happens once, however many ask at the same time (RFC 6749 4.1.2, RFC 9700 4.14.2).

use crate::world::relying_party::RelyingParty;
use crate::world::{Answer, Server, postgres};
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::task::JoinSet;

/// How many ask at once.
const ASKING: usize = 64;

async fn at_once<F, A>(ask: F) -> Vec<Answer>
where
    F: Fn() -> A,
    A: Future<Output = Answer> + Send + 'static,
{
    let mut asking = JoinSet::new();
    for _ in 0..ASKING {
        asking.spawn(ask());
    }
    asking.join_all().await
}

fn successes(answers: &[Answer]) -> Vec<&Answer> {
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert_eq!(answer.json()["error"], "invalid_grant", "{}", answer.body);
    }
    answers.iter().filter(|answer| answer.status == 200).collect()
}

/// The client as it calls each node in turn.
struct Nodes(Vec<RelyingParty>, AtomicUsize);

impl Nodes {
    fn of(servers: &[&Server]) -> Self {
        let first = RelyingParty::demo(servers[0]);
        let at = |server: &&Server| RelyingParty { issuer: server.reach.clone(), ..first.clone() };
        Self(servers.iter().map(at).collect(), AtomicUsize::new(0))
    }

    fn next(&self) -> RelyingParty {
        self.0[self.1.fetch_add(1, Ordering::Relaxed) % self.0.len()].clone()
    }
}

async fn one_redemption_succeeds(servers: &[&Server]) {
    let nodes = Nodes::of(servers);
    let client = RelyingParty::demo(servers[0]);
    let code = client.code(&[]).await;
    let answers = at_once(|| {
        let (client, code) = (nodes.next(), code.clone());
        async move { client.redeem(&code).await }
    })
    .await;
    let won = successes(&answers);
    assert_eq!(won.len(), 1);
    // The others were replays: what the first got is revoked (RFC 6749 4.1.2).
    let access_token = won[0].json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.userinfo(&access_token).await.status, 401);
}

async fn one_refresh_succeeds(servers: &[&Server]) {
    let nodes = Nodes::of(servers);
    let client = RelyingParty::demo(servers[0]);
    let refresh_token = client.tokens().await["refresh_token"].as_str().unwrap().to_owned();
    let answers = at_once(|| {
        let (client, refresh_token) = (nodes.next(), refresh_token.clone());
        async move { client.refresh(&refresh_token).await }
    })
    .await;
    let won = successes(&answers);
    assert_eq!(won.len(), 1);
    let next = won[0].json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(client.refresh(&next).await.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_redemptions_of_one_code_one_succeeds_on_sqlite() {
    one_redemption_succeeds(&[&Server::quickstart()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_uses_of_one_refresh_token_one_succeeds_on_sqlite() {
    one_refresh_succeeds(&[&Server::quickstart()]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_redemptions_of_one_code_one_succeeds_on_two_nodes() {
    let directory = tempfile::tempdir().unwrap();
    if let Some((one, other)) = postgres::two_nodes("race_of_codes", directory.path(), &[]) {
        one_redemption_succeeds(&[&one, &other]).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_uses_of_one_refresh_token_one_succeeds_on_two_nodes() {
    let directory = tempfile::tempdir().unwrap();
    if let Some((one, other)) = postgres::two_nodes("race_of_refreshes", directory.path(), &[]) {
        one_refresh_succeeds(&[&one, &other]).await;
    }
}
