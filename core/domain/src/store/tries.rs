//! Storage of tries at secrets: counted before the secret is looked at.

use crate::clock::Timestamp;
use crate::failed_tries::FailedTries;
use crate::fault::Fault;
use crate::guessing::{Pace, Tally};
use async_trait::async_trait;
use std::net::IpAddr;

/// Where tries are counted: an account or an address, by a digest that only the server can make.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TryKey(pub String);

/// A count, and its pace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// Which.
    pub key: TryKey,
    /// How fast it may grow.
    pub pace: Pace,
}

/// A try to be counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// At the account.
    pub account: Counter,
    /// At the address, where that is counted.
    pub address: Option<Counter>,
    /// The address itself, remembered with the account's failed tries.
    pub from: Option<IpAddr>,
    /// How long the account's count is kept after it says nothing any more, in seconds, for what it remembers.
    pub kept_s: u64,
}

/// What came of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservable {
    /// Both counts grew; the account's is now so.
    Counted(Tally),
    /// Neither did: one of them has to wait so many seconds.
    Waits(u64),
}

/// Tries.
#[async_trait]
pub trait TryStore: Send + Sync {
    /// Counts a try at the account and the address, or at neither. Of many at once each is counted or has to wait.
    ///
    /// # Errors
    /// A fault of the store.
    async fn reserve(&self, reservation: &Reservation, now: Timestamp) -> Result<Reservable, Fault>;

    /// The try of that reservation succeeded: the account's count and what it remembers are gone, the address has one
    /// less. Answers the failed tries before it.
    ///
    /// # Errors
    /// A fault of the store.
    async fn succeeded(&self, reservation: &Reservation) -> Result<FailedTries, Fault>;

    /// The try of that reservation was not made: both counts have one less.
    ///
    /// # Errors
    /// A fault of the store.
    async fn withdrawn(&self, reservation: &Reservation) -> Result<(), Fault>;

    /// A count.
    ///
    /// # Errors
    /// A fault of the store.
    async fn tally(&self, key: &TryKey) -> Result<Option<Tally>, Fault>;

    /// Begins a count anew; what it remembers of failed tries stays. Answers whether there was anything to begin anew.
    ///
    /// # Errors
    /// A fault of the store.
    async fn forgive(&self, key: &TryKey) -> Result<bool, Fault>;
}
