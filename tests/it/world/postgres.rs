//! A schema of a PostgreSQL server, for one test.

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
