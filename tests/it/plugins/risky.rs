//! A sign-in that looks risky is made stronger by an approval on a telephone: two of the plugins that we ship.

use super::projects::compiled_plugins;
use super::server_with;
use super::workspace::{APPROVALS_PORT, component};
use crate::factors::{claims, typed};
use crate::world::{Browser, RelyingParty};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

/// The service: whoever is asked approves. What it was sent: the first line and the body.
fn approvals() -> Option<Receiver<(String, String)>> {
    let listener = TcpListener::bind(("127.0.0.1", APPROVALS_PORT)).ok()?;
    let (send, sent) = channel();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let head: Vec<String> =
                reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            let length =
                head.iter().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body).unwrap();
            let (status, said) = match head[0].starts_with("POST ") {
                true => ("201 Created", r#"{"id":"q1"}"#),
                false => ("200 OK", r#"{"state":"approved"}"#),
            };
            let length = said.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{said}"
            );
            let heard = (head[0].clone(), String::from_utf8(body).unwrap());
            // A test that has ended listens no more.
            if stream.write_all(answer.as_bytes()).is_err() || send.send(heard).is_err() {
                return;
            }
        }
    });
    Some(sent)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_risky_sign_in_is_approved_on_the_telephone() {
    let (Some(risk), Some(push)) = (component("risk"), component("push-approval")) else { return };
    let Some(sent) = approvals() else {
        eprintln!("left out: push-approval: something listens on port {APPROVALS_PORT}, where its service is to be");
        return;
    };
    let bindings = format!(
        "[[after_authentication]]\nrun = \"risk.wasm\"\nlend = [\"kv\", \"log\", \"network\"]\nlimit = {{ time_ms = 1000 }}\n\
         [[select_acr]]\nrun = \"risk.wasm\"\nlend = [\"kv\", \"log\", \"network\"]\nlimit = {{ time_ms = 1000 }}\n\
         [[authenticate]]\nacr = \"push\"\nlevel = 20\nrun = \"push-approval.wasm\"\nlimit = {{ time_ms = 1000 }}\n\
         [authenticate.lend]\nusers = true\nkv = true\nlog = true\nhttp = [\"http://127.0.0.1:{APPROVALS_PORT}\"]\n\
         secrets = [\"push_approval_key\"]\n"
    );
    let (directory, kept) = (tempfile::tempdir().unwrap(), compiled_plugins());
    let settings =
        [("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str()), ("GATEWRIGHT__SECRETS__PUSH_APPROVAL_KEY", "s3cret")];
    let files = [("risk.wasm", risk), ("push-approval.wasm", push)];
    let server = server_with(directory.path(), &bindings, &files, &settings);
    let client = RelyingParty::demo(&server);

    // A browser that does not say what it is: once the password has told who it is, that is a risk.
    let browser = Browser::new();
    let first = browser.open(&client.authorization_url(&[])).await;
    assert!(first.page().has_field("password"), "{}", first.body);
    let waiting = typed(&browser, &first, &[("username", "alice"), ("password", "wonderland")]).await;
    assert_eq!(waiting.page().heading(), "Approve on your telephone", "{}", server.log());
    let (line, asked) = sent.recv().unwrap();
    let asked: serde_json::Value = serde_json::from_str(&asked).unwrap();
    assert!(line.starts_with("POST /approvals ") && waiting.body.contains(&format!("number {}.", asked["number"])));

    let approved = typed(&browser, &waiting, &[]).await;
    let said = claims(&client, &browser, &approved).await;
    assert_eq!((&said["acr"], &said["amr"]), (&json!("push"), &json!(["pwd", "mfa"])));
    assert!(sent.recv().unwrap().0.starts_with("GET /approvals/q1 "));
    assert!(sent.try_recv().is_err(), "the telephone was asked once, however often the plugin ran");
    assert!(server.log().contains("needs a stronger sign-in"), "{}", server.log());
    assert!(!server.log().contains("s3cret"));
}
