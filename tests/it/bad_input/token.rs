//! `/token` by grant (RFC 6749 4.1.3, 4.4.2, 5.2 and 6; RFC 7636 4.6): malformed, repeated and oversized parameters, and
//! codes and refresh tokens that are not the caller's to redeem.

use super::ask::{Ask, FORM, Parameters};
use super::table::{Case, Expect, LINE, MARKUP, Surface, case};
use crate::world::relying_party::pkce;
use crate::world::{RelyingParty, Server};
use serde_json::json;

const INVALID: Expect = Expect::Refused(400, "invalid_request");
const GRANT: Expect = Expect::Refused(400, "invalid_grant");
const SCOPE: Expect = Expect::Refused(400, "invalid_scope");

/// A row of the demonstration client, authenticated as it should be.
fn by_demo(name: &str, form: &Parameters, expect: Expect) -> Case {
    case(name, Ask::post("/token", form).basic("demo", "demo-secret"), expect)
}

#[test]
fn a_request_that_is_no_form_or_names_no_grant_is_refused() {
    let server = Server::quickstart();
    let ask = || Ask::new("POST", "/token").basic("demo", "demo-secret");
    let good = Parameters::of(&[("grant_type", "client_credentials")]);
    let long = "x".repeat(60_000);
    let mut table = vec![
        case("no body", ask(), INVALID),
        case("no content type", ask().bare_body(good.text()), INVALID),
        case("JSON", ask().body("application/json", "{\"grant_type\":\"client_credentials\"}"), INVALID),
        case("plain text", ask().body("text/plain", good.text()), INVALID),
        case("several parts", ask().body("multipart/form-data; boundary=x", "--x--"), INVALID),
        case("two content types", ask().header("content-type", "text/plain").body(FORM, good.text()), INVALID),
        case("compressed", ask().body(FORM, [0x1f, 0x8b, 8, 0]).header("content-encoding", "gzip"), INVALID),
        case(
            "in the query",
            Ask::new("POST", "/token?grant_type=client_credentials").basic("demo", "demo-secret").body(FORM, ""),
            INVALID,
        ),
        case("not UTF-8", ask().body(FORM, "grant_type=%ff"), INVALID),
        case(
            "in UTF-16",
            ask().body("application/x-www-form-urlencoded; charset=utf-16", [0xff, 0xfe, 0x67, 0]),
            INVALID,
        ),
        case(
            "a charset said",
            ask().body("Application/X-WWW-Form-Urlencoded ; charset=UTF-8", good.text()),
            Expect::Json(200),
        ),
        by_demo("no grant_type", &Parameters::default(), INVALID),
        by_demo("grant_type empty", &good.with("grant_type", ""), INVALID),
        by_demo("grant_type twice", &good.and("grant_type", "client_credentials"), INVALID),
        by_demo(
            "more parameters than are taken",
            &(0..200).fold(good.clone(), |all, n| all.and(&format!("p{n}"), "x")),
            INVALID,
        ),
        by_demo("a parameter's name oversized", &good.and(&long[..100], "x"), INVALID),
        by_demo("an unknown parameter, and large", &good.and("x", &long), Expect::Json(200)),
        by_demo("a body over the limit", &good.and("x", &long.repeat(2)), Expect::Page(413)),
    ];
    for unknown in [
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:device_code",
        "CLIENT_CREDENTIALS",
        MARKUP,
        LINE,
        "\0",
    ] {
        table.push(by_demo(unknown, &good.with("grant_type", unknown), Expect::Refused(400, "unsupported_grant_type")));
    }
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "MADE-UP"] {
        let expect = if method == "HEAD" { Expect::Empty(405) } else { Expect::Page(405) };
        table.push(case(
            method,
            Ask::new(method, "/token?grant_type=client_credentials").basic("demo", "demo-secret"),
            expect,
        ));
    }
    Surface::of(&server).hold(&table);
}

#[test]
fn client_credentials_are_refused_a_scope_that_is_none() {
    let server = Server::quickstart();
    let good = Parameters::of(&[("grant_type", "client_credentials")]);
    let mut table = vec![by_demo("scope twice", &good.and("scope", "a").and("scope", "b"), INVALID)];
    for scope in [
        "a\"b",
        "a\\b",
        "a\0",
        LINE,
        "ü",
        &"x".repeat(9_000),
        &"a ".repeat(3_000),
        &(0..99).map(|n| format!("s{n} ")).collect::<String>(),
    ] {
        table.push(by_demo(&scope.chars().take(9).collect::<String>(), &good.with("scope", scope), SCOPE));
    }
    Surface::of(&server).hold(&table);
}

