//! A policy folder that does not compile when a server starts.

use super::operator::Operator;
use crate::reload::folder::write_policy;
use crate::world::relying_party::request;
use crate::world::server::{free_port, program};
use crate::world::{RelyingParty, Server};
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Longest wait for what a server does by itself. How long it should take is no test's business.
const PATIENCE: Duration = Duration::from_secs(60);
const FOLDER: &str = "GATEWRIGHT__POLICY__DIRECTORY";

async fn ready(server: &Server) -> Value {
    let answer = request(Method::GET, &server.at("/health/ready"), None, None).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.json()
}

fn breaks(folder: &Path) {
    let script = std::fs::read_to_string(folder.join("token.rhai")).unwrap();
    std::fs::write(folder.join("token.rhai"), script.replace("keep().claim(", "keep().clam(")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_starts_on_what_is_live_and_says_that_its_folder_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("policy");
    write_policy(&folder, 0);
    let environment = [(FOLDER, folder.to_str().unwrap())];
    let mut operator = Operator::alone_with(directory.path(), &environment);
    let live = ready(&operator.servers[0]).await["policy"].clone();
    breaks(&folder);
    for _ in 0..2 {
        operator.starts_again(&environment);
        let server = &operator.servers[0];
        let told = ready(server).await;
        assert_eq!(told["policy"], live);
        assert!(told["policy_folder_refused"].is_string() && told["policy_folder_refused"] != live, "{told}");
        let log = server.log();
        assert!(log.contains("the policy folder is refused, and what was live goes on"), "{log}");
        assert!(log.contains("token.rhai:4:12: ") && log.contains("did you mean `claim`?"), "{log}");
        RelyingParty::demo(server).tokens().await;
    }
    let status = operator.policy(&["status"]);
    assert!(status.done && status.out.contains("\nrefused ") && status.out.contains("policy check DIR"), "{status:?}");
    let refused = operator.policy(&["status", "--json"]).json()["folder_refused"].clone();
    assert_eq!(refused["digest"], ready(&operator.servers[0]).await["policy_folder_refused"]);
    assert!(refused["why"].as_str().unwrap().contains("token.rhai:4:12"), "{refused}");
    let history = operator.policy(&["history"]).out;
    assert_eq!(
        history.matches("refused").count(),
        1,
        "a start says it anew only when the folder is another: {history}"
    );

    write_policy(&folder, 1);
    let begin = Instant::now();
    while ready(&operator.servers[0]).await["policy"] == live {
        assert!(begin.elapsed() < PATIENCE, "{}", operator.servers[0].log());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(ready(&operator.servers[0]).await.get("policy_folder_refused"), None);
    assert_eq!(operator.policy(&["status", "--json"]).json()["folder_refused"], Value::Null);
}

#[test]
fn a_server_with_nothing_live_does_not_start_on_a_broken_folder() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("policy");
    write_policy(&folder, 0);
    breaks(&folder);
    let listen = format!("127.0.0.1:{}", free_port());
    let data = directory.path().join("data");
    let output = Command::new(program())
        .args(["quickstart", "--listen", &listen, "--data", data.to_str().unwrap()])
        .env(FOLDER, &folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("token.rhai:4:12"), "{told}");
}
