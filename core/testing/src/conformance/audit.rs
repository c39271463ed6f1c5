//! The audit log.

use super::Nodes;
use crate::samples;
use gatewright_domain::audit::{Actor, AuditEntry, AuditOutcome};
use gatewright_domain::store::{AUDIT_LISTED_MAX, AuditPlace};
use serde_json::{Map, json};

fn entry(id: &str, at_ms: i64) -> AuditEntry {
    AuditEntry {
        id: samples::word(id),
        at_ms,
        actor: Actor::Operator("root".into()),
        action: "client.add".into(),
        target: "demo".into(),
        outcome: AuditOutcome::Done,
        detail: Map::from_iter([("note".to_owned(), json!("why"))]),
        correlation: None,
    }
}

/// The oldest first, each once, whichever node wrote it.
pub async fn entries_are_listed_as_they_were_in_order(nodes: &Nodes) {
    let refused = AuditEntry { actor: Actor::Server, outcome: AuditOutcome::Refused, ..entry("c", 2) };
    for (place, entry) in [entry("b", 2), entry("a", 3), refused.clone(), entry("d", 1)].iter().enumerate() {
        nodes.node(place).audit.append(entry).await.unwrap();
    }
    let listed = nodes.there.audit.list(&AuditPlace::default(), 10).await.unwrap();
    assert_eq!(listed, [entry("d", 1), entry("b", 2), refused, entry("a", 3)]);
    assert!(nodes.here.audit.append(&entry("a", 9)).await.is_err(), "an entry is not written over");
}

/// Those of one moment too.
pub async fn a_long_log_is_read_page_by_page(nodes: &Nodes) {
    for id in ["a", "b", "c", "d", "e"] {
        nodes.here.audit.append(&entry(id, if id < "d" { 7 } else { 8 })).await.unwrap();
    }
    let (mut place, mut read) = (AuditPlace { since_ms: 7, after: None }, Vec::new());
    loop {
        let page = nodes.there.audit.list(&place, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        place = AuditPlace { since_ms: last.at_ms, after: Some(last.id.clone()) };
        read.extend(page.iter().map(|entry| entry.id.to_string()));
    }
    assert_eq!(read, ["a", "b", "c", "d", "e"]);
    let later = AuditPlace { since_ms: 8, after: None };
    assert_eq!(nodes.there.audit.list(&later, AUDIT_LISTED_MAX).await.unwrap().len(), 2);
}

/// Whatever is asked for.
pub async fn no_more_entries_are_listed_at_once_than_the_limit(nodes: &Nodes) {
    for number in 0..=AUDIT_LISTED_MAX {
        nodes.here.audit.append(&entry(&format!("e{number}"), 1)).await.unwrap();
    }
    let listed = nodes.there.audit.list(&AuditPlace::default(), usize::MAX).await.unwrap();
    assert_eq!(listed.len(), AUDIT_LISTED_MAX);
}
