//! `/demo`, the relying party that a quickstart brings along: responses nobody asked for, in another's name, or with texts that
//! would like to be markup (RFC 6749 10.12, RFC 9207 2.4).

use super::ask::{Ask, FORM, Parameters};
use super::table::{Expect, LINE, MARKUP, Surface, case};
use crate::world::{Browser, Server};
use reqwest::Method;
use url::Url;

const REFUSED: Expect = Expect::Page(400);

fn cookies_of(browser: &Browser) -> String {
    browser.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn a_response_is_taken_once_for_its_own_request_in_its_own_browser() {
    let server = Server::quickstart();
    let mut table = Vec::new();
    for (name, changes, is_own, expect) in [
        ("in another browser", vec![("code", "x")], false, REFUSED),
        ("no state", vec![("state", "")], true, REFUSED),
        ("another state", vec![("state", "made-up"), ("code", "x")], true, REFUSED),
        ("state with markup", vec![("state", MARKUP), ("code", "x")], true, REFUSED),
        ("another issuer", vec![("iss", "https://evil.example"), ("code", "x")], true, REFUSED),
        ("another issuer with markup", vec![("iss", MARKUP), ("code", "x")], true, REFUSED),
        ("no issuer", vec![("iss", ""), ("code", "x")], true, REFUSED),
        ("no code", vec![], true, REFUSED),
        ("a code made up", vec![("code", "made-up")], true, REFUSED),
        ("a code with markup", vec![("code", MARKUP)], true, REFUSED),
        ("a code with line ends", vec![("code", LINE)], true, REFUSED),
        ("an error with markup", vec![("error", MARKUP), ("error_description", MARKUP)], true, REFUSED),
        ("an error that is huge", vec![("error", "x"), ("error_description", MARKUP)], true, REFUSED),
        ("an error's page with markup", vec![("error", "x"), ("error_uri", "javascript:alert(1)")], true, REFUSED),
    ] {
        for method in ["GET", "POST"] {
            let browser = Browser::new();
            let begun = browser.send(Method::GET, &server.at("/demo/sign-in"), None).await;
            let request: Url = begun.location().unwrap();
            let state = request.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
            let good = Parameters::of(&[("state", &state), ("iss", &server.issuer)]);
            let parameters = changes.iter().fold(good, |all, (name, value)| all.with(name, value));
            let cookies = if is_own { cookies_of(&browser) } else { String::new() };
            let ask = match method {
                "GET" => Ask::get("/demo/callback", &parameters),
                _ => Ask::post("/demo/callback", &parameters),
            };
            table.push(case(&format!("{method} {name}"), ask.cookies(&cookies), expect));
        }
    }
    Surface::of(&server).hold(&table);
}

#[test]
fn its_other_pages_take_nothing_from_strangers() {
    let server = Server::quickstart();
    let get = |path: &str, query: &[(&str, &str)]| Ask::get(path, &Parameters::of(query));
    let long = "x".repeat(9_000);
    Surface::of(&server).hold(&[
        case("a state with markup", get("/demo", &[("state", MARKUP)]), Expect::Page(200)),
        case("a cookie made up", get("/demo", &[]).cookies("gatewright_demo=made-up"), Expect::Page(200)),
        case("not UTF-8", Ask::new("GET", "/demo?x=%ff"), REFUSED),
        case("scope with markup", get("/demo/sign-in", &[("more_scopes", MARKUP)]), REFUSED),
        case("scope with line ends", get("/demo/sign-in", &[("scope", LINE)]), REFUSED),
        case("acr_values oversized", get("/demo/sign-in", &[("acr_values", &long)]), REFUSED),
        case("prompt contradictory", get("/demo/sign-in", &[("prompt", "none login")]), REFUSED),
        case("prompt with markup", get("/demo/sign-in", &[("prompt", MARKUP)]), REFUSED),
        case("refreshing what is not there", Ask::new("POST", "/demo/refresh").body(FORM, "token=x"), REFUSED),
        case("refreshing with JSON", Ask::new("POST", "/demo/refresh").body("application/json", "{}"), REFUSED),
        case("signing out from elsewhere", Ask::new("POST", "/demo/sign-out").body(FORM, "token=x"), REFUSED),
        case("signing out by a link", Ask::new("GET", "/demo/sign-out"), Expect::Page(405)),
    ]);
}
