//! What end-users enrolled, in a running server, through the plugins that we ship: a passkey from its making to a sign-in with
//! it alone (W3C Web Authentication 7.1 and 7.2), by an app that speaks JSON; recovery codes in place of an app's.

use super::authenticator::Authenticator;
use super::factors::{PASSKEY, PASSWORD, TOTP, begun};
use super::projects::compiled_plugins;
use super::server_with;
use super::workspace::component;
use crate::factors::totp::App as AuthenticatorApp;
use crate::factors::{claims, is_through, typed};
use crate::native::{App, brought, field};
use crate::world::page::heading;
use crate::world::{Browser, RelyingParty, Server, jwt};
use serde_json::{Value, json};

/// A server whose policy is the binding of that shipped plugin beside the passwords. `None` where it cannot be built.
fn running(name: &str, binding: &str, directory: &tempfile::TempDir) -> Option<Server> {
    let plugin = component(name)?;
    let kept = compiled_plugins();
    let settings = [("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str())];
    Some(server_with(directory.path(), binding, &[(&format!("{name}.wasm"), plugin)], &settings))
}

/// What the page gives the authenticator, as a browser's script gets it.
fn options(page: &Value) -> Value {
    json!({ "publicKey": field(page, "key")["public_key"] })
}

/// The claims of the ID token at the end of an app's walk, which consents where it is asked.
async fn signed_in(client: &RelyingParty, app: &App, page: Value) -> Value {
    let end = if page["page"] == "consent" { app.goes_on(&page, &[("action", "allow")]).await } else { page };
    let tokens = client.redeem(&brought(&end)["code"]).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    jwt::claims(tokens.json()["id_token"].as_str().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passkey_is_made_on_the_way_and_signs_in_alone_from_then_on() {
    let directory = tempfile::tempdir().unwrap();
    let Some(server) = running("passkey", PASSKEY, &directory) else { return };
    let client = RelyingParty::demo(&server);
    let url = client.authorization_url(&[("acr_values", "passkey"), ("prompt", "login")]);
    let mut key = Authenticator::at(&server.issuer);

    let app = App::new();
    let first = app.reads(&url).await;
    assert_eq!(field(&first, "key")["kind"], "passkey_authentication", "{first}\n{}", server.log());
    let password = app.goes_on(&first, &[("action", "password")]).await;
    let creating = app.goes_on(&password, &PASSWORD).await;
    assert_eq!(
        (&creating["title"], &field(&creating, "key")["kind"]),
        (&json!("Create a passkey"), &json!("passkey_registration"))
    );
    let made = key.create(&options(&creating));
    let using = app.goes_on(&creating, &[("key", made.expose()), ("label", "Laptop")]).await;
    assert_eq!(using["title"], "Use your passkey", "{using}\n{}", server.log());
    let kept = app.answers(&using, &[("key", made.expose())]).await.json();
    assert!(kept["notice"].as_str().unwrap().contains("not a passkey of yours"), "what made it does not sign: {kept}");
    let signature = key.get(&options(&kept));
    let through = app.goes_on(&kept, &[("key", signature.expose())]).await;
    let enrolled = signed_in(&client, &app, through).await;
    assert_eq!((&enrolled["acr"], &enrolled["amr"]), (&json!("passkey"), &json!(["pwd", "pop", "user", "mfa"])));

    let app = App::new();
    let first = app.reads(&url).await;
    let replayed = app.goes_on(&first, &[("key", signature.expose())]).await;
    assert!(replayed["notice"].as_str().unwrap().contains("not known here"), "signed for another page: {replayed}");
    let elsewhere = Authenticator { origin: "https://evil.example".into(), ..key.clone() }.get(&options(&replayed));
    let phished = app.goes_on(&replayed, &[("key", elsewhere.expose())]).await;
    assert!(phished["notice"].as_str().unwrap().contains("not known here"), "signed for another site: {phished}");
    let through = app.goes_on(&phished, &[("key", key.get(&options(&phished)).expose())]).await;
    let alone = signed_in(&client, &app, through).await;
    assert_eq!((&alone["sub"], &alone["amr"]), (&enrolled["sub"], &json!(["pop", "user", "mfa"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_code_stands_in_for_the_app_once() {
    let directory = tempfile::tempdir().unwrap();
    let Some(server) = running("totp", TOTP, &directory) else { return };
    let client = RelyingParty::demo(&server);
    let browser = Browser::new();
    let adding = typed(&browser, &begun(&browser, &client, "otp").await, &PASSWORD).await;
    let shown = AuthenticatorApp::of(&adding).shows(0);
    let enrolled = typed(&browser, &adding, &[("code", &shown), ("label", "Phone")]).await;
    assert!(is_through(&enrolled), "{}\n{}", enrolled.body, server.log());

    let question = browser.open(&server.at("/account/recovery")).await;
    assert_eq!(heading(&question.body), "Recovery codes", "{}", question.body);
    let made = browser.submit(&question.page(), &[], "renew").await;
    let codes: Vec<&str> = made.body.split("<li><code>").skip(1).map(|rest| rest.split('<').next().unwrap()).collect();
    assert_eq!(codes.len(), 10, "{}", made.body);

    let asked = |browser: Browser| {
        let client = client.clone();
        async move {
            let asked = typed(&browser, &begun(&browser, &client, "otp").await, &PASSWORD).await;
            assert_eq!(heading(&asked.body), "Enter the code");
            let recovering = browser.submit(&asked.page(), &[], "recovery").await;
            assert_eq!(heading(&recovering.body), "Enter a recovery code", "{}", recovering.body);
            (browser, recovering)
        }
    };
    let (browser, recovering) = asked(Browser::new()).await;
    let through = typed(&browser, &recovering, &[("code", codes[0])]).await;
    let said = claims(&client, &browser, &through).await;
    assert_eq!((&said["acr"], &said["amr"]), (&json!("otp"), &json!(["pwd", "otp"])));

    let (browser, recovering) = asked(Browser::new()).await;
    let refused = typed(&browser, &recovering, &[("code", codes[0])]).await;
    assert!(refused.body.contains("was used already"), "a second time: {}", refused.body);
    let through = typed(&browser, &refused, &[("code", codes[1])]).await;
    assert!(is_through(&through), "{}", through.body);
    let home = browser.open(&server.at("/account")).await;
    assert!(home.body.contains("8 of 10 codes are left."), "{}", home.body);
    assert!(codes.iter().all(|code| !server.log().contains(code)), "a code is in the log");
}
