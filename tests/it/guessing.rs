//! Guessing at passwords: tries wait, over restarts and nodes, for known and unknown usernames alike; the operator can end
//! it, and the end-user is told.

use crate::world::front::Front;
use crate::world::relying_party::response_of;
use crate::world::server::{free_port, program};
use crate::world::{Answer, Browser, RelyingParty, Server, postgres};
use std::path::Path;
use std::process::Command;

const TOLD: &str = "Too many tries. Try again in 10 minutes.";
const WRONG: &str = "Wrong username or password.";

/// After so many free tries each waits ten minutes. A proxy says where browsers are.
pub fn settings(free_tries: &str) -> [(&str, &str); 5] {
    [
        ("GATEWRIGHT__GUESSING__ACCOUNT__FREE_TRIES", free_tries),
        ("GATEWRIGHT__GUESSING__ACCOUNT__LOCKOUT_TRIES", "1000"),
        ("GATEWRIGHT__GUESSING__ACCOUNT__DELAY_S", "600"),
        ("GATEWRIGHT__GUESSING__ACCOUNT__DELAY_MAX_S", "600"),
        ("GATEWRIGHT__PROXY__TRUSTED", "127.0.0.1"),
    ]
}

/// A browser at this address.
pub fn browser_at(address: &str) -> Browser {
    let headers =
        reqwest::header::HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), address.parse().unwrap())]);
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    Browser::with(client.default_headers(headers).pool_max_idle_per_host(0).build().unwrap())
}

/// One try in a sign-in of its own.
pub async fn tries(client: &RelyingParty, browser: &Browser, username: &str, password: &str) -> Answer {
    let page = browser.open(&client.authorization_url(&[("prompt", "login")])).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let page = page.page();
    browser.submit(&page, &[("username", username), ("password", password)], &page.main_button()).await
}

fn signs_in(answer: &Answer) -> bool {
    answer.body.contains("authorizeForm") || answer.location().is_some_and(|location| location.query().is_some())
}

