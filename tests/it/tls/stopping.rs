//! SIGTERM while a request is being answered.

use super::served;
use crate::world::Browser;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

/// Longest wait for anything here.
const PATIENCE: Duration = Duration::from_secs(30);
const HEAD_BYTES_MAX: usize = 8_192;

/// A site that says when it was asked, and answers when it is told to.
struct SlowSite {
    origin: String,
    asked: Receiver<()>,
    answer: Sender<()>,
}

impl SlowSite {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let (tell, asked) = mpsc::channel();
        let (answer, told) = mpsc::channel();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let _ = stream.read(&mut [0; HEAD_BYTES_MAX]);
            tell.send(()).unwrap();
            told.recv_timeout(PATIENCE).unwrap();
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\nconnection: close\r\n\r\nslow");
        });
        Self { origin, asked, answer }
    }
}

/// A sign-in whose first page waits for the site.
fn write_policy(folder: &Path, site: &str) {
    std::fs::create_dir(folder).unwrap();
    let lend = format!("lend = {{ http = {{ origins = [\"{site}\"], private_addresses = true }} }}");
    let manifest = format!(
        "default_acr = \"slow\"\n[[authenticate]]\nacr = \"slow\"\nlevel = 1\namr = [\"x\"]\nrun = \"slow.rhai\"\n{lend}\n"
    );
    let script = format!(
        "fn authenticate(login) {{\n    let site = http::get(\"{site}/\", #{{ timeout_ms: 5000 }});\n    \
         ask(form(`The site said ${{site.body}}`));\n    fail(\"no\")\n}}\n"
    );
    std::fs::write(folder.join("policy.toml"), manifest).unwrap();
    std::fs::write(folder.join("slow.rhai"), script).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_in_flight_is_answered_after_sigterm_and_no_other_is_taken() {
    let directory = tempfile::tempdir().unwrap();
    let site = SlowSite::open();
    let policy = directory.path().join("policy");
    write_policy(&policy, &site.origin);
    let (mut server, certificate, port) = served(directory.path(), &format!("policy.directory = {policy:?}\n"));
    let client = certificate.client();
    let document = r#"{ "redirect_uris": ["https://client.example/cb"] }"#;
    let registered = client.post(server.at("/register")).header("content-type", "application/json").body(document);
    let registered: Value = serde_json::from_str(&registered.send().await.unwrap().text().await.unwrap()).unwrap();
    let id = registered["client_id"].as_str().unwrap();

    let url = server.at(&format!("/authorize?response_type=code&scope=openid&client_id={id}"));
    let waiting = tokio::spawn(async move {
        let browser = Browser::with(client);
        browser.send(reqwest::Method::GET, &format!("{url}&redirect_uri=https://client.example/cb"), None).await
    });
    let asked = site.asked;
    tokio::task::spawn_blocking(move || asked.recv_timeout(PATIENCE))
        .await
        .unwrap()
        .unwrap_or_else(|_| panic!("{}", server.log()));
    server.ask_to_stop();
    let refuses = move || TcpStream::connect(("127.0.0.1", port)).is_err();
    tokio::task::spawn_blocking(move || super::until(refuses, "it still takes connections")).await.unwrap();
    assert!(!waiting.is_finished());

    site.answer.send(()).unwrap();
    let answer = waiting.await.unwrap();
    // The way to the page: it is in the database, for whoever comes up next.
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.location().unwrap().path().starts_with("/sign-in/"), "{:?}", answer.location());
    let status = tokio::task::spawn_blocking(move || (server.ended(), server.log())).await.unwrap();
    assert!(status.0.success() && status.1.contains("stopped"), "{status:?}");
}
