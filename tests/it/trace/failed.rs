//! Logins that fail, of which none is sampled.

use super::{id, json, listed, printed, traced};
use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty};

/// The id that a log line has of a fault.
fn correlation(log: &str, about: &str) -> String {
    let line = log.lines().find(|line| line.contains("correlation.id") && line.contains(about));
    let line = line.unwrap_or_else(|| panic!("no fault of {about} in\n{log}"));
    let (_, rest) = line.split_once("correlation.id=").unwrap();
    rest.split_whitespace().next().unwrap().trim_matches('"').to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_a_hooks_fault_ends_is_kept_whole_and_found_by_the_id_in_the_log() {
    let directory = tempfile::tempdir().unwrap();
    let server = traced(directory.path(), "0", &[]);
    let client = RelyingParty::demo(&server);
    client.tokens().await;
    let browser = Browser::new();
    let page = browser.open(&client.authorization_url(&[("acr_values", "strong")])).await.page();
    let page = browser.submit(&page, &[("username", "alice"), ("password", "wrong")], "login").await.page();
    let answer = browser.submit(&page, &[("username", "alice"), ("password", "wonderland")], "login").await;
    assert_eq!(response_of(&answer)["error"], "access_denied");
    let [trace] = &listed(directory.path(), &["--failed"], 1)[..] else { unreachable!() };
    assert_eq!((&trace["outcome"], &trace["error"]), (&"failed".into(), &"fault".into()));
    let correlation = correlation(&server.log(), "after_authentication/breaks");
    listed(directory.path(), &["--correlation", &correlation, "--user", "alice", "--error", "fault"], 1);
    let shown = printed(directory.path(), &["trace", "show", &correlation]);
    for part in [
        "authenticate → page “Sign in”",
        "users::verify_password username: ‹text of 5› → subject: null",
        "  authenticate/strong → authenticated: ",
        "  after_authentication/breaks → FAULT at breaks.rhai:2:5: it threw: ‹text of ",
        "    then: deny",
        "failed (fault)",
        &format!("as {correlation}"),
    ] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
    let whole = json(directory.path(), &["trace", "show", &id(trace)]).to_string();
    assert!(!whole.contains("alice"), "{whole}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_ends_at_an_error_page_is_found_by_the_id_on_it() {
    let directory = tempfile::tempdir().unwrap();
    let server = traced(directory.path(), "0", &[]);
    let client = RelyingParty::demo(&server);
    let answer = Browser::new().open(&client.authorization_url(&[("acr_values", "round")])).await;
    assert_eq!(answer.status, 500);
    let correlation = correlation(&server.log(), "no end after");
    assert!(answer.body.contains(&correlation), "{}", answer.body);
    listed(directory.path(), &["--correlation", &correlation], 1);
    let shown = printed(directory.path(), &["trace", "show", &correlation]);
    for part in ["authenticate/round → delegate: about", "authenticate/about → delegate: round", "no end after 64"]
    {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_the_policy_denies_is_kept() {
    let directory = tempfile::tempdir().unwrap();
    let server = traced(directory.path(), "0", &[]);
    let browser = Browser::new();
    let mut answer = browser.open(&RelyingParty::demo(&server).authorization_url(&[])).await;
    while answer.location().is_none() {
        let page = answer.page();
        answer = browser.submit(&page, &[("username", "nobody"), ("password", "wrong")], "login").await;
    }
    assert_eq!(response_of(&answer)["error"], "access_denied");
    let [trace] = &listed(directory.path(), &["--error", "access_denied"], 1)[..] else { unreachable!() };
    let shown = printed(directory.path(), &["trace", "show", &id(trace)]);
    assert_eq!(shown.matches("users::verify_password").count(), 5, "each try is there once:\n{shown}");
    assert!(shown.contains("authenticate/pwd → fail: Too many attempts."), "{shown}");
}