#[tokio::test]
async fn a_code_is_redeemed_by_its_client_with_its_redirect_uri_and_verifier_and_by_nobody_else() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let other = RelyingParty::register(&server, json!({})).await;
    let (verifier, challenge) = pkce();
    let code = client.code(&[("code_challenge", &challenge), ("code_challenge_method", "S256")]).await;
    let plain = client.code(&[]).await;
    let good = Parameters::of(&[
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", &client.redirect_uri),
        ("code_verifier", &verifier),
    ]);
    let upper = verifier.to_uppercase();
    let by_other = Ask::post("/token", &good).basic(&other.client_id, other.client_secret.as_ref().unwrap());
    Surface::of(&server).hold(&[
        by_demo("code missing", &good.without("code"), INVALID),
        by_demo("code empty", &good.with("code", ""), INVALID),
        by_demo("code twice", &good.and("code", &code), INVALID),
        by_demo("code made up", &good.with("code", "made-up"), GRANT),
        by_demo("code with one letter more", &good.with("code", &format!("{code}x")), GRANT),
        by_demo("code with a space", &good.with("code", &format!("{code} ")), GRANT),
        by_demo("code with NUL", &good.with("code", &format!("{code}\0")), GRANT),
        by_demo("code with markup", &good.with("code", MARKUP), GRANT),
        by_demo("code with line ends", &good.with("code", LINE), GRANT),
        by_demo("code oversized", &good.with("code", &"x".repeat(9_000)), GRANT),
        by_demo("code not UTF-8", &good.with_raw("code", "%80"), INVALID),
        by_demo("redirect_uri missing", &good.without("redirect_uri"), INVALID),
        by_demo("redirect_uri twice", &good.and("redirect_uri", &client.redirect_uri), INVALID),
        by_demo("redirect_uri another", &good.with("redirect_uri", "http://localhost/cb"), GRANT),
        by_demo("redirect_uri with markup", &good.with("redirect_uri", MARKUP), GRANT),
        by_demo("code_verifier missing", &good.without("code_verifier"), GRANT),
        by_demo("code_verifier twice", &good.and("code_verifier", &verifier), INVALID),
        by_demo("code_verifier another", &good.with("code_verifier", &upper), GRANT),
        by_demo("code_verifier is the challenge", &good.with("code_verifier", &challenge), GRANT),
        by_demo("code_verifier too short", &good.with("code_verifier", "x"), GRANT),
        by_demo("code_verifier too long", &good.with("code_verifier", &"x".repeat(129)), GRANT),
        by_demo("code_verifier with markup", &good.with("code_verifier", &MARKUP.repeat(3)), GRANT),
        by_demo("code_verifier unasked for", &good.with("code", &plain), GRANT),
        case("another client", by_other, GRANT),
        // None of these used the code up.
        by_demo("as it should be", &good, Expect::Json(200)),
        by_demo("once more", &good, GRANT),
    ]);
}

#[tokio::test]
async fn a_refresh_token_is_used_by_its_client_for_what_was_granted() {
    let server = Server::quickstart();
    let client = RelyingParty::demo(&server);
    let other = RelyingParty::register(&server, json!({})).await;
    let tokens = client.tokens().await;
    let text = |name: &str| tokens[name].as_str().unwrap();
    let good = Parameters::of(&[("grant_type", "refresh_token"), ("refresh_token", text("refresh_token"))]);
    let by_other = Ask::post("/token", &good).basic(&other.client_id, other.client_secret.as_ref().unwrap());
    Surface::of(&server).hold(&[
        by_demo("refresh_token missing", &good.without("refresh_token"), INVALID),
        by_demo("refresh_token twice", &good.and("refresh_token", "x"), INVALID),
        by_demo("refresh_token made up", &good.with("refresh_token", "made-up"), GRANT),
        by_demo("an access token instead", &good.with("refresh_token", text("access_token")), GRANT),
        by_demo("an ID token instead", &good.with("refresh_token", text("id_token")), GRANT),
        by_demo("refresh_token with NUL", &good.with("refresh_token", "x\0"), GRANT),
        by_demo("refresh_token with markup", &good.with("refresh_token", MARKUP), GRANT),
        by_demo("refresh_token oversized", &good.with("refresh_token", &"x".repeat(9_000)), GRANT),
        by_demo("more scope than was granted", &good.with("scope", "openid phone"), SCOPE),
        by_demo("scope with markup", &good.with("scope", MARKUP), SCOPE),
        by_demo("scope twice", &good.and("scope", "openid").and("scope", "openid"), INVALID),
        case("another client", by_other, GRANT),
        // None of these used it up.
        by_demo("as it should be", &good, Expect::Json(200)),
    ]);
}

#[tokio::test]
async fn a_grant_that_the_client_has_not_registered_is_not_its_own() {
    let server = Server::quickstart();
    let client = RelyingParty::register(&server, json!({ "grant_types": ["authorization_code"] })).await;
    let secret = client.client_secret.as_ref().unwrap();
    let ask = |form: &[(&str, &str)]| Ask::post("/token", &Parameters::of(form)).basic(&client.client_id, secret);
    let not_its_own = Expect::Refused(400, "unauthorized_client");
    Surface::of(&server).hold(&[
        case("client_credentials", ask(&[("grant_type", "client_credentials")]), not_its_own),
        case("refresh_token", ask(&[("grant_type", "refresh_token"), ("refresh_token", "x")]), not_its_own),
    ]);
}
