//! `/authorize` (RFC 6749 3.1 and 4.1.2.1, OpenID Connect Core 3.1.2.6, RFC 7636 4.4.1, RFC 9700 2.1): what is answered on
//! a page because nobody verified where it could go, and what goes back to the client.

use super::ask::{Ask, Parameters};
use super::table::{Case, Expect, LINE, MARKUP, Surface, case};
use crate::world::{RelyingParty, Server};
use serde_json::json;

const CALLBACK: &str = "https://client.example/cb";
/// A cookie that is nobody's: a post with it is read as it is, and not turned into a GET.
const STRANGE_COOKIE: &str = "gatewright_browser=nobody; gatewright_session=nobody";

/// A request with nothing wrong in it.
fn good(client: &RelyingParty) -> Parameters {
    Parameters::of(&[
        ("client_id", &client.client_id),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s1"),
    ])
}

/// Both ways a request may arrive.
fn both(name: &str, parameters: &Parameters, expect: Expect) -> [Case; 2] {
    let posted = Ask::post("/authorize", parameters).cookies(STRANGE_COOKIE);
    [
        case(&format!("GET {name}"), Ask::get("/authorize", parameters), expect),
        case(&format!("POST {name}"), posted, expect),
    ]
}

#[tokio::test]
async fn without_a_verified_redirect_uri_the_error_is_a_page() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "redirect_uris": [CALLBACK] })).await;
    let good = good(&client);
    let long = "x".repeat(9_000);
    let mut table = Vec::new();
    for (name, parameters) in [
        ("nothing at all", Parameters::default()),
        ("client_id missing", good.without("client_id")),
        ("client_id empty", good.with("client_id", "")),
        ("client_id twice", good.and("client_id", &client.client_id)),
        ("client_id of nobody", good.with("client_id", "nobody")),
        ("client_id with markup", good.with("client_id", MARKUP)),
        ("client_id with NUL", good.with("client_id", "demo\0")),
        ("client_id not UTF-8", good.with_raw("client_id", "%ff%fe")),
        ("client_id oversized", good.with("client_id", &long)),
        ("redirect_uri missing", good.without("redirect_uri")),
        ("redirect_uri empty", good.with("redirect_uri", "")),
        ("redirect_uri twice", good.and("redirect_uri", CALLBACK)),
        ("redirect_uri and another", good.and("redirect_uri", "https://evil.example/cb")),
        ("redirect_uri oversized", good.with("redirect_uri", &format!("{CALLBACK}?{long}"))),
        ("redirect_uri not UTF-8", good.with_raw("redirect_uri", "https://client.example/cb%ff")),
        ("more parameters than are taken", (0..200).fold(good.clone(), |all, n| all.and(&format!("p{n}"), "x"))),
        ("a parameter's name oversized", good.and(&long[..100], "x")),
        ("a parameter not UTF-8", good.with_raw("x", "%c3%28")),
    ] {
        table.extend(both(name, &parameters, Expect::Page(400)));
    }
    for other in [
        "https://evil.example/cb",
        "https://client.example.evil.example/cb",
        "https://client.example@evil.example/cb",
        "https://evil.example\\@client.example/cb",
        "https://client.example/cb/",
        "https://client.example/cb/../evil",
        "https://client.example/%63b",
        "https://client.example/cb?x=1",
        "https://client.example/cb#x",
        "https://client.example:8443/cb",
        "https://CLIENT.example/cb",
        "http://client.example/cb",
        "//client.example/cb",
        "/cb",
        " https://client.example/cb",
        "https://client.example/cb\0",
        "https://client.example/cb\r\nx-injected: 1",
        "https://client.example/cb\"'><script>alert(1)</script>",
        "javascript:alert(1)//https://client.example/cb",
        "data:text/html,<script>alert(1)</script>",
    ] {
        table.extend(both(&format!("redirect_uri {other:?}"), &good.with("redirect_uri", other), Expect::Page(400)));
    }
    Surface { server: &server, verified: Vec::new() }.hold(&table);
}

