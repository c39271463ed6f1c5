//! `gatewright serve`.

use crate::process::{Home, Server};

#[test]
fn a_server_says_when_it_is_ready_answers_and_stops_when_it_is_asked_to() {
    let home = Home::new("");
    let words = ["serve", "--config", &home.config(), "--listen", "127.0.0.1:0"];
    let environment = [("GATEWRIGHT__LOGGING__FORMAT", "json")];
    let server = Server::start(&words, &environment).unwrap();
    assert_eq!((server.issuer.as_str(), server.greeting.as_str()), ("http://localhost:8080", ""));
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
        assert!(event["level"].is_string() && event["message"].is_string(), "{line}");
    }
    assert!(log.contains("\"ready\"") && log.contains("\"stopped\""), "{log}");
}

#[test]
fn a_running_server_does_not_keep_the_command_line_from_its_database() {
    let home = Home::new("");
    let server = Server::start(&["serve", "--config", &home.config(), "--listen", "127.0.0.1:0"], &[]).unwrap();
    home.run_with(&["user", "add", "carol"], "correct horse\n").done();
    assert!(home.run(&["user", "list"]).done().contains("carol"));
    server.stop();
}

#[test]
fn a_taken_address_is_named_with_what_to_do() {
    let home = Home::new("");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = home.run(&["serve", "--listen", &address]).failed();
    assert!(told.contains(&format!("the address {address} is already in use")) && told.contains("--listen"), "{told}");
}
