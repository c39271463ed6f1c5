//! Tries at secrets.

use super::{Nodes, RACERS, later, race};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::guessing::{Pace, Tally};
use gatewright_domain::store::{Counter, Reservable, Reservation, Stores, TryKey};
use std::net::IpAddr;

const PACE: Pace =
    Pace { free_tries: 3, delay_s: 10, delay_max_s: 40, lockout_tries: 6, lockout_s: 500, window_s: 1000 };
const GENEROUS: Pace = Pace { free_tries: 1000, lockout_tries: 2000, ..PACE };

fn key(name: &str) -> TryKey {
    TryKey(name.to_owned())
}

fn from(last: u8) -> Option<IpAddr> {
    Some(IpAddr::from([192, 0, 2, last]))
}

/// A try at `account`, which is remembered for 100 seconds more, from address 1 as `address`.
fn at(account: &str, address: &str) -> Reservation {
    Reservation {
        account: Counter { key: key(account), pace: PACE },
        address: Some(Counter { key: key(address), pace: GENEROUS }),
        from: from(1),
        kept_s: 100,
    }
}

async fn reserve(stores: &Stores, reservation: &Reservation, now: Timestamp) -> Reservable {
    stores.tries.reserve(reservation, now).await.unwrap()
}

async fn tries(nodes: &Nodes, name: &str) -> Option<u32> {
    nodes.there.tries.tally(&key(name)).await.unwrap().map(|tally| tally.tries)
}

/// Nothing is counted of a try that has to wait, whichever of the two is in its way.
pub async fn a_try_counts_at_the_account_and_at_the_address_or_at_neither(nodes: &Nodes) {
    for number in 1..=3 {
        let tally = Tally { tries: number, since: later(1), last: later(u64::from(number)) };
        let counted = reserve(nodes.node(number as usize), &at("alice", "home"), tally.last).await;
        assert_eq!(counted, Reservable::Counted(tally));
        assert_eq!(nodes.there.tries.tally(&key("alice")).await.unwrap(), Some(tally));
        assert_eq!(nodes.there.tries.tally(&key("home")).await.unwrap(), Some(tally));
    }
    assert_eq!(reserve(&nodes.there, &at("alice", "home"), later(4)).await, Reservable::Waits(9));
    assert_eq!(reserve(&nodes.there, &at("alice", "elsewhere"), later(12)).await, Reservable::Waits(1));
    assert_eq!((tries(nodes, "alice").await, tries(nodes, "home").await), (Some(3), Some(3)));
    assert_eq!(tries(nodes, "elsewhere").await, None);
    let mut strict = at("bob", "home");
    strict.address = Some(Counter { key: key("home"), pace: PACE });
    assert_eq!(reserve(&nodes.there, &strict, later(4)).await, Reservable::Waits(9));
    assert_eq!(tries(nodes, "bob").await, None);
    assert!(matches!(reserve(&nodes.here, &at("alice", "home"), later(13)).await, Reservable::Counted(_)));
    let without = Reservation { address: None, ..at("carol", "home") };
    assert!(matches!(reserve(&nodes.here, &without, later(13)).await, Reservable::Counted(_)));
    assert_eq!((tries(nodes, "carol").await, tries(nodes, "home").await), (Some(1), Some(4)));
}

/// So that nobody clears an address with an account of their own.
pub async fn a_success_begins_the_account_anew_and_gives_the_address_one_back(nodes: &Nodes) {
    for _ in 0..3 {
        reserve(&nodes.here, &at("alice", "home"), later(0)).await;
    }
    nodes.there.tries.succeeded(&at("alice", "home")).await.unwrap();
    assert_eq!((tries(nodes, "alice").await, tries(nodes, "home").await), (None, Some(2)));
    for _ in 0..4 {
        nodes.there.tries.succeeded(&at("alice", "home")).await.unwrap();
    }
    assert_eq!((tries(nodes, "alice").await, tries(nodes, "home").await), (None, Some(0)));
}

/// Without itself, and each once.
pub async fn a_success_answers_the_failed_tries_before_it(nodes: &Nodes) {
    let elsewhere = Reservation { from: from(2), ..at("alice", "elsewhere") };
    for seconds in [0, 1] {
        reserve(nodes.node(seconds as usize), &elsewhere, later(seconds)).await;
    }
    reserve(&nodes.here, &at("alice", "home"), later(2)).await;
    let failed = nodes.there.tries.succeeded(&at("alice", "home")).await.unwrap();
    let strange = failed.strange_to(from(1), later(2)).unwrap();
    assert_eq!((strange.tries, strange.last, strange.address), (2, later(1), from(2)));
    reserve(&nodes.here, &at("alice", "home"), later(3)).await;
    let failed = nodes.there.tries.succeeded(&at("alice", "home")).await.unwrap();
    assert_eq!(failed.strange_to(None, later(9999)), None);
}

