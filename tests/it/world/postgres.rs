//! A schema of a PostgreSQL server, for one test; servers on it.

use super::server::{Server, free_port};
use std::path::Path;
use std::process::Command;

/// The URL of an empty schema; `None` where `GATEWRIGHT_TEST_POSTGRES` names no server.
pub fn schema(name: &str) -> Option<String> {
    let url = std::env::var("GATEWRIGHT_TEST_POSTGRES").ok()?;
    let make = format!("DROP SCHEMA IF EXISTS {name} CASCADE; CREATE SCHEMA {name};");
    let made = Command::new("psql").args(["--quiet", "--no-psqlrc", "--dbname", &url, "--command", &make]).output();
    let made = made.expect("psql comes with PostgreSQL");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let joint = if url.contains('?') { '&' } else { '?' };
    Some(format!("{url}{joint}options=-csearch_path%3D{name}"))
}

/// The URL of an empty schema; where there is no server, says what is left out.
pub fn schema_or_say(name: &str) -> Option<String> {
    let url = schema(name);
    if url.is_none() {
        eprintln!("left out: {name} on PostgreSQL: GATEWRIGHT_TEST_POSTGRES is not set");
    }
    url
}

/// Two nodes on one PostgreSQL, with these settings; or nothing where none is at hand.
pub fn two_nodes(schema: &str, directory: &Path, settings: &[(&str, &str)]) -> Option<(Server, Server)> {
    let url = schema_or_say(schema)?;
    let (first, second) = (directory.join("first"), directory.join("second"));
    std::fs::create_dir(&first).unwrap();
    let database = [("GATEWRIGHT__DATABASE__URL", url.as_str())];
    let one = Server::quickstart_with(&first, free_port(), &[&database, settings].concat());
    // The second node is the first one's equal: the same issuer, the same master key.
    std::fs::create_dir_all(second.join("data")).unwrap();
    for file in ["gatewright-quickstart", "master.key"] {
        std::fs::copy(first.join("data").join(file), second.join("data").join(file)).unwrap();
    }
    let equal = [("GATEWRIGHT__ISSUER", one.issuer.as_str())];
    let other = Server::quickstart_with(&second, free_port(), &[&database, settings, &equal].concat());
    Some((one, other))
}
