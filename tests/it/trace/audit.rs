//! The audit log.

use super::{json, printed, traced};
use crate::world::{Browser, RelyingParty};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn what_administrators_do_and_what_happens_to_accounts_is_written_down() {
    let directory = tempfile::tempdir().unwrap();
    let server = traced(directory.path(), "0", &[("GATEWRIGHT__GUESSING__ACCOUNT__LOCKOUT_TRIES", "5")]);
    let here = directory.path();
    let added = json(here, &["client", "add", "--name", "Almanac", "--redirect-uri", "https://almanac.example/cb"]);
    let client = added["client_id"].as_str().unwrap();
    let secret = added["client_secret"].as_str().unwrap();
    json(here, &["client", "remove", client]);
    json(here, &["user", "disable", "bob"]);
    json(here, &["keys", "rotate"]);
    let browser = Browser::new();
    let mut answer = browser.open(&RelyingParty::demo(&server).authorization_url(&[])).await;
    while answer.location().is_none() {
        answer = browser.submit(&answer.page(), &[("username", "alice"), ("password", "wrong")], "login").await;
    }

    let exported = printed(here, &["audit", "export", "--since", "1h"]);
    let entries: Vec<Value> = exported.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let actions: Vec<&str> = entries.iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    let before = ["admin.bootstrap_token", "client.add", "client.remove", "user.disable"];
    // Two keys that sign and two that decrypt.
    assert_eq!(actions, [&before[..], &["keys.rotate"; 4], &["account.lock"]].concat(), "{exported}");
    assert_eq!(entries[1]["target"], client);
    assert!(!entries[0]["actor"]["operator"].as_str().unwrap().is_empty(), "{exported}");
    assert_eq!(entries[8]["actor"], "server");
    assert!(!exported.contains(secret), "{exported}");
    let ids: Vec<&str> = entries.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| ids.iter().filter(|other| other == &id).count() == 1), "{exported}");

    let table = printed(here, &["audit", "list", "--action", "client"]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 3, "{table}");
    assert!(lines[1].contains("operator:") && lines[1].contains(client), "{table}");
}
