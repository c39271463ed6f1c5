//! Scripts on pages of other origins, where the operator named the origins that may (Fetch Standard 3.2): no origin that
//! only looks like one of them, and none for what reads cookies.

use super::ask::Ask;
use super::table::MARKUP;
use crate::world::Server;
use crate::world::server::free_port;

const ALLOWED: &str = "https://app.example.com";

#[test]
fn an_origin_that_was_not_named_reads_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::quickstart_with(directory.path(), free_port(), &[("GATEWRIGHT__CORS__ORIGINS", ALLOWED)]);
    for (origin, path, allowed) in [
        (ALLOWED, "/jwks", true),
        (ALLOWED, "/userinfo", true),
        (ALLOWED, "/par", true),
        (ALLOWED, "/authorize", false),
        (ALLOWED, "/end_session", false),
        (ALLOWED, "/sign-in/x", false),
        (ALLOWED, "/register", false),
        (ALLOWED, "/introspect", false),
        ("https://evil.example", "/jwks", false),
        ("https://app.example.com.evil.example", "/jwks", false),
        ("https://evil-app.example.com", "/jwks", false),
        ("https://app.example.com:8443", "/jwks", false),
        ("https://app.example.com/", "/jwks", false),
        ("http://app.example.com", "/jwks", false),
        ("null", "/jwks", false),
        ("*", "/jwks", false),
        ("", "/jwks", false),
        (MARKUP, "/jwks", false),
    ] {
        for method in ["GET", "POST", "OPTIONS"] {
            let asked = Ask::new(method, path).header("origin", origin).header("access-control-request-method", "POST");
            let reply = asked.send(&server).unwrap();
            let told = reply.header("access-control-allow-origin");
            // A request that no route takes is answered before its origin is looked at.
            let expected = (allowed && reply.status != 405).then_some(ALLOWED);
            assert_eq!(told, expected, "{method} {path} from {origin}");
            assert_eq!(reply.header("access-control-allow-credentials"), None, "{method} {path} from {origin}");
        }
    }
}
