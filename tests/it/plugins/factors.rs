//! The plugins that ask for factors, in a running server: an authenticator app, a code by mail, another provider.

use super::projects::compiled_plugins;
use super::server_with;
use super::workspace::component;
use crate::factors::totp::App;
use crate::factors::{claims, is_through, typed};
use crate::world::server::{free_port, program};
use crate::world::{Answer, Browser, RelyingParty, Server};
use gatewright_testing::smtp::{Says, SmtpServer};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

pub const PASSWORD: [(&str, &str); 2] = [("username", "alice"), ("password", "wonderland")];

pub const TOTP: &str = r#"
[[authenticate]]
acr    = "otp"
level  = 20
factor = "totp"
enrol  = true
run    = "totp.wasm"
lend   = { users = true, totp = true, recovery = true, log = true, factors = "app" }
limit  = { time_ms = 1000 }
"#;

pub const PASSKEY: &str = r#"
[[authenticate]]
acr    = "passkey"
level  = 30
factor = "passkey"
enrol  = true
run    = "passkey.wasm"
lend   = { users = true, webauthn = true, log = true, factors = "key" }
limit  = { time_ms = 1000 }
"#;

const EMAIL_OTP: &str = r#"
[[authenticate]]
acr   = "email"
level = 20
run   = "email-otp.wasm"
lend  = { users = true, mail = true, log = true }
limit = { time_ms = 1000 }
"#;

const UPSTREAM: &str = r#"
[[authenticate]]
acr    = "corporate"
level  = 15
factor = "corporate_account"
enrol  = true
run    = "upstream-oidc.wasm"
lend   = { users = true, log = true, factors = "corporate_account", oidc = ["corporate"] }
limit  = { time_ms = 1000 }
"#;

