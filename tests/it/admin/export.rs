//! The audit log, exported whole: page by page under the hood, and a line an entry.

use super::{HTTP, Operated, header};
use reqwest::Method;
use serde_json::Value;
use std::collections::BTreeSet;

/// More than a page, which has 500.
const ENTRIES: usize = 520;

#[tokio::test(flavor = "multi_thread")]
async fn a_log_of_more_than_a_page_is_exported_whole_by_the_api_and_by_both_commands() {
    let operated = Operated::start();
    for _ in 0..ENTRIES {
        // Refused, and written down.
        operated.ask(Method::DELETE, "/clients/nobody", None).await;
    }
    let response = HTTP.get(operated.at("/audit/export")).bearer_auth(&operated.token).send().await.unwrap();
    assert_eq!((response.status().as_u16(), header(response.headers(), "content-type")), (200, "application/jsonl"));
    let text = response.text().await.unwrap();
    let entries: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let removals = entries.iter().filter(|entry| entry["action"] == "client.remove").count();
    assert_eq!(removals, ENTRIES);
    assert!(entries.is_sorted_by_key(|entry| entry["at_ms"].as_i64()), "the oldest first");
    let ids: BTreeSet<&str> = entries.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), entries.len(), "each once");
    assert_eq!(operated.command(&["audit", "export"]).out, text);
    assert_eq!(operated.remote(&["audit", "export"], "").out, text);

    let middle = entries[entries.len() / 2]["at_ms"].as_i64().unwrap();
    let path = format!("/audit/export?since_ms={middle}");
    let later = operated.ask(Method::GET, &path, None).await.body;
    assert!(text.ends_with(&later) && later.lines().count() < entries.len() && !later.is_empty());
    let none = operated.ask(Method::GET, &format!("/audit/export?since_ms={}", i64::MAX), None).await;
    assert_eq!((none.status.as_u16(), none.body.as_str()), (200, ""));
    let bad = operated.ask(Method::GET, "/audit/export?since_ms=soon", None).await;
    assert_eq!(super::problem(&bad), (400, "bad_request".into()));
}