#[test]
fn of_a_loopback_address_the_port_is_free_and_nothing_else() {
    let server = Server::quickstart();
    // The demonstration client registered http://127.0.0.1/callback and http://localhost/cb.
    let at = |uri: &str| {
        Parameters::of(&[("client_id", "demo"), ("redirect_uri", uri), ("response_type", "code"), ("scope", "openid")])
    };
    let mut table = Vec::new();
    for uri in [
        "http://127.0.0.1:/callback",
        "http://127.0.0.1:+80/callback",
        "http://127.0.0.1:65536/callback",
        "http://127.0.0.1:80@evil.example/callback",
        "http://127.0.0.1:80%40evil.example/callback",
        "http://127.0.0.1:80\\@evil.example/callback",
        "http://127.0.0.1.evil.example/callback",
        "http://127.0.0.1:80.evil.example/callback",
        "http://127.0.0.1:٨٠/callback",
        "http://127.0.0.1/callback/",
        "http://127.0.0.1:80/callback?x=1",
        "http://127.0.0.1:80/callback#x",
        "http://127.0.0.2/callback",
        "http://127.1/callback",
        "http://2130706433/callback",
        "http://[::1]/callback",
        "https://127.0.0.1/callback",
        "http://localhost:8080/cb",
        "http://127.0.0.1:8080/cb",
    ] {
        table.extend(both(uri, &at(uri), Expect::Page(400)));
    }
    for uri in ["http://127.0.0.1/callback", "http://127.0.0.1:53123/callback", "http://localhost/cb"] {
        table.extend(both(uri, &at(uri), Expect::Own));
    }
    Surface::of(&server).hold(&table);
}

/// What is asked for, and what comes back with it.
fn wrong_words(good: &Parameters) -> Vec<(&'static str, Parameters, &'static str)> {
    let (long, invalid) = ("x".repeat(9_000), "invalid_request");
    vec![
        ("response_type missing", good.without("response_type"), invalid),
        ("response_type twice", good.and("response_type", "code"), invalid),
        ("response_type unknown", good.with("response_type", "token"), "unsupported_response_type"),
        ("response_type with token", good.with("response_type", "code token"), "unsupported_response_type"),
        ("response_type in capitals", good.with("response_type", "CODE"), "unsupported_response_type"),
        ("response_type with markup", good.with("response_type", MARKUP), "unsupported_response_type"),
        (
            "response_type not registered",
            good.with("response_type", "code id_token").and("nonce", "n"),
            "unauthorized_client",
        ),
        (
            "response_type switched off",
            good.with("response_type", "id_token").and("nonce", "n"),
            "unsupported_response_type",
        ),
        ("response_mode in capitals", good.with("response_mode", "JWT"), invalid),
        ("claims_locales twice", good.and("claims_locales", "de").and("claims_locales", "fr"), invalid),
        ("id_token without nonce", good.with("response_type", "id_token"), invalid),
        (
            "id_token in a query",
            good.with("response_type", "id_token").and("nonce", "n").and("response_mode", "query"),
            invalid,
        ),
        ("response_mode unknown", good.with("response_mode", "smoke"), invalid),
        ("response_mode twice", good.with("response_mode", "query").and("response_mode", "query"), invalid),
        ("scope with quotes", good.with("scope", "openid \"x\""), "invalid_scope"),
        ("scope with NUL", good.with("scope", "openid\0"), "invalid_scope"),
        ("scope with line ends", good.with("scope", LINE), "invalid_scope"),
        ("scope oversized", good.with("scope", &long), "invalid_scope"),
        ("scope twice", good.and("scope", "openid"), invalid),
        ("scope unknown alone", good.with("scope", "unheard-of"), "invalid_scope"),
        ("scope empty", good.with("scope", ""), "invalid_scope"),
        ("state twice", good.and("state", "s2"), invalid),
        ("state with line ends", good.with("state", LINE), invalid),
        ("state with NUL", good.with("state", "\0"), invalid),
        ("state oversized", good.with("state", &long), invalid),
        ("nonce with line ends", good.with("nonce", LINE), invalid),
        ("nonce oversized", good.with("nonce", &long), invalid),
        ("nonce twice", good.with("nonce", "a").and("nonce", "b"), invalid),
    ]
}

