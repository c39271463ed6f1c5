//! `gatewright quickstart`.

use crate::process::{Server, run, run_with};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::path::Path;

fn body(answer: &str) -> Value {
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
    serde_json::from_str(body).unwrap()
}

fn users(data: &Path) -> Value {
    run(&["user", "list", "--json", "--data", data.to_str().unwrap()]).json()
}

#[test]
fn a_quickstart_says_what_to_open_and_type_and_answers() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let server = Server::quickstart(&data, &[]).unwrap();
    assert!(server.issuer.starts_with("http://localhost:"), "{}", server.issuer);
    let greeting = &server.greeting;
    for said in [&format!("{}/demo", server.issuer), "alice / wonderland", "bob / builder", "demo-secret", "curl -u"] {
        assert!(greeting.contains(said), "{said} is not in\n{greeting}");
    }
    assert!(greeting.lines().all(|line| line.chars().count() <= 120), "{greeting}");
    let discovery = body(&server.get("/.well-known/openid-configuration"));
    assert_eq!(discovery["issuer"], server.issuer.as_str());
    assert!(server.get("/demo").starts_with("HTTP/1.1 200"));
    let basic = STANDARD.encode("demo:demo-secret");
    let tokens = body(&server.post("/token", &basic, "grant_type=client_credentials"));
    assert!(tokens["access_token"].is_string(), "{tokens}");
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
}

#[test]
fn a_second_start_finds_its_data_and_fresh_forgets_it() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let first = Server::quickstart(&data, &[]).unwrap();
    assert!(first.greeting.contains("(new)"), "{}", first.greeting);
    let told = Server::quickstart(&data, &["--fresh"]).err().unwrap();
    assert!(told.contains("another quickstart is running"), "{told}");
    first.stop();
    run_with(&["user", "add", "carol", "--data", data.to_str().unwrap()], "correct horse\n").done();
    let before = users(&data);
    assert_eq!(before["users"].as_array().unwrap().len(), 3);

    let second = Server::quickstart(&data, &[]).unwrap();
    assert!(second.greeting.contains("(found again)"), "{}", second.greeting);
    assert_eq!(users(&data), before);
    // Another start has another port, and the demonstration's redirect URI follows.
    let demo = run(&["client", "show", "demo", "--data", data.to_str().unwrap()]).done();
    assert!(demo.contains(&format!("{}/demo/callback", second.issuer)), "{demo}");
    second.stop();

    let third = Server::quickstart(&data, &["--fresh"]).unwrap();
    let after = users(&data);
    assert_eq!(after["users"].as_array().unwrap().len(), 2);
    assert_ne!(after["users"][0]["subject"], before["users"][0]["subject"]);
    third.stop();
}

#[test]
fn a_quickstart_is_for_this_machine_alone_and_says_what_to_use_instead() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    let words = ["quickstart", "--listen", "0.0.0.0:0", "--data", data.to_str().unwrap()];
    let told = run(&words).failed();
    assert!(told.contains("0.0.0.0:0 is not a loopback address") && told.contains("gatewright serve"), "{told}");
    assert!(!data.exists());
    let words = ["quickstart", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
    let told = Server::start(&words, &[("GATEWRIGHT__LISTEN__ADDRESS", "0.0.0.0:80")]).err().unwrap();
    assert!(told.contains("quickstart listens where --listen says"), "{told}");
}

#[test]
fn a_folder_with_other_things_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("gatewright.db"), "precious").unwrap();
    for more in [&[][..], &["--fresh"]] {
        let told = Server::quickstart(folder.path(), more).err().unwrap();
        assert!(told.contains("is not the data of a quickstart") && told.contains("--data DIR"), "{told}");
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("gatewright.db")).unwrap(), "precious");
    let told = run(&["user", "list", "--data", folder.path().to_str().unwrap()]).failed();
    assert!(told.contains("is not the data of a quickstart"), "{told}");
}

#[test]
fn a_taken_port_is_named_before_any_data_is_forgotten() {
    let parent = tempfile::tempdir().unwrap();
    let data = parent.path().join("data");
    Server::quickstart(&data, &[]).unwrap().stop();
    let before = users(&data);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = run(&["quickstart", "--fresh", "--listen", &address, "--data", data.to_str().unwrap()]).failed();
    assert!(told.contains("is already in use"), "{told}");
    assert_eq!(users(&data), before);
}
