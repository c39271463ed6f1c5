//! `/end_session` (OpenID Connect RP-Initiated Logout 1.0, 2, 3 and 5): hints that are forged, addresses that are not
//! registered, confirmations that are made up. None of them leads away or ends the session.

use super::ask::{Ask, Parameters};
use super::forgery::forgeries;
use super::table::{Case, Expect, LINE, MARKUP, Surface, case};
use crate::world::relying_party::{request, response_of};
use crate::world::{Browser, RelyingParty, Server};
use reqwest::Method;
use serde_json::json;

const BYE: &str = "https://client.example/bye";

/// Both ways a request may arrive.
fn both(cookies: &str, name: &str, parameters: &Parameters, expect: Expect) -> [Case; 2] {
    [
        case(&format!("GET {name}"), Ask::get("/end_session", parameters).cookies(cookies), expect),
        case(&format!("POST {name}"), Ask::post("/end_session", parameters).cookies(cookies), expect),
    ]
}

#[tokio::test]
async fn nothing_made_up_signs_anybody_out_or_leads_away() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "post_logout_redirect_uris": [BYE] })).await;
    let browser = Browser::new();
    let tokens = client.redeem(&client.code_in(&browser, &[]).await).await.json();
    let cookies: Vec<String> = browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let cookies = cookies.join("; ");
    let hint = tokens["id_token"].as_str().unwrap();
    let good = Parameters::of(&[("post_logout_redirect_uri", BYE), ("state", "s1")]);
    let (asked, unreadable) = (Expect::Page(200), Expect::Page(400));
    let long = "x".repeat(20_000);
    let mut table = Vec::new();
    for (name, parameters, expect) in [
        ("nothing", Parameters::default(), asked),
        ("no hint", good.clone(), asked),
        ("a client alone", good.with("client_id", &client.client_id), asked),
        ("a client that is none", good.with("client_id", "nobody"), asked),
        ("an access token as hint", good.with("id_token_hint", tokens["access_token"].as_str().unwrap()), asked),
        ("a hint with markup", good.with("id_token_hint", MARKUP), asked),
        ("another address", good.with("post_logout_redirect_uri", "https://evil.example/"), asked),
        ("another address with markup", good.with("post_logout_redirect_uri", MARKUP), asked),
        ("another address with line ends", good.with("post_logout_redirect_uri", LINE), asked),
        ("an address that runs", good.with("post_logout_redirect_uri", "javascript:alert(1)"), asked),
        ("a confirmation made up", good.and("step", "made-up"), asked),
        ("a confirmation with markup", good.and("step", MARKUP), asked),
        ("ui_locales with markup", good.with("ui_locales", MARKUP), asked),
        ("state with markup", good.with("state", MARKUP), asked),
        ("logout_hint with markup", good.with("logout_hint", MARKUP), asked),
        ("the hint of another client", good.with("id_token_hint", hint).with("client_id", "demo"), unreadable),
        ("hint twice", good.and("id_token_hint", hint).and("id_token_hint", hint), unreadable),
        ("address twice", good.and("post_logout_redirect_uri", BYE), unreadable),
        ("state twice", good.and("state", "s2"), unreadable),
        ("client twice", good.and("client_id", "demo").and("client_id", "demo"), unreadable),
        ("confirmation twice", good.and("step", "a").and("step", "b"), unreadable),
        ("state with line ends", good.with("state", LINE), unreadable),
        ("client with markup", good.with("client_id", MARKUP), asked),
        ("hint with NUL", good.with("id_token_hint", "\0"), unreadable),
        ("hint oversized", good.with("id_token_hint", &long), unreadable),
        ("not UTF-8", good.with_raw("state", "%ff"), unreadable),
    ] {
        table.extend(both(&cookies, name, &parameters, expect));
    }
    let jwks = request(Method::GET, &server.at("/jwks"), None, None).await.json();
    for (name, forged) in forgeries(hint, &jwks) {
        let expect = if name == "oversized" { unreadable } else { asked };
        table.extend(both(&cookies, &format!("a forged hint: {name}"), &good.with("id_token_hint", &forged), expect));
    }
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE"] {
        table.push(case(method, Ask::new(method, "/end_session").cookies(&cookies), Expect::Page(405)));
    }
    table.push(case(
        "JSON",
        Ask::json("/end_session", &json!({ "id_token_hint": hint })).cookies(&cookies),
        unreadable,
    ));
    table.push(case("a step beside the form", Ask::new("POST", "/end_session?step=x").cookies(&cookies), unreadable));
    Surface::of(&server).hold(&table);
    let silent = browser.open(&client.authorization_url(&[("prompt", "none")])).await;
    assert!(response_of(&silent).contains_key("code"), "the session was ended");
}
