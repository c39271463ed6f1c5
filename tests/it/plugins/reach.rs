//! What a plugin reaches: the hosts that it was lent and its own values, however it tries for others (OWASP on
//! server-side request forgery).

use super::server;
use super::template::{done, has_target, plugin};
use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty, Server};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const MANIFEST: &str = r#"
name = "probe"
version = "1.0.0"
description = "Does as it is told"
hooks = ["authenticate"]
capabilities = ["http", "kv"]
"#;

/// The plugin, built; none where there is no Rust for plugins.
fn probe(directory: &Path) -> Option<Vec<u8>> {
    if !has_target() {
        eprintln!("left out: what a plugin reaches: Rust for plugins is not installed on this machine");
        return None;
    }
    done(&plugin(&["new", "probe"], directory));
    let project = directory.join("probe");
    std::fs::write(project.join("plugin.toml"), MANIFEST).unwrap();
    std::fs::write(project.join("src/lib.rs"), include_str!("probe.rs")).unwrap();
    std::fs::remove_file(project.join("src/tests.rs")).unwrap();
    done(&plugin(&["build"], &project));
    Some(std::fs::read(project.join("probe.wasm")).unwrap())
}

/// Two bindings of the same plugin, each lent this origin.
fn bindings(origin: &str) -> String {
    let binding = |name: &str, level: u32| {
        format!(
            "[[authenticate]]\nname = \"{name}\"\nacr = \"{name}\"\nlevel = {level}\nrun = \"probe.wasm\"\n\
             lend = {{ kv = true, http = [\"{origin}\"] }}\n"
        )
    };
    binding("one", 30) + &binding("two", 40)
}

/// A listener that answers every request so, and how many came.
async fn listener(answer: &'static str) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (port, came) = (listener.local_addr().unwrap().port(), Arc::new(AtomicUsize::new(0)));
    let counted = came.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let read = stream.read(&mut [0; 4096]).await;
                if read.is_ok() && !answer.is_empty() {
                    stream.write_all(answer.as_bytes()).await.unwrap_or_default();
                } else {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
            });
        }
    });
    (port, came)
}

/// What the plugin says when it is told to do that.
async fn told(server: &Server, acr: &str, what: &str, at: &str) -> String {
    let client = RelyingParty::demo(server);
    let browser = Browser::new();
    let page = browser.open(&client.authorization_url(&[("acr_values", acr)])).await.page();
    let answer = browser.submit(&page, &[("action_word", what), ("at", at)], "continue").await;
    let response = response_of(&answer);
    response.get("error_description").cloned().unwrap_or_else(|| panic!("{response:?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_reaches_the_hosts_it_was_lent_and_its_own_values_alone() {
    let directory = tempfile::tempdir().unwrap();
    let Some(component) = probe(directory.path()) else { return };
    let (canary, touched) = listener("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n").await;
    let redirect = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:{canary}/\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    let (lent, asked) = listener(redirect.leak()).await;
    let bindings = bindings(&format!("http://127.0.0.1:{lent}"));
    let server = server(directory.path(), &bindings, &[("probe.wasm", component)]);

    let said = told(&server, "one", "get", &format!("http://127.0.0.1:{lent}/")).await;
    assert_eq!(said, "status 302", "a redirect is answered, not followed");
    assert_eq!(asked.load(Ordering::SeqCst), 1);
    for host in [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "user@127.0.0.1",
    ] {
        let said = told(&server, "one", "get", &format!("http://{host}:{canary}/")).await;
        assert!(said.contains("NotLent") || said.contains("Invalid"), "{host}: {said}");
    }
    let lent_in_front = format!("http://127.0.0.1:{lent}@127.0.0.1:{canary}/");
    for url in [lent_in_front.as_str(), "file:///etc/passwd", "gopher://127.0.0.1/", "http://169.254.169.254/", "//"] {
        let said = told(&server, "one", "get", url).await;
        assert!(said.contains("NotLent") || said.contains("Invalid"), "{url}: {said}");
    }
    assert_eq!(touched.load(Ordering::SeqCst), 0, "nothing came to a host that was not lent");

    assert_eq!(told(&server, "one", "put", "secret").await, "Ok(())");
    assert_eq!(told(&server, "one", "read", "secret").await, "something");
    for key in ["secret", "../one/secret", "authenticate/one/secret"] {
        let said = told(&server, "two", "read", key).await;
        assert!(said == "nothing" || said.contains("Invalid"), "{key:?}: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_waits_for_a_host_keeps_nobody_else_waiting() {
    let directory = tempfile::tempdir().unwrap();
    let Some(component) = probe(directory.path()) else { return };
    let (silent, asked) = listener("").await;
    let bindings = bindings(&format!("http://127.0.0.1:{silent}"));
    let server = Arc::new(server(directory.path(), &bindings, &[("probe.wasm", component)]));
    let url = format!("http://127.0.0.1:{silent}/");
    let mut overtaken = false;
    // A machine may be so busy that the host calls end first: then it is tried again.
    for round in 1..=5 {
        let waiting: Vec<_> = (0..16)
            .map(|_| {
                let (server, url) = (server.clone(), url.clone());
                tokio::spawn(async move { told(&server, "one", "get", &url).await })
            })
            .collect();
        while asked.load(Ordering::SeqCst) < 16 * round && !waiting.iter().all(|waiting| waiting.is_finished()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        RelyingParty::demo(&server).tokens().await;
        overtaken = waiting.iter().all(|waiting| !waiting.is_finished());
        for waiting in waiting {
            let said = waiting.await.unwrap();
            assert!(said.contains("Unreachable"), "{said}");
        }
        if overtaken {
            break;
        }
    }
    assert!(overtaken, "a login waits for plugins that sleep in a host call");
}
