//! Discovery, keys, health, metrics, assets and what is at no address: methods, paths and queries nobody should send
//! (RFC 8414 3, RFC 9110 9 and 15.5).

use super::ask::Ask;
use super::table::{Expect, MARKUP, Surface, case};
use crate::world::Server;
use serde_json::json;

const DOCUMENTS: [&str; 6] = [
    "/.well-known/openid-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-protected-resource",
    "/jwks",
    "/health/live",
    "/health/ready",
];

#[test]
fn a_document_is_read_and_nothing_else() {
    let server = Server::quickstart();
    let mut table = Vec::new();
    for path in DOCUMENTS {
        for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "get"] {
            table.push(case(&format!("{method} {path}"), Ask::new(method, path), Expect::Page(405)));
        }
        table.push(case(&format!("HEAD {path}"), Ask::new("HEAD", path), Expect::Empty(200)));
        for query in ["?", "?x=1&x=2", "?%ff=%00", "?%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E"] {
            table.push(case(&format!("{path}{query}"), Ask::new("GET", &format!("{path}{query}")), Expect::Json(200)));
        }
        let asked = Ask::new("GET", path).body("application/json", json!({ "keys": [] }).to_string());
        table.push(case(&format!("{path} with a body"), asked, Expect::Json(200)));
        table.push(case(
            &format!("{path} with a large one"),
            Ask::new("GET", path).bare_body("x".repeat(70_000)),
            Expect::Page(413),
        ));
    }
    for method in ["POST", "PUT", "DELETE"] {
        table.push(case(&format!("{method} /metrics"), Ask::new(method, "/metrics"), Expect::Page(405)));
    }
    Surface::of(&server).hold(&table);
}

#[test]
fn an_address_that_is_none_is_told_so() {
    let server = Server::quickstart();
    let mut table = Vec::new();
    for path in [
        "/",
        "//",
        "//evil.example/",
        "/authorize/",
        "/authorize/x",
        "/AUTHORIZE",
        "/authorize;x=1",
        "/authoriz%65",
        "/authorize%00",
        "/token/../jwks",
        "/./jwks",
        "/jwks/",
        "/register/",
        "/register/a/b",
        "/sign-in/",
        "/sign-in",
        "/sign-in/a/b",
        "/consent/",
        "/assets/",
        "/assets/../master.key",
        "/assets/..%2f..%2fmaster.key",
        "/assets/%2e%2e/master.key",
        "/assets/..\\master.key",
        "/assets/icon.svg",
        "/assets/gatewright.css%00",
        "/jans-auth/restv1",
        "/jans-auth/restv1/",
        "/jans-auth/restv1/jans-auth/restv1/jwks",
        "/jans-auth/restv1/../../etc/passwd",
        "/.well-known/",
        "/.well-known/webfinger?resource=acct:alice@example.com",
        "/.env",
        "/%ff%fe",
        "/%22%27%3E%3Cscript%3Ealert(1)%3C/script%3E",
        "*",
        "http://evil.example/",
    ] {
        table.push(case(path, Ask::new("GET", path), Expect::Page(404)));
    }
    Surface::of(&server).hold(&table);
}

#[test]
fn what_a_request_says_of_itself_changes_no_document() {
    let server = Server::quickstart();
    let mut table = Vec::new();
    for (name, value) in [
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-for", "203.0.113.1"),
        ("forwarded", "host=evil.example;proto=https"),
        ("x-original-url", "/metrics"),
        ("x-rewrite-url", "/metrics"),
        ("x-http-method-override", "DELETE"),
        ("accept", "text/html"),
        ("accept-language", MARKUP),
        ("accept-encoding", "gzip;q=1e400"),
        ("range", "bytes=0-1"),
        ("if-none-match", "*"),
        ("origin", MARKUP),
        ("upgrade", "h2c"),
    ] {
        for path in ["/.well-known/openid-configuration", "/jwks"] {
            table.push(case(
                &format!("{name} at {path}"),
                Ask::new("GET", path).header(name, value),
                Expect::Json(200),
            ));
        }
    }
    let surface = Surface::of(&server);
    surface.hold(&table);
    let document = Ask::new("GET", "/.well-known/openid-configuration")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https");
    let document: serde_json::Value = serde_json::from_str(&document.send(&server).unwrap().body).unwrap();
    assert_eq!(document["issuer"], server.issuer);
    assert_eq!(document["token_endpoint"], server.at("/token"));
}
