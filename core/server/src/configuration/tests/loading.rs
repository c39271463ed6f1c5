//! Which layer wins, and how each is read.

use super::{LEAST, load};
use crate::configuration::{Configuration, PREFIX};
use gatewright_domain::client::AccessTokenFormat;
use gatewright_protocol::jws_algorithm::JwsAlgorithm;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_file_and_that_over_the_default() {
    let file = format!("{LEAST}[lifetimes]\ncode_s = 30\naccess_token_s = 30\nid_token_s = 30\n");
    let environment = [("GATEWRIGHT__LIFETIMES__CODE_S", "20"), ("GATEWRIGHT__LIFETIMES__ACCESS_TOKEN_S", "20")];
    let flags = [("--set", "lifetimes.code_s", "10")];
    let lifetimes = load(&file, &environment, &flags).unwrap().lifetimes;
    let read = [lifetimes.code_s, lifetimes.access_token_s, lifetimes.id_token_s, lifetimes.session_s];
    assert_eq!(read, [10, 20, 30, 24 * 3600]);
}

#[test]
fn every_kind_of_setting_can_come_from_the_environment() {
    let environment = [
        ("GATEWRIGHT__ISSUER", "https://login.example.com"),
        ("GATEWRIGHT__LISTEN__ADDRESS", "[::]:443"),
        ("GATEWRIGHT__PROXY__TRUSTED", "10.0.0.0/8, 192.0.2.1,::1"),
        ("GATEWRIGHT__POLICY__WATCH", "false"),
        ("GATEWRIGHT__KEYS__ALGORITHMS", "ES256,PS256"),
        ("GATEWRIGHT__KEYS__MASTER_KEY", "hush"),
        ("GATEWRIGHT__SCOPES__EMPLOYMENT", "employee_number,cost_center"),
        ("GATEWRIGHT__SECRETS__RISK_API_KEY", "12345"),
        ("GATEWRIGHT__PROTOCOL__ACCESS_TOKEN_FORMAT", "opaque"),
        ("GATEWRIGHT_BENCH_PASSWORD", "of another program"),
        ("PATH", "/usr/bin"),
    ];
    let read = load("", &environment, &[]).unwrap();
    assert_eq!(read.listen.address, "[::]:443".parse::<SocketAddr>().unwrap());
    let networks: Vec<String> = read.proxy.trusted.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.0.0.0/8", "192.0.2.1/32", "::1/128"]);
    assert!(!read.policy.watch);
    assert_eq!(read.keys.algorithms, [JwsAlgorithm::ES256, JwsAlgorithm::PS256]);
    assert_eq!(read.keys.master_key.as_ref().unwrap().text().expose(), "hush");
    let secrets: BTreeMap<_, _> = read.secrets.texts().collect();
    assert_eq!(secrets["risk_api_key"].expose(), "12345");
    assert_eq!(read.issuer.as_str(), "https://login.example.com");
    assert_eq!(read.scopes.claims()["employment"], ["employee_number", "cost_center"]);
    assert_eq!(read.protocol.access_token_format, AccessTokenFormat::Opaque);
    assert!(!read.demo);
}

#[test]
fn an_empty_list_from_the_environment_takes_the_place_of_the_default() {
    let read = load(LEAST, &[("GATEWRIGHT__CORS__ORIGINS", "")], &[]).unwrap();
    assert!(read.cors.origins.is_empty());
}

#[test]
fn nothing_confidential_is_printed_or_written_out() {
    let file = "issuer = \"http://localhost\"\nkeys.master_key = \"hush-1\"\nsecrets.a = \"hush-2\"\n\
                database.url = \"postgres://app:hush-3@db.example/auth\"\n";
    let read = load(file, &[], &[]).unwrap();
    let told = format!("{read:?}{}", serde_json::to_string(&read).unwrap());
    assert!(!told.contains("hush"), "{told}");
    assert!(told.contains("db.example"));
}

#[test]
fn a_quickstart_is_accepted_and_the_environment_changes_it() {
    let address: SocketAddr = "127.0.0.1:9000".parse().unwrap();
    let data = Path::new("gatewright-data");
    let environment = [(format!("{PREFIX}LOGGING__LEVEL").into(), "debug".into())];
    let read = Configuration::quickstart_in(environment, address, data).unwrap();
    assert_eq!(read.issuer.as_str(), "http://localhost:9000");
    assert_eq!(read.listen.address, address);
    assert_eq!(read.database.url.expose(), "sqlite:gatewright-data/gatewright.db");
    assert_eq!(read.keys.master_key_file.as_deref(), Some(Path::new("gatewright-data/master.key")));
    assert!(read.demo && read.registration.open && read.fetch.allow_private_addresses);
    assert_eq!(read.scopes.claims()["user_name"], ["user_name"]);
    assert_eq!(read.scopes.claims()["mobile_phone"], ["phone_mobile_number"]);
    assert_eq!(read.logging.level, "debug");
}
