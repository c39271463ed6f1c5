//! Security events.

use super::{Nodes, later};
use crate::samples;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::{EVENT_KEPT_S, SecurityEvent, SecurityEventKind};
use gatewright_domain::store::{EVENTS_MAX, Stores};

fn event(id: &str, subject: &str, seconds: u64, kind: SecurityEventKind) -> SecurityEvent {
    let address = (!seconds.is_multiple_of(2)).then(|| "2001:db8::1".parse().unwrap());
    SecurityEvent { id: samples::word(id), subject: samples::word(subject), at: later(seconds), address, kind }
}

fn failed(id: &str, subject: &str, seconds: u64) -> SecurityEvent {
    event(id, subject, seconds, SecurityEventKind::FailedTries { tries: 3 })
}

fn alice() -> Subject {
    samples::word("alice")
}

async fn record(stores: &Stores, events: &[SecurityEvent]) {
    for event in events {
        stores.security_events.record(event).await.unwrap();
    }
}

/// Of the account alone, with and without an address; an id is used once.
pub async fn events_are_listed_newest_first_as_they_were(nodes: &Nodes) {
    let locked = event("e2", "alice", 2, SecurityEventKind::LockedOut { until: later(9) });
    let events = [failed("e1", "alice", 1), locked, failed("e3", "alice", 3)];
    record(&nodes.here, &[events[1].clone(), events[0].clone(), failed("e4", "bob", 4), events[2].clone()]).await;
    assert!(nodes.there.security_events.record(&failed("e1", "alice", 5)).await.is_err());
    let listed = nodes.there.security_events.list(&alice()).await.unwrap();
    assert_eq!(listed, [events[2].clone(), events[1].clone(), events[0].clone()]);
    assert_eq!(nodes.there.security_events.list(&samples::word("carol")).await.unwrap(), []);
    nodes.there.sweeper.sweep(later(EVENT_KEPT_S + 2)).await.unwrap();
    assert_eq!(nodes.here.security_events.list(&alice()).await.unwrap(), [events[2].clone()]);
}

/// A lockout is told by mail, or not at all; failed tries on a page.
pub async fn an_event_is_told_once(nodes: &Nodes) {
    let locked = event("e2", "alice", 2, SecurityEventKind::LockedOut { until: later(9) });
    let events = [failed("e1", "alice", 1), locked, failed("e3", "alice", 3), failed("e4", "bob", 4)];
    record(&nodes.here, &events).await;
    let untold = async || -> Vec<EventId> {
        let untold = nodes.there.security_events.untold(&alice()).await.unwrap();
        untold.into_iter().map(|event| event.id).collect()
    };
    assert_eq!(untold().await, [events[2].id.clone(), events[0].id.clone()]);
    nodes.here.security_events.told(&[events[2].id.clone()], later(5)).await.unwrap();
    assert_eq!(untold().await, [events[0].id.clone()]);
    nodes.here.security_events.told(&[events[0].id.clone(), events[2].id.clone()], later(6)).await.unwrap();
    assert_eq!(untold().await, []);
    assert_eq!(nodes.there.security_events.untold(&samples::word("bob")).await.unwrap().len(), 1);
    assert_eq!(nodes.there.security_events.list(&alice()).await.unwrap().len(), 3);
}

/// Whoever tries an account for a year fills no database.
pub async fn of_one_account_s_events_the_oldest_go(nodes: &Nodes) {
    record(&nodes.here, &[failed("other", "bob", 0)]).await;
    for number in 0..=EVENTS_MAX {
        let event = failed(&format!("e{number}"), "alice", number as u64);
        nodes.node(number).security_events.record(&event).await.unwrap();
    }
    let listed = nodes.there.security_events.list(&alice()).await.unwrap();
    assert_eq!(listed.len(), EVENTS_MAX);
    assert_eq!(listed[EVENTS_MAX - 1].id.as_str(), "e1");
    assert_eq!(nodes.there.security_events.list(&samples::word("bob")).await.unwrap().len(), 1);
}

/// And no other's.
pub async fn a_removed_account_s_events_go_with_it(nodes: &Nodes) {
    nodes.here.users.add(&samples::user("alice", "alice")).await.unwrap().unwrap();
    record(&nodes.here, &[failed("e1", "alice", 1), failed("e2", "bob", 1)]).await;
    assert!(nodes.there.users.remove(&alice()).await.unwrap());
    assert_eq!(nodes.here.security_events.list(&alice()).await.unwrap(), []);
    assert_eq!(nodes.here.security_events.list(&samples::word("bob")).await.unwrap().len(), 1);
}