/// How the end-user is to be met, the proof key, and what is not offered here.
fn wrong_conditions(good: &Parameters) -> Vec<(&'static str, Parameters, &'static str)> {
    let (long, invalid, challenge) =
        ("x".repeat(9_000), "invalid_request", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    let deep = "[".repeat(2_000);
    vec![
        ("code_challenge alone means plain", good.with("code_challenge", challenge), invalid),
        (
            "code_challenge_method plain",
            good.with("code_challenge", challenge).with("code_challenge_method", "plain"),
            invalid,
        ),
        (
            "code_challenge_method in small letters",
            good.with("code_challenge", challenge).with("code_challenge_method", "s256"),
            invalid,
        ),
        ("code_challenge_method alone", good.with("code_challenge_method", "S256"), invalid),
        ("code_challenge too short", good.with("code_challenge", "x").with("code_challenge_method", "S256"), invalid),
        (
            "code_challenge with padding",
            good.with("code_challenge", &format!("{challenge}=")).with("code_challenge_method", "S256"),
            invalid,
        ),
        (
            "code_challenge twice",
            good.with("code_challenge", challenge)
                .and("code_challenge", challenge)
                .with("code_challenge_method", "S256"),
            invalid,
        ),
        ("prompt none with another", good.with("prompt", "none login"), invalid),
        ("prompt none and nobody there", good.with("prompt", "none"), "login_required"),
        ("prompt twice", good.with("prompt", "login").and("prompt", "none"), invalid),
        ("max_age below nought", good.with("max_age", "-1"), invalid),
        ("max_age no number", good.with("max_age", "soon"), invalid),
        ("max_age in other digits", good.with("max_age", "١٢"), invalid),
        ("claims no JSON", good.with("claims", "{"), invalid),
        ("claims no object", good.with("claims", "[]"), invalid),
        ("claims deep", good.with("claims", &deep), invalid),
        ("claims oversized", good.with("claims", &format!("{{\"id_token\":{{\"{long}\":null}}}}")), invalid),
        ("claims of the wrong type", good.with("claims", "{\"id_token\":5}"), invalid),
        (
            "a claim of the wrong type",
            good.with("claims", "{\"id_token\":{\"email\":{\"essential\":\"yes\"}}}"),
            invalid,
        ),
        ("acr_values oversized", good.with("acr_values", &long), invalid),
        ("acr_values with line ends", good.with("acr_values", "pwd\r\nx"), invalid),
        (
            "acr_values more than are taken",
            good.with("acr_values", &(0..40).map(|n| format!("a{n} ")).collect::<String>()),
            invalid,
        ),
        ("login_hint with line ends", good.with("login_hint", LINE), invalid),
        ("login_hint oversized", good.with("login_hint", &long), invalid),
        ("request", good.with("request", "a.b.c"), "invalid_request_object"),
        ("request_uri inside", good.with("request_uri", "http://169.254.169.254/"), "invalid_request_uri"),
        ("request and request_uri", good.with("request", "a.b.c").with("request_uri", "urn:x"), invalid),
        ("request twice", good.and("request", "a.b.c").and("request", "a.b.c"), invalid),
        ("request oversized", good.with("request", &format!("a.{long}{long}{long}.c")), "invalid_request_object"),
        ("request_uri of the wrong kind", good.with("request_uri", "javascript:alert(1)"), "invalid_request_uri"),
        ("request_uri with line ends", good.with("request_uri", LINE), "invalid_request_uri"),
        ("registration", good.with("registration", "{}"), "registration_not_supported"),
    ]
}

#[tokio::test]
async fn with_a_verified_redirect_uri_the_error_goes_back_to_the_client() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "redirect_uris": [CALLBACK] })).await;
    let good = good(&client);
    let mut table = Vec::new();
    for (name, parameters, error) in wrong_words(&good).into_iter().chain(wrong_conditions(&good)) {
        table.extend(both(name, &parameters, Expect::Back(error)));
    }
    Surface { server: &server, verified: vec![CALLBACK.into()] }.hold(&table);
}