/// A sign-in that asks for `acr`, up to its first page or its first step to another site.
pub async fn begun(browser: &Browser, client: &RelyingParty, acr: &str) -> Answer {
    browser.open(&client.authorization_url(&[("acr_values", acr), ("prompt", "login")])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_added_on_the_way_and_asked_for_from_then_on() {
    let Some(plugin) = component("totp") else { return };
    let directory = tempfile::tempdir().unwrap();
    let kept = compiled_plugins();
    let settings = [("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str())];
    let server = server_with(directory.path(), TOTP, &[("totp.wasm", plugin)], &settings);
    let client = RelyingParty::demo(&server);

    let browser = Browser::new();
    let shown = typed(&browser, &begun(&browser, &client, "otp").await, &PASSWORD).await;
    assert_eq!(shown.page().heading(), "Add an authenticator app", "{}", server.log());
    let app = App::of(&shown);
    let confirming = app.shows(0);
    let again = typed(&browser, &shown, &[("code", "000000"), ("label", "Phone")]).await;
    assert!(again.body.contains("not what the app should show"), "{}", again.body);
    let enrolled = typed(&browser, &again, &[("code", &confirming), ("label", "Phone")]).await;
    let said = claims(&client, &browser, &enrolled).await;
    assert_eq!((&said["acr"], &said["amr"]), (&json!("otp"), &json!(["pwd", "otp"])));

    let browser = Browser::new();
    let asked = typed(&browser, &begun(&browser, &client, "otp").await, &PASSWORD).await;
    assert_eq!(asked.page().heading(), "Enter the code");
    let refused = typed(&browser, &asked, &[("code", &confirming)]).await;
    assert!(refused.body.contains("was used already"), "the code that confirmed it: {}", refused.body);
    let through = typed(&browser, &refused, &[("code", &app.shows(1))]).await;
    assert_eq!(claims(&client, &browser, &through).await["amr"], json!(["pwd", "otp"]));
}

/// The page with an answer to its ceremony that no authenticator gave.
async fn signed_by_nothing(browser: &Browser, answer: &Answer, fields: &[(&str, &str)]) -> Answer {
    let mut page = answer.page();
    page.hidden.insert("key".into(), "{}".into());
    browser.submit(&page, fields, &page.main_button()).await
}

/// As far as a browser without an authenticator comes; `enrolled` goes on with one.
#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_passkey_is_led_by_the_password_to_making_one_and_not_past_it() {
    let Some(plugin) = component("passkey") else { return };
    let (directory, kept) = (tempfile::tempdir().unwrap(), compiled_plugins());
    let settings = [("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str())];
    let server = server_with(directory.path(), PASSKEY, &[("passkey.wasm", plugin)], &settings);
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let first = begun(&browser, &client, "passkey").await;
    assert!(first.page().has_field("key") && !first.page().has_field("password"), "{}\n{}", first.body, server.log());
    let forged = signed_by_nothing(&browser, &first, &[]).await;
    assert!(forged.body.contains("not known here"), "{}", forged.body);
    let asked = browser.submit(&forged.page(), &[], "password").await;
    let creating = typed(&browser, &asked, &PASSWORD).await;
    assert_eq!(creating.page().heading(), "Create a passkey");
    let again = signed_by_nothing(&browser, &creating, &[("label", "Laptop")]).await;
    assert!(!is_through(&again) && again.body.contains("No passkey was made"), "{}", again.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_code_that_was_mailed_is_a_second_factor() {
    let Some(plugin) = component("email-otp") else { return };
    let mail = SmtpServer::start(Says::default()).await;
    let (port, kept, directory) = (mail.port.to_string(), compiled_plugins(), tempfile::tempdir().unwrap());
    let settings = [
        ("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str()),
        ("GATEWRIGHT__MAIL__HOST", "127.0.0.1"),
        ("GATEWRIGHT__MAIL__PORT", port.as_str()),
        ("GATEWRIGHT__MAIL__TLS", "none"),
        ("GATEWRIGHT__MAIL__FROM", "Example <no-reply@example.com>"),
    ];
    let server = server_with(directory.path(), EMAIL_OTP, &[("email-otp.wasm", plugin)], &settings);
    let client = RelyingParty::demo(&server);
    let mailed = || {
        let letter = mail.letters().pop().expect("a message");
        assert_eq!(letter.to, ["alice@example.com"]);
        letter.text.split_once("Your code is ").unwrap_or_else(|| panic!("{}", letter.text)).1[..6].to_owned()
    };

    let browser = Browser::new();
    let asked = typed(&browser, &begun(&browser, &client, "email").await, &PASSWORD).await;
    assert!(asked.body.contains("We have sent it to a…@example.com."), "{}\n{}", asked.body, server.log());
    let first = mailed();
    let mut asked = browser.submit(&asked.page(), &[], "resend").await;
    let second = mailed();
    assert_eq!(mail.letters().len(), 2, "one for each time it was asked for, however often the plugin ran");
    if first != second {
        asked = typed(&browser, &asked, &[("code", &first)]).await;
        assert!(asked.body.contains("not the code that we sent"), "{}", asked.body);
    }
    let through = typed(&browser, &asked, &[("code", &second)]).await;
    let said = claims(&client, &browser, &through).await;
    assert_eq!((&said["acr"], &said["amr"]), (&json!("email"), &json!(["pwd", "otp"])));
    assert!(!server.log().contains(&second), "a code is in the log");
}

/// Adds a client of that redirect URI to the quickstart in `directory`.
fn add_client(directory: &Path, redirect_uri: &str) {
    let data = directory.join("data");
    let arguments = ["client", "add", "--id", "downstream", "--secret-file", "-", "--first-party"];
    let mut add = Command::new(program());
    add.args(arguments).args(["--redirect-uri", redirect_uri, "--data", data.to_str().unwrap()]);
    let mut child = add.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"downstream-secret-of-this-test\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Goes to the other provider, signs in there as bob, and comes back. The browser is another one there: both servers are
/// called `localhost`, and what tells their cookies apart in life is the name.
async fn by_way_of_the_provider(browser: &Browser, client: &RelyingParty) -> Answer {
    let leaving = begun(browser, client, "corporate").await;
    let (_, away) = leaving.body.split_once("content=\"0; url=").unwrap_or_else(|| panic!("no way: {}", leaving.body));
    let away = away.split_once('"').unwrap().0.replace("&amp;", "&");
    let back = Browser::new().sign_in(&away, "bob", "builder").await;
    browser.open(back.location().unwrap().as_str()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_at_another_provider_types_the_password_once() {
    let Some(plugin) = component("upstream-oidc") else { return };
    let (there, here) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let provider = Server::quickstart_in(there.path(), free_port());
    let port = free_port();
    add_client(there.path(), &format!("http://localhost:{port}/visit"));
    let kept = compiled_plugins();
    let folder = super::policy(here.path(), UPSTREAM, &[("upstream-oidc.wasm", plugin)]);
    let settings = [
        ("GATEWRIGHT__POLICY__DIRECTORY", folder.as_str()),
        ("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str()),
        ("GATEWRIGHT__OIDC__CORPORATE__ISSUER", provider.issuer.as_str()),
        ("GATEWRIGHT__OIDC__CORPORATE__CLIENT_ID", "downstream"),
        ("GATEWRIGHT__OIDC__CORPORATE__CLIENT_SECRET", "downstream-secret-of-this-test"),
        ("GATEWRIGHT__OIDC__CORPORATE__SCOPE", "openid email"),
        ("GATEWRIGHT__OIDC__CORPORATE__ALLOW_PRIVATE_ADDRESSES", "true"),
    ];
    let server = Server::quickstart_with(here.path(), port, &settings);
    let client = RelyingParty::demo(&server);

    let browser = Browser::new();
    let asked = by_way_of_the_provider(&browser, &client).await;
    assert!(asked.body.contains("to link it"), "{}\n{}", asked.body, server.log());
    let linked = typed(&browser, &asked, &PASSWORD).await;
    let first = claims(&client, &browser, &linked).await;
    assert_eq!((&first["acr"], &first["amr"]), (&json!("corporate"), &json!(["fed"])));

    let browser = Browser::new();
    let through = by_way_of_the_provider(&browser, &client).await;
    assert!(is_through(&through), "{}\n{}", through.body, server.log());
    let second = claims(&client, &browser, &through).await;
    assert_eq!((&second["sub"], &second["amr"]), (&first["sub"], &json!(["fed"])));
}
