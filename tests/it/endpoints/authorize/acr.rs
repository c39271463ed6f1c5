//! `acr_values` (OpenID Connect Core 3.1.2.1), under a policy with two ACRs.

use crate::world::relying_party::response_of;
use crate::world::server::free_port;
use crate::world::{Browser, RelyingParty, Server, jwt};
use serde_json::Value;

/// The password on one page, or, as something stronger, on the second of two.
const POLICY: &str = r#"
name        = "two"
default_acr = "pwd"

[[authenticate]]
acr   = "pwd"
level = 10
amr   = ["pwd"]
run   = "authentication/password.rhai"
lend  = ["users"]

[[authenticate]]
acr   = "two_pages"
level = 20
amr   = ["pwd", "user"]
run   = "authentication/identifier_first.rhai"
lend  = ["users"]
"#;

async fn id_token(client: &RelyingParty, browser: &Browser, extra: &[(&str, &str)]) -> Value {
    let tokens = client.redeem(&client.code_in(browser, extra).await).await.json();
    jwt::claims(tokens["id_token"].as_str().unwrap())
}

#[tokio::test]
async fn the_acr_asked_for_is_the_one_that_is_reached() {
    let directory = tempfile::tempdir().unwrap();
    let policy = directory.path().join("policy");
    std::fs::create_dir(&policy).unwrap();
    std::fs::write(policy.join("policy.toml"), POLICY).unwrap();
    let environment = [("GATEWRIGHT__POLICY__DIRECTORY", policy.to_str().unwrap())];
    let server = Server::quickstart_with(directory.path(), free_port(), &environment);
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();

    assert_eq!(id_token(&client, &browser, &[]).await["acr"], "pwd");

    // The session is not strong enough for the other one.
    let stronger = [("acr_values", "two_pages")];
    let silent = [("acr_values", "two_pages"), ("prompt", "none")];
    assert_eq!(response_of(&browser.open(&client.authorization_url(&silent)).await)["error"], "login_required");
    let page = browser.open(&client.authorization_url(&stronger)).await.page();
    assert!(page.has_field("username") && !page.has_field("password"), "{}", page.html);
    let reached = id_token(&client, &browser, &stronger).await;
    assert_eq!((&reached["acr"], &reached["amr"]), (&"two_pages".into(), &serde_json::json!(["pwd", "user"])));

    // And now strong enough for either.
    for wish in ["pwd", "two_pages"] {
        let answer = browser.open(&client.authorization_url(&[("acr_values", wish), ("prompt", "none")])).await;
        assert!(response_of(&answer).contains_key("code"), "{wish}");
    }
}