#[tokio::test]
async fn what_is_strange_but_no_error_leads_to_our_own_pages() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "redirect_uris": [CALLBACK] })).await;
    let good = good(&client);
    let mut table = Vec::new();
    for (name, parameters) in [
        ("login_hint with markup", good.with("login_hint", MARKUP)),
        ("state with markup", good.with("state", MARKUP)),
        ("ui_locales with markup", good.with("ui_locales", &format!("de {MARKUP} ../../etc/passwd"))),
        ("display with markup", good.with("display", MARKUP)),
        ("unknown parameters", good.and("x", "1").and("x", "2").and(MARKUP, MARKUP)),
        ("unknown scope values beside", good.with("scope", "openid unheard-of <script>alert(1)</script>")),
        ("max_age beyond all numbers", good.with("max_age", &"9".repeat(40))),
        ("a percent sign that escapes nothing", good.with_raw("state", "100%")),
        ("unknown acr", good.with("acr_values", "urn:unheard-of")),
    ] {
        table.extend(both(name, &parameters, Expect::Own));
    }
    Surface { server: &server, verified: vec![CALLBACK.into()] }.hold(&table);
}

#[tokio::test]
async fn a_public_client_must_use_pkce_and_errors_travel_in_every_mode() {
    let server = Server::quickstart();
    let members = json!({ "redirect_uris": [CALLBACK], "token_endpoint_auth_method": "none" });
    let client = RelyingParty::register(&server, members).await;
    let good = good(&client);
    let in_form = good.with("response_mode", "form_post").with("state", MARKUP);
    let mut table = Vec::new();
    table.extend(both("no code_challenge", &good, Expect::Back("invalid_request")));
    table.extend(both("in a fragment", &good.with("response_mode", "fragment"), Expect::Back("invalid_request")));
    table.extend(both("in a posted form", &in_form, Expect::Page(200)));
    Surface { server: &server, verified: vec![CALLBACK.into()] }.hold(&table);
}

#[test]
fn a_posted_request_must_be_a_form_and_other_methods_are_none() {
    let server = Server::quickstart();
    let body = "client_id=demo&response_type=code";
    let post = || Ask::new("POST", "/authorize").cookies(STRANGE_COOKIE);
    let mut table = vec![
        case("no body", post(), Expect::Page(400)),
        case("no content type", post().bare_body(body), Expect::Page(400)),
        case("plain text", post().body("text/plain", body), Expect::Page(400)),
        case("JSON", post().body("application/json", "{\"client_id\":\"demo\"}"), Expect::Problem(400)),
        case("several parts", post().body("multipart/form-data; boundary=x", "--x--"), Expect::Page(400)),
        case("markup as content type", post().body(MARKUP, body), Expect::Page(400)),
        case(
            "compressed",
            post().body(super::ask::FORM, [0x1f, 0x8b, 8, 0]).header("content-encoding", "gzip"),
            Expect::Page(400),
        ),
        case(
            "parameters beside the form",
            Ask::new("POST", "/authorize?client_id=demo").cookies(STRANGE_COOKIE),
            Expect::Page(400),
        ),
        case(
            "a form that posts itself elsewhere",
            Ask::new("POST", "/authorize").body(super::ask::FORM, "//evil.example"),
            Expect::Own,
        ),
    ];
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "MADE-UP", "get"] {
        table.push(case(method, Ask::new(method, "/authorize?client_id=demo"), Expect::Page(405)));
    }
    Surface::of(&server).hold(&table);
}
