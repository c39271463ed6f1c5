//! The same over HTTP/2 (RFC 9113), whose implementation writes a verbose log of its own.

use super::{END_S_MAX, Secrets};
use crate::tls::certificate::shake_hands;
use crate::tls::http2::Http2;
use crate::tls::served;
use reqwest::Method;
use serde_json::json;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_over_http_2_leaves_nothing_secret_in_the_most_verbose_log() {
    let directory = tempfile::tempdir().unwrap();
    let (server, certificate, _) = served(directory.path(), "logging.level = \"trace\"\n");
    let mut http = Http2::connect(&server.issuer, &certificate).await;
    let mut secrets = Secrets::default();
    let redirect_uri = "https://client.example/cb";
    let document = json!({ "redirect_uris": [redirect_uri], "token_endpoint_auth_method": "client_secret_post" });
    let body = Some(("application/json", document.to_string()));
    let registered = http.ask(Method::POST, &server.at("/register"), body).await.json();
    secrets.add_answer(&registered);
    let text = |name: &str| registered[name].as_str().unwrap().to_owned();
    let (id, secret) = (text("client_id"), text("client_secret"));
    let state = "a-state-that-is-nobodys-business";
    let query = format!("response_type=code&scope=openid&client_id={id}&redirect_uri={redirect_uri}&state={state}");
    let arrived = http.sign_in(&server.at(&format!("/authorize?{query}"))).await;
    let code = arrived.query_pairs().find(|(name, _)| name == "code").unwrap().1.into_owned();
    for (what, secret) in [("the code", code.as_str()), ("the state", state), ("the password", "wonderland")] {
        secrets.add(what, secret);
    }
    for (name, cookie) in &http.cookies {
        secrets.add(name, cookie.split(';').next().unwrap());
    }
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", redirect_uri),
        ("client_id", &id),
        ("client_secret", &secret),
    ];
    let tokens = http.post(&server.at("/token"), &form).await.json();
    secrets.add_answer(&tokens);
    let access_token = tokens["access_token"].as_str().unwrap();
    http.post(&server.at("/userinfo"), &[("access_token", access_token)]).await;
    http.ask(Method::GET, &server.at(&format!("/userinfo?access_token={access_token}")), None).await;
    let log = server.log();
    assert!(log.contains("h2::"), "the protocol itself is not verbose:\n{log}");
    secrets.assert_unlogged(&log);
}

/// The frames of a request on a connection's first stream, whatever its path holds (RFC 9113 3.4, 4.1; RFC 7541 6).
fn request_frames(path: &str) -> Vec<u8> {
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
    };
    let (get, https) = (0x82, 0x87);
    let literal = |name: u8, value: &str| [&[name, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat();
    let fields = [vec![get, https], literal(1, "localhost"), literal(4, path)].concat();
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[]), frame(1, 5, 1, &fields)].concat()
}

#[test]
fn a_path_that_http_2_cannot_read_is_not_logged_either() {
    let directory = tempfile::tempdir().unwrap();
    let (server, certificate, port) = served(directory.path(), "logging.level = \"trace\"\n");
    let mut secrets = Secrets::default();
    let token = "a-token-in-a-path-that-is-none";
    secrets.add("a token", token);
    let mut connector = certificate.connector();
    connector.set_alpn_protos(b"\x02h2").unwrap();
    let mut stream = shake_hands(connector, port).unwrap();
    stream.write_all(&request_frames(&format!("/userinfo?access_token={token}&x=<\u{fc}>"))).unwrap();
    let answered = stream.read(&mut [0; 1024]).unwrap();
    assert!(answered > 0, "the server says nothing at all");
    let deadline = Instant::now() + Duration::from_secs(END_S_MAX);
    // The frame is logged as it arrives; the path would be right behind it.
    while !server.log().contains("Reset") {
        assert!(Instant::now() < deadline, "the request was not refused:\n{}", server.log());
        let _ = stream.read(&mut [0; 1024]);
    }
    secrets.assert_unlogged(&server.log());
}
