//! A server that is killed half-way keeps what it answered: every code, token and consent.

use crate::world::relying_party::{RelyingParty, response_of};
use crate::world::server::free_port;
use crate::world::{Browser, Server};
use std::time::Duration;
use tokio::task::JoinSet;

/// How often it is killed.
const KILLS: usize = 20;
/// Browsers that keep it busy meanwhile.
const BUSY: usize = 4;

/// What one browser was answered before the server went.
#[derive(Default)]
struct Answered {
    unredeemed: Vec<String>,
    redeemed: Vec<String>,
    access_tokens: Vec<String>,
}

/// Codes on a live session, every second one redeemed, until the server is gone. A request that the kill cut off counts
/// for nothing: nobody was answered.
async fn keep_busy(client: RelyingParty, browser: Browser) -> Answered {
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
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_a_kill_is_there_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let port = free_port();
    let mut server = Server::quickstart_in(directory.path(), port);
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    browser.sign_in(&client.authorization_url(&[]), "alice", "wonderland").await;

    for kill in 0..KILLS {
        let mut busy = JoinSet::new();
        for _ in 0..BUSY {
            busy.spawn(keep_busy(client.clone(), browser.another_tab()));
        }
        tokio::time::sleep(Duration::from_millis(60 + 7 * kill as u64)).await;
        server.kill();
        let answered = busy.join_all().await;
        server = Server::quickstart_in(directory.path(), port);
        for answered in answered {
            // Consent was given once, before the first kill: a page here would be a lost consent.
            for access_token in answered.access_tokens.iter().take(3) {
                assert_eq!(client.userinfo(access_token).await.status, 200, "a token was lost");
            }
            for code in answered.unredeemed.iter().rev().take(2) {
                assert_eq!(client.redeem(code).await.status, 200, "a code was lost");
                assert_eq!(client.redeem(code).await.status, 400, "a code was redeemed twice");
            }
            for code in answered.redeemed.iter().rev().take(2) {
                assert_eq!(client.redeem(code).await.status, 400, "a code was redeemed twice over a kill");
            }
        }
        let again = browser.open(&client.authorization_url(&[])).await;
        assert!(response_of(&again).contains_key("code"), "the session or the consent was lost");
    }
}
