//! Request objects nobody should send (OpenID Connect Core 6.1, RFC 9101 10): forged, confused about their algorithm, or at
//! an address inside.

use super::ask::{Ask, Parameters};
use super::forgery::forgeries;
use super::table::{Expect, Surface, case};
use crate::world::server::free_port;
use crate::world::signature::ClientKey;
use crate::world::{RelyingParty, Server};
use serde_json::json;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const CALLBACK: &str = "https://client.example/cb";

fn good(client: &RelyingParty) -> Parameters {
    Parameters::of(&[
        ("client_id", &client.client_id),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "openid"),
        ("state", "s1"),
    ])
}

#[tokio::test]
async fn what_is_forged_of_a_request_object_asks_for_nothing() {
    let server = Server::quickstart();
    let key = ClientKey::generate();
    let members = json!({ "redirect_uris": [CALLBACK], "jwks": key.jwks() });
    let client = RelyingParty::register(&server, members).await;
    let genuine = key.sign(&json!({ "state": "inside", "prompt": "login" }));
    let ask = |object: &str| Ask::get("/authorize", &good(&client).with("request", object));
    let mut table = vec![case("genuine", ask(&genuine), Expect::Own)];
    for (name, forged) in forgeries(&genuine, &key.jwks()) {
        // Of one that says it is not signed, that it is not taken.
        let none = name == "alg none";
        let error = if none { "request_not_supported" } else { "invalid_request_object" };
        // The client has one key, which a JWT need not name (RFC 7515 4.1.4): this one is by another.
        table.push(case(name, ask(&forged), Expect::Back(error)));
    }
    let under = |header: serde_json::Value| key.sign_under(&header, "{\"state\":\"inside\"}");
    for (name, header) in [
        ("crit", json!({ "alg": "ES256", "kid": "k1", "crit": ["exp"], "exp": 1 })),
        ("the type of an access token", json!({ "alg": "ES256", "kid": "k1", "typ": "at+jwt" })),
        ("the type of a proof", json!({ "alg": "ES256", "kid": "k1", "typ": "dpop+jwt" })),
        ("a kid that is a path", json!({ "alg": "ES256", "kid": "../../etc/passwd" })),
        ("a kid that is SQL", json!({ "alg": "ES256", "kid": "k1' OR '1'='1" })),
        (
            "keys elsewhere",
            json!({ "alg": "ES256", "kid": "k2", "jku": "http://169.254.169.254/", "x5u": "http://127.0.0.1/" }),
        ),
        ("RS256 of an elliptic key", json!({ "alg": "RS256", "kid": "k1" })),
        ("b64 false", json!({ "alg": "ES256", "kid": "k1", "b64": false, "crit": ["b64"] })),
    ] {
        table.push(case(name, ask(&under(header)), Expect::Back("invalid_request_object")));
    }
    Surface { server: &server, verified: vec![CALLBACK.into()] }.hold(&table);
}

/// Listens on loopback; counts who comes.
fn canary() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, visits) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = visits.clone();
    std::thread::spawn(move || {
        for _visit in listener.incoming().map_while(Result::ok) {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    (port, visits)
}

#[tokio::test]
async fn a_request_uri_never_makes_the_server_ask_inside() {
    let directory = tempfile::tempdir().unwrap();
    let setting = ("GATEWRIGHT__FETCH__ALLOW_PRIVATE_ADDRESSES", "false");
    let server = Server::quickstart_with(directory.path(), free_port(), &[setting]);
    let (port, visits) = canary();
    let registered: Vec<String> = [
        "https://127.0.0.1:PORT/r.jwt",
        "https://localhost:PORT/r.jwt",
        "http://127.0.0.1:PORT/r.jwt",
        "http://localhost:PORT/r.jwt",
        "https://[::1]:PORT/r.jwt",
        "https://2130706433:PORT/",
        "https://0x7f.1:PORT/",
        "https://0:PORT/",
        "https://[::ffff:127.0.0.1]:PORT/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
    ]
    .iter()
    .map(|uri| uri.replace("PORT", &port.to_string()))
    .collect();
    let members = json!({ "redirect_uris": [CALLBACK], "request_uris": registered });
    let client = RelyingParty::register(&server, members).await;
    let elsewhere = [format!("http://127.0.0.1:{port}/other"), format!("https://evil.example@127.0.0.1:{port}/r.jwt")];
    let table: Vec<_> = registered
        .iter()
        .chain(&elsewhere)
        .map(|uri| {
            let asked = Ask::get("/authorize", &good(&client).with("request_uri", uri));
            case(uri, asked, Expect::Back("invalid_request_uri"))
        })
        .collect();
    Surface { server: &server, verified: vec![CALLBACK.into()] }.hold(&table);
    assert_eq!(visits.load(Ordering::SeqCst), 0, "somebody inside was asked");
}
