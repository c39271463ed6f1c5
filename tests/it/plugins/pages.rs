//! A plugin that signs people in: it asks a page, and goes on past it when the answer comes, in another request and
//! even in another process.

use super::guest::signs_in;
use super::{server, wanting};
use crate::world::relying_party::response_of;
use crate::world::server::free_port;
use crate::world::{Browser, RelyingParty, Server, jwt};

const BINDING: &str = r#"
[[authenticate]]
name = "plugin"
acr = "plugin"
level = 20
amr = ["pwd"]
run = "signs_in.wasm"
lend = ["users"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_asks_for_a_password_and_signs_in_by_it() {
    let directory = tempfile::tempdir().unwrap();
    let server = server(directory.path(), BINDING, &[("signs_in.wasm", wanting("[\"users\"]", signs_in()))]);
    let client = RelyingParty::demo(&server);
    let url = client.authorization_url(&[("acr_values", "plugin")]);
    let refused = response_of(&Browser::new().sign_in(&url, "alice", "not hers").await);
    assert_eq!((refused["error"].as_str(), refused["error_description"].as_str()), ("access_denied", "wrong"));
    let tokens = client.redeem(&client.code(&[("acr_values", "plugin")]).await).await.json();
    let claims = jwt::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((claims["acr"].as_str(), claims["amr"].to_string()), (Some("plugin"), "[\"pwd\"]".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_plugin_is_answered_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let port = free_port();
    let folder = super::policy(directory.path(), BINDING, &[("signs_in.wasm", wanting("[\"users\"]", signs_in()))]);
    let environment = [("GATEWRIGHT__POLICY__DIRECTORY", folder.as_str())];
    let mut first = Server::quickstart_with(directory.path(), port, &environment);
    let client = RelyingParty::demo(&first);
    let browser = Browser::new();
    let page = browser.open(&client.authorization_url(&[("acr_values", "plugin")])).await.page();
    assert!(page.has_field("username") && page.has_field("password"), "{}", page.html);
    first.kill();
    let _second = Server::quickstart_with(directory.path(), port, &environment);
    let answer = browser.submit(&page, &[("username", "alice"), ("password", "wonderland")], "continue").await;
    let consent = answer.page();
    assert!(consent.form_id == "authorizeForm" && consent.html.contains("alice"), "{}", consent.html);
    let answer = browser.submit(&consent, &[], "allow").await;
    assert!(response_of(&answer).contains_key("code"), "{}", answer.body);
}