fn command(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(program());
    let command = command.args(arguments).args(["--data", data.to_str().unwrap()]);
    let output = command.envs(environment.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_wait_over_a_restart_until_an_operator_unlocks_the_account() {
    let (directory, settings) = (tempfile::tempdir().unwrap(), settings("3"));
    let port = free_port();
    let mut server = Server::quickstart_with(directory.path(), port, &settings);
    let client = RelyingParty::demo(&server);
    let browser = browser_at("192.0.2.7");
    for username in ["alice", "nobody"] {
        for told in [WRONG, WRONG, TOLD, TOLD] {
            let answer = tries(&client, &browser, username, "looking-glass").await;
            assert!(answer.body.contains(told), "{username}: {}", answer.body);
        }
    }
    server.kill();
    let server = Server::quickstart_with(directory.path(), port, &settings);
    for (username, password) in [("alice", "wonderland"), ("Alice ", "wonderland"), ("nobody", "wonderland")] {
        let answer = tries(&client, &browser_at("198.51.100.1"), username, password).await;
        assert!(answer.body.contains(TOLD), "{username}: {}", answer.body);
    }
    assert!(signs_in(&tries(&client, &browser, "bob", "builder").await), "others go on");

    let data = directory.path().join("data");
    let shown = command(&data, &["user", "show", "alice"], &settings);
    assert!(shown.contains("the next try counts in") && shown.contains("gatewright user unlock alice"), "{shown}");
    assert!(command(&data, &["user", "unlock", "alice"], &settings).contains("unlocked alice"));
    assert!(command(&data, &["user", "show", "alice"], &settings).contains("can sign in"));
    assert!(signs_in(&tries(&client, &browser, "alice", "wonderland").await));
    drop(server);
}

/// Forty at once: a sign-in has only so long for its hash, and a busy machine makes few of them.
#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_guesses_many_at_once_count_as_two_hundred() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::quickstart_with(directory.path(), free_port(), &settings("200"));
    let client = RelyingParty::demo(&server);
    for at_once in [40, 40, 40, 40, 39] {
        let mut guesses = vec![];
        for _ in 0..at_once {
            let browser = Browser::new();
            let page = browser.open(&client.authorization_url(&[])).await.page();
            guesses.push(tokio::spawn(async move {
                let typed = [("username", "alice"), ("password", "looking-glass")];
                browser.submit(&page, &typed, &page.main_button()).await
            }));
        }
        for guess in guesses {
            let answer = guess.await.unwrap();
            assert!(answer.body.contains(WRONG), "{answer:?}");
        }
    }
    let last = tries(&client, &Browser::new(), "alice", "looking-glass").await;
    assert!(last.body.contains(TOLD), "the two hundredth begins the wait: {}", last.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn tries_at_one_node_count_at_the_other() {
    let directory = tempfile::tempdir().unwrap();
    let front = Front::open();
    let settings = [&settings("3")[..], &[("GATEWRIGHT__ISSUER", front.issuer.as_str())]].concat();
    let Some((one, other)) = postgres::two_nodes("guessing", directory.path(), &settings) else { return };
    let client = RelyingParty::demo(&one);
    let browser = Browser::new();
    for (node, password, told) in [
        (&one, "looking-glass", WRONG),
        (&other, "looking-glass", WRONG),
        (&one, "looking-glass", TOLD),
        (&other, "wonderland", TOLD),
        (&one, "wonderland", TOLD),
    ] {
        front.lead_to(node);
        let answer = tries(&client, &browser, "alice", password).await;
        assert!(answer.body.contains(told), "{}", answer.body);
    }
    assert!(signs_in(&tries(&client, &browser, "bob", "builder").await));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_is_told_once_of_the_tries_of_others() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::quickstart_with(directory.path(), free_port(), &settings("10"));
    let client = RelyingParty::demo(&server);
    let (alice, thief) = (browser_at("192.0.2.7"), browser_at("2001:db8::7"));
    for browser in [&thief, &thief, &alice] {
        assert!(tries(&client, browser, "alice", "looking-glass").await.body.contains(WRONG));
    }
    let told = tries(&client, &alice, "alice", "wonderland").await;
    let page = told.page();
    assert_eq!(page.heading(), "Someone tried to sign in as you");
    for word in ["2</bdi>", "2001:db8::7</bdi>", "They did not get in."] {
        assert!(told.body.contains(word), "{word}: {}", told.body);
    }
    assert!(signs_in(&alice.submit(&page, &[], &page.main_button()).await));
    let again = tries(&client, &alice, "alice", "wonderland").await;
    assert!(signs_in(&again) && !again.body.contains("Someone tried"), "{}", again.body);
    let shown = command(&directory.path().join("data"), &["user", "show", "alice"], &settings("10"));
    assert!(shown.contains("2 failed tries before a sign-in, the last from 2001:db8::7"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_begins_so_many_sign_ins_and_whoever_is_signed_in_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let limits = [("GATEWRIGHT__LIMITS__SIGN_INS_AT_ONCE", "2"), ("GATEWRIGHT__LIMITS__SIGN_INS_PER_MINUTE", "1")];
    let server = Server::quickstart_with(directory.path(), free_port(), &[&settings("10")[..], &limits].concat());
    let client = RelyingParty::demo(&server);
    let browser = browser_at("192.0.2.7");
    let consent = tries(&client, &browser, "bob", "builder").await.page();
    assert!(response_of(&browser.submit(&consent, &[], &consent.main_button()).await).contains_key("code"));
    let url = client.authorization_url(&[]);
    assert_eq!(browser_at("192.0.2.7").open(&url).await.status, 200);
    let refused = browser_at("192.0.2.7").open(&url).await;
    assert_eq!(refused.status, 429);
    let seconds: u64 = refused.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    assert!(refused.body.contains("Wait a minute, then try again."), "{}", refused.body);
    for _ in 0..3 {
        assert!(response_of(&browser.open(&url).await).contains_key("code"), "single sign-on begins none");
    }
    assert_eq!(browser_at("192.0.2.8").open(&url).await.status, 200);
}
