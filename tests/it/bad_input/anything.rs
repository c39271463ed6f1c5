//! Requests drawn at random from what each endpoint knows, right and wrong values mixed, so that they come far: whatever
//! is asked, and of whom, what holds for every answer holds.

use super::ask::{Ask, FORM, Parameters};
use super::table::{LINE, MARKUP, Surface};
use crate::world::server::free_port;
use crate::world::{Browser, RelyingParty, Server, postgres};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use std::cell::Cell;

/// How many requests are drawn for each of the two properties.
const CASES: u32 = 256;
const PATHS: [&str; 17] = [
    "/authorize",
    "/authorize",
    "/authorize",
    "/token",
    "/token",
    "/userinfo",
    "/par",
    "/par",
    "/introspect",
    "/revoke",
    "/end_session",
    "/visit",
    "/sign-in/x",
    "/register",
    "/register/demo",
    "/demo/callback",
    "/jans-auth/restv1/authorize",
];
const HOSTILE: [&str; 12] = [
    "",
    "\0",
    MARKUP,
    LINE,
    "https://evil.example/cb",
    "javascript:alert(1)",
    "//evil.example",
    "none",
    "-1",
    "{\"userinfo\":{\"x\":[[]]}}",
    "openid openid  offline_access",
    "🦀\u{202e}",
];

