//! The limit on guessing over the store of tries.
//!
//! What is counted is named by a digest under the master key: the table shows neither what was typed as a username nor
//! who came from where. **Invariant:** a username that nobody has is counted, and waits, like any other.

use async_trait::async_trait;
use gatewright_domain::capabilities::guessing::{Account, Guess, GuessLimit, Guessed, Reserved, counted_address};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::guessing::Pace;
use gatewright_domain::identifiers::{EventId, Subject};
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::{Counter, Reservable, Reservation, SecurityEventStore, TryKey, TryStore};
use ipnet::IpNet;
use std::net::IpAddr;
use std::sync::Arc;

/// How long failed tries at an account are remembered for its end-user's next sign-in, in seconds (30 days).
pub const FAILED_TRIES_KEPT_S: u64 = 30 * 24 * 3600;

/// How fast secrets may be guessed.
#[derive(Debug, Clone)]
pub struct GuessingPaces {
    /// At one account.
    pub account: Pace,
    /// From one address.
    pub address: Pace,
    /// Networks whose addresses are not counted; accounts are, wherever it comes from.
    pub trusted: Vec<IpNet>,
}

/// What the limit is put together from.
#[derive(Clone)]
pub struct GuessLimitSetup {
    /// Counts.
    pub tries: Arc<dyn TryStore>,
    /// What end-users are told.
    pub events: Arc<dyn SecurityEventStore>,
    /// Names what is counted.
    pub sealer: Arc<dyn Sealer>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Names of events.
    pub entropy: Arc<dyn Entropy>,
    /// How fast.
    pub paces: GuessingPaces,
}

/// The limit on guessing.
pub struct StoredGuessLimit(GuessLimitSetup);

impl StoredGuessLimit {
    /// A limit of these parts.
    pub fn new(setup: GuessLimitSetup) -> Self {
        Self(setup)
    }

    /// Until when the account has to wait, where that is a lockout, and what was counted.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn locked_until(&self, account: &Account, what: Guessed) -> Result<Option<Timestamp>, Fault> {
        let tally = self.0.tries.tally(&self.account_key(account, what)).await?;
        let locked = tally.filter(|tally| self.0.paces.account.is_lockout(tally.tries));
        let until = locked.map(|tally| self.0.paces.account.open_at(&tally));
        Ok(until.filter(|until| self.0.clock.now() < *until))
    }

    /// Begins the account's counts anew; answers whether there was anything to begin anew.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn unlock(&self, username: &str, subject: &Subject) -> Result<bool, Fault> {
        let named = Account::Username { typed: username.to_owned(), subject: Some(subject.clone()) };
        let known = Account::Subject(subject.clone());
        let mut forgiven = false;
        for what in [Guessed::Password, Guessed::Factor] {
            for account in [&named, &known] {
                forgiven |= self.0.tries.forgive(&self.account_key(account, what)).await?;
            }
        }
        Ok(forgiven)
    }

    fn account_key(&self, account: &Account, what: Guessed) -> TryKey {
        let what = match what {
            Guessed::Password => "password",
            Guessed::Factor => "factor",
        };
        let (purpose, text) = match account {
            Account::Subject(subject) => (format!("tries of a {what} by subject"), subject.to_string()),
            // As the directory compares usernames.
            Account::Username { typed, .. } => {
                (format!("tries of a {what} by username"), typed.trim().to_ascii_lowercase())
            }
        };
        TryKey(self.0.sealer.keyed_digest(&purpose, &text))
    }

    fn address_counter(&self, address: Option<IpAddr>) -> Option<Counter> {
        let address = address?.to_canonical();
        if self.0.paces.trusted.iter().any(|network| network.contains(&address)) {
            return None;
        }
        let text = counted_address(address).to_string();
        let key = TryKey(self.0.sealer.keyed_digest("tries from an address", &text));
        Some(Counter { key, pace: self.0.paces.address })
    }

    fn reservation(&self, guess: &Guess) -> Reservation {
        let key = self.account_key(&guess.account, guess.what);
        Reservation {
            account: Counter { key, pace: self.0.paces.account },
            address: self.address_counter(guess.address),
            from: guess.address,
            // What nobody is called has nobody to be told.
            kept_s: guess.account.subject().map_or(0, |_| FAILED_TRIES_KEPT_S),
        }
    }

    async fn record(
        &self,
        subject: &Subject,
        event: (Timestamp, Option<IpAddr>),
        kind: SecurityEventKind,
    ) -> Result<(), Fault> {
        let (at, address) = event;
        let id = EventId::draw(self.0.entropy.as_ref());
        self.0.events.record(&SecurityEvent { id, subject: subject.clone(), at, address, kind }).await
    }
}

#[async_trait]
impl GuessLimit for StoredGuessLimit {
    async fn reserve(&self, guess: &Guess) -> Result<Reserved, Fault> {
        match self.0.tries.reserve(&self.reservation(guess), self.0.clock.now()).await? {
            Reservable::Waits(seconds) => Ok(Reserved::Waits { seconds }),
            Reservable::Counted(tally) => {
                // Of what comes after the lockout it was told already.
                Ok(Reserved::Counted { last: tally.tries == self.0.paces.account.lockout_tries })
            }
        }
    }

    async fn locked(&self, guess: &Guess) -> Result<(), Fault> {
        let tally = self.0.tries.tally(&self.account_key(&guess.account, guess.what)).await?;
        let (Some(subject), Some(tally)) = (guess.account.subject(), tally) else { return Ok(()) };
        tracing::warn!(subject = subject.as_str(), "so many tries failed that the account is locked for a while");
        let until = self.0.paces.account.open_at(&tally);
        self.record(subject, (tally.last, guess.address), SecurityEventKind::LockedOut { until }).await
    }

    async fn succeeded(&self, guess: &Guess) -> Result<(), Fault> {
        let failed = self.0.tries.succeeded(&self.reservation(guess)).await?;
        let strange = failed.strange_to(guess.address, self.0.clock.now());
        let (Some(strange), Some(subject)) = (strange, guess.account.subject()) else { return Ok(()) };
        let kind = SecurityEventKind::FailedTries { tries: strange.tries };
        self.record(subject, (strange.last, strange.address), kind).await
    }

    async fn withdrawn(&self, guess: &Guess) -> Result<(), Fault> {
        self.0.tries.withdrawn(&self.reservation(guess)).await
    }

    async fn wait_s(&self, guess: &Guess) -> Result<u64, Fault> {
        let reservation = self.reservation(guess);
        let now = self.0.clock.now();
        let mut wait_s = 0;
        for counter in std::iter::once(&reservation.account).chain(&reservation.address) {
            let tally = self.0.tries.tally(&counter.key).await?;
            wait_s = wait_s.max(counter.pace.wait_s(tally.as_ref(), now));
        }
        Ok(wait_s)
    }
}

#[cfg(test)]
mod tests;