/// Neither counted nor remembered.
pub async fn a_withdrawn_try_was_none(nodes: &Nodes) {
    let elsewhere = Reservation { from: from(2), ..at("alice", "elsewhere") };
    reserve(&nodes.here, &elsewhere, later(0)).await;
    reserve(&nodes.here, &elsewhere, later(0)).await;
    nodes.there.tries.withdrawn(&elsewhere).await.unwrap();
    assert_eq!((tries(nodes, "alice").await, tries(nodes, "elsewhere").await), (Some(1), Some(1)));
    reserve(&nodes.here, &at("alice", "home"), later(0)).await;
    let failed = nodes.there.tries.succeeded(&at("alice", "home")).await.unwrap();
    assert_eq!(failed.strange_to(from(1), later(0)).unwrap().tries, 1);
    nodes.there.tries.withdrawn(&at("nobody", "nowhere")).await.unwrap();
    assert_eq!(tries(nodes, "nobody").await, None);
}

/// What was tried is still told of.
pub async fn a_forgiven_account_may_be_tried_at_once(nodes: &Nodes) {
    let elsewhere = Reservation { from: from(2), ..at("alice", "elsewhere") };
    for _ in 0..3 {
        reserve(&nodes.here, &elsewhere, later(0)).await;
    }
    assert_eq!(reserve(&nodes.here, &at("alice", "home"), later(0)).await, Reservable::Waits(10));
    assert!(nodes.there.tries.forgive(&key("alice")).await.unwrap());
    assert!(!nodes.there.tries.forgive(&key("alice")).await.unwrap());
    assert!(!nodes.there.tries.forgive(&key("bob")).await.unwrap());
    assert!(matches!(reserve(&nodes.here, &at("alice", "home"), later(0)).await, Reservable::Counted(_)));
    let failed = nodes.there.tries.succeeded(&at("alice", "home")).await.unwrap();
    assert_eq!(failed.strange_to(from(1), later(0)).unwrap().tries, 3);
}

/// At accounts of their own from one address, and at one account.
pub async fn of_many_tries_at_once_none_is_lost(nodes: &Nodes) {
    let counted = race(nodes, |number, stores| async move {
        let mut reservation = at(&format!("account {}", number % 8), "home");
        reservation.account.pace = GENEROUS;
        reserve(&stores, &reservation, later(0)).await
    });
    assert!(counted.await.iter().all(|outcome| matches!(outcome, Reservable::Counted(_))));
    assert_eq!(tries(nodes, "home").await, Some(RACERS as u32));
    for number in 0..8 {
        assert_eq!(tries(nodes, &format!("account {number}")).await, Some(RACERS as u32 / 8));
    }
}

/// However many come in one moment, from nothing or after some.
pub async fn of_many_tries_at_once_no_more_count_than_may(nodes: &Nodes) {
    reserve(&nodes.here, &at("some", "home"), later(0)).await;
    for (account, may) in [("nothing", 3), ("some", 2)] {
        let outcomes =
            race(nodes, |_, stores| async move { reserve(&stores, &at(account, "home"), later(0)).await }).await;
        let counted = outcomes.iter().filter(|outcome| matches!(outcome, Reservable::Counted(_))).count();
        let waiting = outcomes.iter().filter(|outcome| **outcome == Reservable::Waits(10)).count();
        assert_eq!((counted, waiting), (may, RACERS - may), "{account}");
        assert_eq!(tries(nodes, account).await, Some(3));
    }
    assert_eq!(tries(nodes, "home").await, Some(6));
}

/// Swept or not.
pub async fn what_is_remembered_ends_with_its_time(nodes: &Nodes) {
    let elsewhere = Reservation { from: from(2), ..at("alice", "elsewhere") };
    reserve(&nodes.here, &elsewhere, later(0)).await;
    nodes.here.sweeper.sweep(later(1099)).await.unwrap();
    assert_eq!((tries(nodes, "alice").await, tries(nodes, "elsewhere").await), (Some(1), None));
    reserve(&nodes.here, &at("alice", "home"), later(1100)).await;
    let failed = nodes.there.tries.succeeded(&at("alice", "home")).await.unwrap();
    assert_eq!(failed.strange_to(from(1), later(1100)), None);
    reserve(&nodes.here, &elsewhere, later(0)).await;
    nodes.here.sweeper.sweep(later(1100)).await.unwrap();
    assert_eq!(tries(nodes, "alice").await, None);
}
