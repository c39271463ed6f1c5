//! A bundle that is sent: as large as a bundle may be, whatever other requests may be, and read for those alone who may
//! send it.

use super::{HTTP, Operated, header, problem};
use crate::reload::folder::write_policy;
use crate::world::Answer;
use crate::world::wire::{Reply, say};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::json;

/// Larger than any other request may be: `limits.request_body_bytes` is 64 KiB.
const LARGE: usize = 300_000;
/// The largest bundle in its canonical bytes: 64 MiB in 1000 files of 256 bytes of path and 12 of lengths.
const LARGEST: usize = 20 + 1000 * (256 + 12) + 64 * 1024 * 1024;

async fn send(operated: &Operated, path: &str, content_type: &str, body: Vec<u8>) -> Answer {
    let request = HTTP.post(operated.at(path)).bearer_auth(&operated.token).header("content-type", content_type);
    let response = request.body(body).send().await.unwrap();
    let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
    Answer { url, status, headers, body: response.text().await.unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_larger_than_other_requests_is_pushed_and_fetched_again() {
    let operated = Operated::start();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("large");
    write_policy(&folder, 1);
    std::fs::write(folder.join("lib/large.rhai"), format!("// {}\n", "x".repeat(LARGE))).unwrap();
    let pushed = operated.remote(&["policy", "push", folder.to_str().unwrap(), "--json"], "").json();
    let digest = pushed["digest"].as_str().unwrap();
    let local = operated.command(&["policy", "push", folder.to_str().unwrap(), "--json"]).json();
    assert_eq!(local["digest"], digest, "the same files are the same bundle, whichever way they come");

    let path = format!("/policies/{digest}/bundle");
    let fetched = HTTP.get(operated.at(&path)).bearer_auth(&operated.token).send().await.unwrap();
    assert_eq!(header(fetched.headers(), "content-type"), "application/octet-stream");
    let bytes = fetched.bytes().await.unwrap().to_vec();
    assert!(bytes.len() > LARGE && bytes.starts_with(b"gatewright bundle 1\n"));
    let again = send(&operated, "/policies?note=again", "application/octet-stream", bytes).await;
    assert_eq!((again.status.as_u16(), &again.json()["digest"]), (201, &json!(digest)), "{}", again.body);

    let other = json!({ "username": "x".repeat(LARGE) }).to_string().into_bytes();
    let refused = send(&operated, "/users", "application/json", other).await;
    assert_eq!(problem(&refused), (413, "too_large".into()), "other requests have the limit of all");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bundle_over_the_limit_or_from_a_stranger_is_refused_before_it_is_read() {
    let operated = Operated::start();
    let ask = |token: &str, path: &str, bytes: usize| {
        let request = format!(
            "POST /admin/api/v1{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\
             content-type: application/octet-stream\r\ncontent-length: {bytes}\r\n\r\n"
        );
        // Nothing of the body is sent: whoever waits for it does not answer.
        Reply::read(&say(&operated.server, request.as_bytes())).unwrap()
    };
    for path in ["/policies", "/policies/check"] {
        let over = ask(&operated.token, path, LARGEST + 1);
        assert_eq!(over.status, 413, "{}", over.body);
        assert!(over.body.contains("policy_too_large") && over.body.contains("64 MiB"), "{}", over.body);
        let stranger = ask("nobody's", path, LARGEST);
        assert_eq!(stranger.status, 401, "{}", stranger.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_bundle_is_refused_with_what_it_should_be() {
    let operated = Operated::start();
    let file = |path: &str, length: u64, content: &[u8]| {
        let mut bytes = b"gatewright bundle 1\n".to_vec();
        bytes.extend((path.len() as u32).to_be_bytes());
        bytes.extend(path.as_bytes());
        bytes.extend(length.to_be_bytes());
        bytes.extend(content);
        bytes
    };
    let large = vec![b' '; 1024 * 1024 + 1];
    for (content_type, body, expected) in [
        ("application/octet-stream", Vec::new(), (400, "bad_request")),
        ("application/octet-stream", b"gatewright bundle 2\n".to_vec(), (400, "bad_request")),
        ("application/octet-stream", file("policy.toml", u64::MAX, b"x"), (400, "bad_request")),
        ("application/octet-stream", file("../x", 1, b"x"), (422, "policy_refused")),
        ("application/octet-stream", file("x.rhai", large.len() as u64, &large), (413, "policy_too_large")),
        ("application/zip", Vec::new(), (415, "wrong_type")),
    ] {
        for path in ["/policies", "/policies/check"] {
            let answer = send(&operated, path, content_type, body.clone()).await;
            assert_eq!(problem(&answer), (expected.0, expected.1.to_owned()), "{}", answer.body);
        }
    }
    for query in ["within_s=0", "within_s=soon", "within_s=3601", "note=two%0Alines"] {
        let answer =
            send(&operated, &format!("/policies?{query}"), "application/json", b"{\"files\":{}}".to_vec()).await;
        assert_eq!(problem(&answer), (400, "bad_request".into()), "{query}");
    }
    assert!(!operated.server.log().contains(" ERROR "), "{}", operated.server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_is_checked_as_the_command_line_checks_it_and_nothing_is_stored() {
    let operated = Operated::start();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("p");
    write_policy(&folder, 1);
    let manifest = std::fs::read_to_string(folder.join("policy.toml")).unwrap();
    let before = operated.get("/policies").await;
    for (manifest, fit) in [(manifest.clone(), true), (manifest.replacen("lend  =", "lned  =", 1), false)] {
        std::fs::write(folder.join("policy.toml"), &manifest).unwrap();
        let mut files = serde_json::Map::new();
        for path in ["policy.toml", "sign_in.rhai", "claims.rhai", "token.rhai", "lib/version.rhai"] {
            files.insert(path.to_owned(), STANDARD.encode(std::fs::read(folder.join(path)).unwrap()).into());
        }
        let checked = operated.ask(Method::POST, "/policies/check", Some(json!({ "files": files }))).await;
        let checked = checked.json();
        assert_eq!(checked["fit"], fit, "{checked}");
        let told = super::run(&["policy", "check", folder.to_str().unwrap(), "--json"], &[], "");
        let mut local: serde_json::Value = serde_json::from_str(&told.out).unwrap();
        local.as_object_mut().unwrap().remove("folder");
        assert_eq!(checked, local, "as the command says it");
    }
    assert_eq!(operated.get("/policies").await, before);
}
