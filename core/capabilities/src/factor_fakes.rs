//! What the tests of factors stand on: accounts in memory, and a limit on guessing that counts.

use crate::factor_vault::FactorVault;
use async_trait::async_trait;
use gatewright_domain::capabilities::guessing::{Guess, GuessLimit, Reserved};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::store::Stores;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::entropy::SeededEntropy;
use gatewright_testing::signing::TestSigner;
use gatewright_testing::{memory, samples};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A limit that lets everything through until it is told otherwise, and remembers what it was told.
#[derive(Default)]
pub struct CountingLimit {
    waits: AtomicBool,
    pub succeeded: AtomicUsize,
    pub withdrawn: AtomicUsize,
    pub guesses: Mutex<Vec<Guess>>,
}

impl CountingLimit {
    /// From now on every try has to wait, or none.
    pub fn wait(&self, waits: bool) {
        self.waits.store(waits, Ordering::SeqCst);
    }

    /// Tries, successes and those given back.
    pub fn counted(&self) -> (usize, usize, usize) {
        let tries = self.guesses.lock().unwrap().len();
        (tries, self.succeeded.load(Ordering::SeqCst), self.withdrawn.load(Ordering::SeqCst))
    }
}

#[async_trait]
impl GuessLimit for CountingLimit {
    async fn reserve(&self, guess: &Guess) -> Result<Reserved, Fault> {
        if self.waits.load(Ordering::SeqCst) {
            return Ok(Reserved::Waits { seconds: 60 });
        }
        self.guesses.lock().unwrap().push(guess.clone());
        Ok(Reserved::Counted { last: false })
    }

    async fn succeeded(&self, _: &Guess) -> Result<(), Fault> {
        self.succeeded.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn locked(&self, _: &Guess) -> Result<(), Fault> {
        Ok(())
    }

    async fn withdrawn(&self, _: &Guess) -> Result<(), Fault> {
        self.withdrawn.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }

    async fn wait_s(&self, _: &Guess) -> Result<u64, Fault> {
        Ok(if self.waits.load(Ordering::SeqCst) { 60 } else { 0 })
    }
}

/// Stores with alice and bob in them, and what works on them.
pub struct Bench {
    pub stores: Stores,
    pub clock: Arc<FixedClock>,
    pub limit: Arc<CountingLimit>,
    pub entropy: Arc<dyn Entropy>,
    pub sealer: Arc<TestSigner>,
}

impl Bench {
    pub async fn new() -> Self {
        let clock = Arc::new(FixedClock::default());
        let stores = memory::stores_at(clock.clone());
        for name in ["alice", "bob"] {
            stores.users.add(&samples::user(name, &format!("{name}@example.com"))).await.unwrap().unwrap();
        }
        let entropy = Arc::new(SeededEntropy::default());
        Self { stores, clock, limit: Arc::default(), entropy, sealer: Arc::new(TestSigner::default()) }
    }

    pub fn vault(&self) -> FactorVault {
        FactorVault::new(self.stores.factors.clone(), self.sealer.clone(), self.entropy.clone())
    }
}