/// Every parameter there is, with a value that is right somewhere.
fn right_values(client: &RelyingParty, tokens: &Value) -> Vec<(&'static str, String)> {
    let text = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let fixed = [
        ("client_id", client.client_id.as_str()),
        ("redirect_uri", &client.redirect_uri),
        ("response_type", "code"),
        ("response_type", "code id_token"),
        ("response_mode", "form_post"),
        ("response_mode", "fragment"),
        ("scope", "openid profile"),
        ("state", "s1"),
        ("nonce", "n1"),
        ("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        ("code_challenge_method", "S256"),
        ("prompt", "consent"),
        ("prompt", "none"),
        ("max_age", "0"),
        ("ui_locales", "de en"),
        ("login_hint", "alice"),
        ("acr_values", "pwd"),
        ("claims", "{\"id_token\":{\"acr\":{\"essential\":true,\"values\":[\"pwd\"]}}}"),
        ("request", "a.b.c"),
        ("request", "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6InMxIn0."),
        ("request_uri", "urn:ietf:params:oauth:request_uri:made-up"),
        ("grant_type", "authorization_code"),
        ("grant_type", "refresh_token"),
        ("grant_type", "client_credentials"),
        ("code", "made-up"),
        ("code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
        ("client_secret", "demo-secret"),
        ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
        ("token_type_hint", "refresh_token"),
        ("post_logout_redirect_uri", &client.redirect_uri),
        ("action", "allow"),
        ("step", "made-up"),
        ("error", "access_denied"),
    ];
    let issued = [
        ("id_token_hint", text("id_token")),
        ("refresh_token", text("refresh_token")),
        ("token", text("access_token")),
        ("access_token", text("access_token")),
        ("client_assertion", text("id_token")),
    ];
    fixed.into_iter().map(|(name, value)| (name, value.to_owned())).chain(issued).collect()
}

/// A parameter: its right value most often.
fn parameter(right: Vec<(&'static str, String)>) -> impl Strategy<Value = (String, String)> {
    let wrong = prop_oneof![select(HOSTILE.to_vec()).prop_map(str::to_owned), "\\PC{0,12}", Just("x".repeat(3_000))];
    (select(right), wrong, 0..10u8)
        .prop_map(|((name, right), wrong, luck)| (name.to_owned(), if luck < 8 { right } else { wrong }))
}

/// Sends what is drawn and holds what comes; answers how far the requests came.
fn hold(surface: &Surface<'_>, asks: impl Strategy<Value = Ask>) -> (u32, u32) {
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&asks, |ask| {
        let reply = ask.send(surface.server);
        prop_assert!(reply.is_some(), "no answer");
        let reply = reply.unwrap();
        let wrong = surface.everywhere(&reply);
        prop_assert!(wrong.is_empty(), "{:?} {} {:?}", wrong, reply.status, reply.headers);
        let count = if reply.status < 400 { &accepted } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    outcome.unwrap();
    surface.unharmed();
    (accepted.get(), refused.get())
}

#[tokio::test]
async fn whatever_parameters_come_together_what_holds_for_every_answer_holds() {
    hold_parameters(&Server::quickstart()).await;
}

#[tokio::test]
async fn whatever_parameters_come_together_what_holds_for_every_answer_holds_on_postgresql() {
    let Some(url) = postgres::schema_or_say("anything") else { return };
    let directory = tempfile::tempdir().unwrap();
    let database = [("GATEWRIGHT__DATABASE__URL", url.as_str())];
    hold_parameters(&Server::quickstart_with(directory.path(), free_port(), &database)).await;
}

async fn hold_parameters(server: &Server) {
    let client = RelyingParty::demo(server);
    let browser = Browser::new();
    let tokens = client.redeem(&client.code_in(&browser, &[]).await).await.json();
    let cookies =
        browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    // An authorization request that only lacks what is drawn beside it; at other endpoints it is merely more.
    let whole = Parameters::of(&[
        ("client_id", &client.client_id),
        ("redirect_uri", &client.redirect_uri),
        ("response_type", "code"),
        ("scope", "openid"),
    ]);
    let drawn = vec(parameter(right_values(&client, &tokens)), 0..8);
    let asks = (select(PATHS.to_vec()), drawn, any::<[bool; 4]>()).prop_map(
        move |(path, drawn, [posted, begun, authenticated, known])| {
            let begin = if begun { whole.clone() } else { Parameters::default() };
            let parameters = drawn.iter().fold(begin, |all, (name, value)| all.with(name, value));
            let ask = if posted { Ask::post(path, &parameters) } else { Ask::get(path, &parameters) };
            let ask = if authenticated { ask.basic("demo", "demo-secret") } else { ask };
            if known { ask.cookies(&cookies) } else { ask }
        },
    );
    let verified = vec![client.redirect_uri.clone()];
    let (accepted, refused) = hold(&Surface { server, verified }, asks);
    assert!(
        accepted > CASES / 20 && refused > CASES / 20,
        "{accepted} accepted, {refused} refused: the draw is one-sided"
    );
}

#[test]
fn whatever_is_registered_what_holds_for_every_answer_holds() {
    let server = Server::quickstart();
    let right = [
        ("redirect_uris", json!(["https://client.example/cb"])),
        ("response_types", json!(["code"])),
        ("grant_types", json!(["authorization_code", "refresh_token"])),
        ("application_type", json!("web")),
        ("contacts", json!(["a@b.example"])),
        ("client_name", json!("A name")),
        ("client_name#de", json!("Ein Name")),
        ("logo_uri", json!("https://client.example/logo")),
        ("jwks", json!({ "keys": [] })),
        ("subject_type", json!("pairwise")),
        ("id_token_signed_response_alg", json!("ES256")),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("default_max_age", json!(60)),
        ("require_auth_time", json!(true)),
        ("default_acr_values", json!(["pwd"])),
        ("post_logout_redirect_uris", json!(["https://client.example/bye"])),
        ("scope", json!("openid email")),
        ("access_token_format", json!("opaque")),
        ("require_pkce", json!("false")),
    ];
    let wrong = [
        json!(null),
        json!(5),
        json!(-1.5),
        json!([]),
        json!({}),
        json!([[]]),
        json!(MARKUP),
        json!([MARKUP, LINE]),
        json!("\0"),
    ];
    let member = (select(right.to_vec()), select(wrong.to_vec()), 0..10u8)
        .prop_map(|((name, right), wrong, luck)| (name, if luck < 9 { right } else { wrong }));
    let asks = (vec(member, 0..8), 0..10u8).prop_map(|(members, luck)| {
        let mut document = json!({ "redirect_uris": ["https://client.example/cb"] });
        for (name, value) in members {
            document[name] = value;
        }
        let content_type = if luck == 0 { FORM } else { "application/json" };
        Ask::new("POST", "/register").body(content_type, document.to_string())
    });
    let (accepted, refused) = hold(&Surface::of(&server), asks);
    assert!(
        accepted > CASES / 20 && refused > CASES / 20,
        "{accepted} accepted, {refused} refused: the draw is one-sided"
    );
}
