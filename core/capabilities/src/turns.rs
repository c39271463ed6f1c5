//! Turns at one account: right passwords that come at once, from a person's many tabs or a load test, must not wait
//! for one another's reservations and be taken for guesses. So few of one account are under way on a node at once, and
//! fewer than are free.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Checks of one account's password at once, on one node.
pub const TURNS_MAX: usize = 2;

/// Who is at it, by account.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<String, Weak<Semaphore>>>);

/// Of so many accounts those that nobody is at are forgotten.
const FORGET_AT: usize = 1_024;

impl Turns {
    /// Waits for a turn at `account`, which ends when the answer is dropped.
    pub(crate) async fn take(&self, account: &str) -> Option<OwnedSemaphorePermit> {
        // A semaphore that nobody closes gives every permit.
        self.semaphore(account).acquire_owned().await.ok()
    }

    fn semaphore(&self, account: &str) -> Arc<Semaphore> {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(semaphore) = accounts.get(account).and_then(Weak::upgrade) {
            return semaphore;
        }
        if accounts.len() >= FORGET_AT {
            accounts.retain(|_, semaphore| semaphore.strong_count() > 0);
        }
        let semaphore = Arc::new(Semaphore::new(TURNS_MAX));
        accounts.insert(account.to_owned(), Arc::downgrade(&semaphore));
        semaphore
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::{Context, Waker};

    #[tokio::test]
    async fn two_are_at_an_account_at_once_and_another_account_is_free() {
        let turns = Turns::default();
        let first = turns.take("alice").await;
        let _second = turns.take("alice").await;
        let third = turns.take("alice");
        tokio::pin!(third);
        assert!(third.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(turns.take("bob").await.is_some());
        drop(first);
        assert!(third.await.is_some());
    }

    #[tokio::test]
    async fn accounts_that_nobody_is_at_are_forgotten() {
        let turns = Turns::default();
        let kept = turns.take("alice").await;
        for number in 0..2 * FORGET_AT {
            drop(turns.take(&number.to_string()).await);
        }
        assert!(turns.0.lock().unwrap().len() <= FORGET_AT);
        assert!(turns.0.lock().unwrap().contains_key("alice"));
        drop(kept);
    }
}
