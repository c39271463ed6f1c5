//! What may happen once happens once, however many ask at the same time (RFC 6749 4.1.2, RFC 9700 4.14.2).

use crate::world::relying_party::RelyingParty;
use crate::world::{Answer, Server};
use std::future::Future;
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

#[tokio::test(flavor = "multi_thread")]
async fn of_64_redemptions_of_one_code_one_succeeds() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let code = client.code(&[]).await;
    let answers = at_once(|| {
        let (client, code) = (client.clone(), code.clone());
        async move { client.redeem(&code).await }
    })
    .await;
    let won = successes(&answers);
    assert_eq!(won.len(), 1);
    // The others were replays: what the first got is revoked (RFC 6749 4.1.2).
    let access_token = won[0].json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(client.userinfo(&access_token).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_64_uses_of_one_refresh_token_one_succeeds() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let refresh_token = client.tokens().await["refresh_token"].as_str().unwrap().to_owned();
    let answers = at_once(|| {
        let (client, refresh_token) = (client.clone(), refresh_token.clone());
        async move { client.refresh(&refresh_token).await }
    })
    .await;
    let won = successes(&answers);
    assert_eq!(won.len(), 1);
    let next = won[0].json()["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(client.refresh(&next).await.status, 400);
}
