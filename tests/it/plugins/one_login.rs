//! One login through both runtimes and every hook in turn: a script chooses its ACR, a plugin in Python is its second
//! factor, a script asks for consent, a plugin in JavaScript and one in Rust customise its token.

use super::policy;
use super::projects::{built, compiled_plugins};
use super::shipped::{self, GATEWAY_PORT, GROUP_ROLES, Gateway, SMS_OTP};
use super::template::{done, has_target, plugin};
use crate::world::relying_party::response_of;
use crate::world::server::free_port;
use crate::world::{Browser, RelyingParty, Server, jwt, postgres};
use std::path::Path;

/// What decides.
fn bindings() -> String {
    format!(
        r#"
[[select_acr]]
run = "choose.rhai"

[[authenticate]]
acr = "sms"
level = 30
run = "sms-otp.wasm"
limit = {{ time_ms = 1000 }}
lend = {{ users = true, kv = true, log = true, http = ["http://127.0.0.1:{GATEWAY_PORT}"], secrets = ["sms_gateway_key"] }}

[[consent]]
run = "consent.rhai"

[[customize_token]]
name = "roles"
run = "group-roles.wasm"
limit = {{ time_ms = 1000 }}
lend = ["log"]

[[customize_token]]
name = "stamp"
run = "stamp.wasm"
"#
    )
}

const CHOOSE: &str = r#"
fn select_acr(login) {
    if login.scope.contains("email") { use_acr("sms") } else { pass() }
}
"#;

const CONSENT: &str = r#"
fn consent(login) {
    let answer = ask(form("May the almanac read your address?").checkbox("email", "Yes, my address").action("go", "Go on"));
    if answer.email { grant(login.scope) } else { grant(login.scope.filter(|value| value != "email")) }
}
"#;

/// The plugin in Rust.
fn stamp(directory: &Path) -> Vec<u8> {
    done(&plugin(&["new", "stamp"], directory));
    let project = directory.join("stamp");
    let manifest = "name = \"stamp\"\nversion = \"1.0.0\"\nhooks = [\"customize_token\"]\n";
    std::fs::write(project.join("plugin.toml"), manifest).unwrap();
    std::fs::write(project.join("src/lib.rs"), include_str!("stamp.rs")).unwrap();
    std::fs::remove_file(project.join("src/tests.rs")).unwrap();
    done(&plugin(&["build"], &project));
    std::fs::read(project.join("stamp.wasm")).unwrap()
}

/// The login, begun at one node and its code redeemed at the other.
async fn goes_through(one: &Server, other: &Server, gateway: &Gateway) {
    let client = RelyingParty::demo(one).asking("openid email");
    let browser = Browser::new();
    let page = browser.open(&client.authorization_url(&[])).await.page();
    let page = browser.submit(&page, &[("username", "alice"), ("password", "wonderland")], "login").await.page();
    assert!(page.has_field("code"), "the script chose the second factor: {}\n{}", page.html, one.log());
    let code = gateway.code();
    let page = browser.submit(&page, &[("code", &code)], "continue").await.page();
    assert!(page.html.contains("May the almanac read your address?"), "{}\n{}", page.html, one.log());
    let answer = browser.submit(&page, &[("email", "true")], "go").await;
    let code = response_of(&answer)["code"].clone();
    let tokens = RelyingParty { issuer: other.reach.clone(), ..client }.redeem(&code).await.json();
    let claims = jwt::claims(tokens["id_token"].as_str().unwrap());
    let (acr, amr) = (claims["acr"].as_str(), claims["amr"].to_string());
    assert_eq!((acr, amr.as_str()), (Some("sms"), "[\"pwd\",\"sms\",\"otp\",\"mfa\"]"));
    assert_eq!(tokens["expires_in"], 120, "{tokens}\n{}", other.log());
    let access = jwt::claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(access["roles"].to_string(), "[\"edit:ors\"]", "what the plugin in JavaScript says");
    assert_eq!(access["stamp"], "sms [\"edit:ors\"]", "what the plugin in Rust makes of it");
    assert!(access["scope"].as_str().unwrap().split(' ').any(|value| value == "email"));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_login_goes_through_scripts_and_plugins_of_three_languages_on_both_databases() {
    if !has_target() {
        eprintln!("left out: one login through every runtime: Rust for plugins is not installed on this machine");
        return;
    }
    let (Some(roles), Some(sms)) = (built(GROUP_ROLES, shipped::group_roles), built(SMS_OTP, shipped::sms_otp)) else {
        return;
    };
    let Some(gateway) = shipped::gateway().await else { return };
    let directory = tempfile::tempdir().unwrap();
    let files = [
        ("choose.rhai", CHOOSE.as_bytes().to_vec()),
        ("consent.rhai", CONSENT.as_bytes().to_vec()),
        ("sms-otp.wasm", sms),
        ("group-roles.wasm", roles),
        ("stamp.wasm", stamp(directory.path())),
    ];
    let (folder, kept) = (policy(directory.path(), &bindings(), &files), compiled_plugins());
    let settings = [
        ("GATEWRIGHT__POLICY__DIRECTORY", folder.as_str()),
        ("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str()),
        ("GATEWRIGHT__SECRETS__SMS_GATEWAY_KEY", "s3cret"),
    ];
    let sqlite = Server::quickstart_with(directory.path(), free_port(), &settings);
    goes_through(&sqlite, &sqlite, &gateway).await;
    if let Some((one, other)) = postgres::two_nodes("one_login", directory.path(), &settings) {
        goes_through(&one, &other, &gateway).await;
    }
}
