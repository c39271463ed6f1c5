//! Tries at secrets in memory.

use super::{Memory, Tables, Tried};
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::failed_tries::FailedTries;
use gatewright_domain::fault::Fault;
use gatewright_domain::guessing::Tally;
use gatewright_domain::store::{Counter, Reservable, Reservation, TryKey, TryStore};

#[async_trait]
impl TryStore for Memory {
    async fn reserve(&self, reservation: &Reservation, now: Timestamp) -> Result<Reservable, Fault> {
        let mut tables = self.tables();
        let Reservation { account, address, from, kept_s } = reservation;
        let account_tally = match tables.counted(account, now) {
            Ok(tally) => tally,
            Err(wait_s) => return Ok(Reservable::Waits(wait_s)),
        };
        if let Some(address) = address {
            let tally = match tables.counted(address, now) {
                Ok(tally) => tally,
                Err(wait_s) => return Ok(Reservable::Waits(wait_s)),
            };
            let expires_at = address.pace.forgotten_at(&tally);
            tables.tries.insert(address.key.clone(), Tried { tally, failed: FailedTries::default(), expires_at });
        }
        let before = tables.tries.remove(&account.key).filter(|tried| now < tried.expires_at);
        let mut failed = before.map(|tried| tried.failed).unwrap_or_default();
        failed.add(*from, now);
        let expires_at = account.pace.forgotten_at(&account_tally).plus(*kept_s);
        tables.tries.insert(account.key.clone(), Tried { tally: account_tally, failed, expires_at });
        Ok(Reservable::Counted(account_tally))
    }

    async fn succeeded(&self, reservation: &Reservation) -> Result<FailedTries, Fault> {
        let mut tables = self.tables();
        let mut failed = tables.tries.remove(&reservation.account.key).map(|tried| tried.failed).unwrap_or_default();
        failed.take_back(reservation.from);
        if let Some(address) = &reservation.address {
            tables.take_back(&address.key);
        }
        Ok(failed)
    }

    async fn withdrawn(&self, reservation: &Reservation) -> Result<(), Fault> {
        let mut tables = self.tables();
        tables.take_back(&reservation.account.key);
        if let Some(tried) = tables.tries.get_mut(&reservation.account.key) {
            tried.failed.take_back(reservation.from);
        }
        if let Some(address) = &reservation.address {
            tables.take_back(&address.key);
        }
        Ok(())
    }

    async fn tally(&self, key: &TryKey) -> Result<Option<Tally>, Fault> {
        Ok(self.tables().tries.get(key).map(|tried| tried.tally))
    }

    async fn forgive(&self, key: &TryKey) -> Result<bool, Fault> {
        let mut tables = self.tables();
        let Some(tried) = tables.tries.get_mut(key).filter(|tried| tried.tally.tries > 0) else { return Ok(false) };
        tried.tally.tries = 0;
        Ok(true)
    }
}

impl Tables {
    fn counted(&self, counter: &Counter, now: Timestamp) -> Result<Tally, u64> {
        let living = self.tries.get(&counter.key).filter(|tried| now < tried.expires_at);
        counter.pace.count(living.map(|tried| &tried.tally), now)
    }

    fn take_back(&mut self, key: &TryKey) {
        if let Some(tried) = self.tries.get_mut(key) {
            tried.tally.tries = tried.tally.tries.saturating_sub(1);
        }
    }
}
