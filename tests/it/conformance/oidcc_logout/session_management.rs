//! The plan `oidcc-session-management-certification-test-plan`. What the iframe's script does is seen in a real browser:
//! `tests/clients/logout`.

use super::world::{BYE, REDIRECT_URI, World};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

const STATE: &str = "__Host-gatewright_browser_state";

/// What the iframe's script answers a page of `client` at `origin`, with that cookie.
fn answered(session_state: &str, client: &str, cookie: Option<&String>) -> &'static str {
    let origin = Url::parse(REDIRECT_URI).unwrap().origin().ascii_serialization();
    let (hash, salt) = session_state.split_once('.').unwrap();
    let text = format!("{client} {origin} {} {salt}", cookie.map(String::as_str).unwrap_or_default());
    if URL_SAFE_NO_PAD.encode(Sha256::digest(text)) == hash { "unchanged" } else { "changed" }
}

#[tokio::test]
async fn oidcc_session_management_discovery_endpoint_verification() {
    let world = World::new();
    let metadata = world.metadata().await;
    assert_eq!(metadata["check_session_iframe"], world.server.at("/check_session"));
    assert_eq!(metadata["end_session_endpoint"], world.server.at("/end_session"));
}

#[tokio::test]
async fn oidcc_session_management_rp_initiated_logout() {
    let world = World::new();
    let (client, browser) = (world.register(json!({})).await, world.browser());
    let response = client.sign_in(&browser).await;
    let state = &response["session_state"];
    assert_eq!(answered(state, client.id(), browser.cookies().get(STATE)), "unchanged");
    assert!(client.is_signed_in(&browser).await);
    assert_eq!(answered(state, client.id(), browser.cookies().get(STATE)), "unchanged");
    let asked = [("id_token_hint", response["id_token"].as_str()), ("post_logout_redirect_uri", BYE)];
    world.log_out(&browser, &asked).await;
    assert_eq!(browser.cookies().get(STATE), None);
    assert_eq!(answered(state, client.id(), browser.cookies().get(STATE)), "changed");
}

#[tokio::test]
async fn the_iframe_may_be_framed_by_every_site_and_runs_its_one_script_alone() {
    let world = World::new();
    let answer = world.get("/check_session").await;
    assert_eq!(answer.status, 200);
    let policy = answer.headers["content-security-policy"].to_str().unwrap();
    let script = answer.body.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    let hash = STANDARD.encode(Sha256::digest(script));
    assert!(policy.contains(&format!("script-src 'sha256-{hash}'")) && !policy.contains("frame-ancestors"), "{policy}");
    assert!(!answer.headers.contains_key("x-frame-options"));
    assert!(!answer.headers.contains_key("set-cookie"));
    assert!(!answer.body.contains(&world.server.issuer), "it is the same for everybody");
}
