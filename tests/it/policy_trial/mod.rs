//! A policy that is tried beside the live one: a shadow that finds what differs and does nothing, a canary that some
//! logins begin on.

mod canary;
mod shadow;

use crate::policy_life::operator::Operator;
use crate::world::relying_party::response_of;
use crate::world::{Answer, Browser, RelyingParty, jwt};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Longest wait for what nodes do by themselves. How long it should take is no test's business.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// A client of all the servers, and the same at each of them.
async fn client(operator: &Operator) -> Vec<RelyingParty> {
    let registered = RelyingParty::register(&operator.servers[0], json!({})).await;
    let at = |server: &crate::world::Server| RelyingParty { issuer: server.reach.clone(), ..registered.clone() };
    operator.servers.iter().map(at).collect()
}

/// Signs in; answers the version of the policy that the ID token tells. The pages are where the issuer is, whichever node
/// was asked.
async fn version(client: &RelyingParty, browser: &Browser) -> u64 {
    let mut answer = browser.open(&client.authorization_url(&[])).await;
    let is_over = |answer: &Answer| answer.location().is_some_and(|to| to.path().ends_with("/cb"));
    if !is_over(&answer) {
        let page = answer.location().unwrap_or_else(|| answer.url.clone());
        answer = browser.sign_in(page.as_str(), "alice", "wonderland").await;
    }
    let redeemed = client.redeem(&response_of(&answer)["code"]).await;
    assert_eq!(redeemed.status, 200, "{}", redeemed.body);
    jwt::claims(redeemed.json()["id_token"].as_str().unwrap())["policy_version"].as_u64().unwrap()
}

/// The document that a command answers, once it is as it should be.
async fn once(operator: &Operator, words: &[&str], as_it_should_be: impl Fn(&Value) -> bool) -> Value {
    let begin = Instant::now();
    loop {
        let told = operator.policy(words).json();
        if as_it_should_be(&told) {
            return told;
        }
        assert!(begin.elapsed() < PATIENCE, "{words:?} never told what it should: {told}");
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
