//! Tests of the printed report.

use super::super::arguments::BenchArguments;
use super::super::report::{LeftOut, tests};
use super::*;
use clap::Parser;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    bench: BenchArguments,
}

fn report(words: &[&str]) -> Report {
    Report {
        version: "0",
        arguments: Line::try_parse_from([&["bench"], words].concat()).unwrap().bench,
        cores: 2,
        password_hash: Some(tests::hash()),
        seeding: Some(tests::sample(Scenario::LoginCodeFlow)),
        scenarios: vec![tests::sample(Scenario::LoginCodeFlow)],
        left_out: vec![LeftOut { scenario: Scenario::Introspect, reason: "the client is public" }],
    }
}

#[test]
fn columns_are_as_wide_as_their_widest_cell() {
    let mut table = Table::new(&["name", "n"]);
    table.row(vec!["a".into(), "1000".into()]);
    table.row(vec!["longer".into(), "1".into()]);
    assert_eq!(table.to_string(), "name       n\na       1000\nlonger     1\n");
}

#[test]
fn the_report_tells_speed_cost_memory_steps_errors_and_what_was_left_out() {
    let printed = report(&["--server-pid", "1"]).to_string();
    let squeezed = printed.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "http://localhost:8080/: 8 at once, 10 s each after 2 s of warm-up, on 2 cores",
        "9 sessions seeded in 2.0 s; the server's RSS went from 10.0 to 20.0 MiB, 1165084 bytes a session",
        "scenario ok errors ok/s p50 p90 p99 max driver/op CPU/op CPU s RSS before RSS after PSS after",
        "login-code-flow 9 1 4.5 40.03 40.03 40.03 40.03 0.500 20.000 0.20 10.0 20.0 15.0",
        "Steps of login-code-flow step count p50 p90",
        "credentials 9 20.",
        "Password hash: 14.0 ms of CPU alone, 17.0 ms with 2 at once",
        "login-code-flow without it: 3.00 to 6.00 ms of CPU per operation",
        "Errors of login-code-flow 1 x access token not active such as: the access token is not active",
        "Left out introspect: the client is public",
    ] {
        assert!(squeezed.contains(expected), "{expected:?} is not in\n{printed}");
    }
}

#[test]
fn without_a_server_process_no_cost_is_claimed() {
    let printed = report(&[]).operations().to_string();
    assert!(!printed.lines().next().unwrap().contains("CPU"), "{printed}");
}

#[test]
fn the_json_document_holds_the_same_figures_and_the_arguments_without_secrets() {
    let report = report(&["--server-pid", "1", "--operations", "10", "--password", "hush"]);
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["arguments"]["load"]["operations"], 10);
    assert_eq!(json["scenarios"][0]["scenario"], "login-code-flow");
    assert_eq!(json["scenarios"][0]["server"]["cpu_ms_per_operation"], 20.0);
    assert_eq!(json["scenarios"][0]["steps"][1]["step"], "credentials");
    assert_eq!(json["scenarios"][0]["errors"]["access token not active"]["count"], 1);
    assert_eq!(json["left_out"][0]["scenario"], "introspect");
    assert!(!json.to_string().contains("hush"));
}
