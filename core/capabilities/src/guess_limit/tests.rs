//! Guessing at passwords through the directory, over stores in memory.

use super::*;
use crate::directory::Directory;
use crate::fakes::{Busy, CountingHasher};
use crate::tries::under_limit;
use gatewright_domain::capabilities::users::UserDirectory;
use gatewright_domain::password::PasswordHash;
use gatewright_domain::secret::SecretText;
use gatewright_domain::store::Stores;
use gatewright_domain::user::User;
use gatewright_testing::clock::FixedClock;
use gatewright_testing::entropy::SeededEntropy;
use gatewright_testing::signing::TestSigner;
use gatewright_testing::{memory, samples};

const ACCOUNT: Pace =
    Pace { free_tries: 3, delay_s: 10, delay_max_s: 20, lockout_tries: 5, lockout_s: 600, window_s: 3600 };
const ADDRESS: Pace = Pace { free_tries: 6, lockout_tries: 100, ..ACCOUNT };

/// A directory of `alice`, whose password is `wonderland`.
struct World {
    stores: Stores,
    clock: Arc<FixedClock>,
    passwords: Arc<CountingHasher>,
    limit: Arc<StoredGuessLimit>,
    directory: Directory,
}

impl World {
    async fn new() -> Self {
        let clock = Arc::new(FixedClock::default());
        let stores = memory::stores_at(clock.clone());
        let password = Some(PasswordHash("wonderland".to_owned()));
        let alice = User { password, ..samples::user(samples::SUBJECT, "alice") };
        stores.users.add(&alice).await.unwrap().unwrap();
        let limit = Arc::new(StoredGuessLimit::new(GuessLimitSetup {
            tries: stores.tries.clone(),
            events: stores.security_events.clone(),
            sealer: Arc::new(TestSigner::default()),
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::default()),
            paces: GuessingPaces {
                account: ACCOUNT,
                address: ADDRESS,
                trusted: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
            },
        }));
        let passwords = Arc::new(CountingHasher::default());
        let directory = Directory::new(stores.users.clone(), passwords.clone(), limit.clone());
        Self { stores, clock, passwords, limit, directory }
    }

    async fn types(&self, username: &str, password: &str, from: &str) -> bool {
        let password = SecretText::new(password);
        self.directory.verify_password(username, &password, from.parse().ok()).await.unwrap().is_some()
    }

    async fn wait_s(&self, username: &str, from: &str) -> u64 {
        let account = Account::Username { typed: username.to_owned(), subject: None };
        let guess = Guess { account, address: from.parse().ok(), what: Guessed::Password };
        self.limit.wait_s(&guess).await.unwrap()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(i64::try_from(seconds).unwrap());
    }

    async fn events(&self) -> Vec<(SecurityEventKind, Option<IpAddr>)> {
        let events = self.stores.security_events.list(&samples::word(samples::SUBJECT)).await.unwrap();
        events.into_iter().map(|event| (event.kind, event.address)).collect()
    }
}

const HOME: &str = "192.0.2.7";
const ELSEWHERE: &str = "198.51.100.1";

#[tokio::test]
async fn the_right_password_does_not_fit_while_its_account_has_to_wait_and_the_work_is_the_same() {
    let world = World::new().await;
    for _ in 0..3 {
        assert!(!world.types("alice", "no", HOME).await);
    }
    let before = world.passwords.verified();
    for from in [HOME, ELSEWHERE, "127.0.0.1", ""] {
        assert!(!world.types("alice", "wonderland", from).await, "{from}");
        assert_eq!(world.wait_s(" Alice ", from).await, 10, "{from}");
    }
    assert_eq!(world.passwords.verified(), before + 4);
    world.clock.advance(10);
    assert!(world.types("ALICE", "wonderland", HOME).await);
    for _ in 0..3 {
        assert!(!world.types("alice", "no", HOME).await, "a success begins anew");
    }
    assert_eq!(world.wait_s("alice", HOME).await, 10);
}

#[tokio::test]
async fn an_unknown_username_waits_as_a_known_one() {
    let world = World::new().await;
    let long = "x".repeat(1000);
    for username in ["alice", "mallory", "", &long] {
        let mut waits = vec![];
        for _ in 0..5 {
            world.types(username, "no", "127.0.0.1").await;
            let wait_s = world.wait_s(username, "127.0.0.1").await;
            waits.push(wait_s);
            world.pass(wait_s);
        }
        assert_eq!(waits, [0, 0, 10, 20, 600], "{}", username.len());
    }
}

#[tokio::test]
async fn an_address_waits_whomever_it_tries_and_a_trusted_one_never() {
    let world = World::new().await;
    for (from, others, waits) in
        [(HOME, HOME, true), ("2001:db8::1", "2001:db8::2", true), ("127.0.0.1", "127.9.9.9", false)]
    {
        for number in 0..6 {
            world.types(&format!("user {number} {from}"), "no", from).await;
        }
        assert_eq!(world.wait_s("nobody yet", others).await > 0, waits, "{from}");
        assert_eq!(world.types("alice", "wonderland", others).await, !waits, "{from}");
        assert_eq!(world.wait_s("nobody yet", ELSEWHERE).await, 0, "{from}");
    }
}

#[tokio::test]
async fn own_successes_do_not_clear_an_address() {
    let world = World::new().await;
    for number in 0..6 {
        assert!(world.types("alice", "wonderland", HOME).await);
        world.types(&format!("user {number}"), "no", HOME).await;
    }
    assert_eq!(world.wait_s("nobody yet", HOME).await, 10);
}

#[tokio::test]
async fn a_password_that_could_not_be_looked_at_was_no_try() {
    let world = World::new().await;
    let directory = Directory::new(world.stores.users.clone(), Arc::new(Busy), world.limit.clone());
    for _ in 0..10 {
        let from = HOME.parse().ok();
        assert!(directory.verify_password("alice", &SecretText::new("no"), from).await.is_err());
    }
    assert!(world.types("alice", "wonderland", HOME).await);
}

#[tokio::test]
async fn who_signs_in_has_others_tries_written_down_and_not_their_own() {
    let world = World::new().await;
    world.types("alice", "no", HOME).await;
    assert!(world.types("alice", "wonderland", HOME).await);
    assert_eq!(world.events().await, []);
    world.types("alice", "no", ELSEWHERE).await;
    world.types("alice", "nono", ELSEWHERE).await;
    assert!(world.types("alice", "wonderland", HOME).await);
    let told = (SecurityEventKind::FailedTries { tries: 2 }, ELSEWHERE.parse().ok());
    assert_eq!(world.events().await, std::slice::from_ref(&told));
    assert!(world.types("alice", "wonderland", HOME).await);
    assert_eq!(world.events().await, [told]);
}

#[tokio::test]
async fn a_lockout_is_written_down_once_and_ends_by_itself_or_by_an_operator() {
    let world = World::new().await;
    let alice = Account::Username { typed: "alice".to_owned(), subject: None };
    let locked = async || world.limit.locked_until(&alice, Guessed::Password).await.unwrap();
    let subject = samples::word(samples::SUBJECT);
    for round in 1..=2 {
        assert_eq!(locked().await, None);
        for _ in 0..5 {
            assert!(!world.types("alice", "no", HOME).await);
            if locked().await.is_none() {
                world.pass(world.wait_s("alice", HOME).await);
            }
        }
        let until = locked().await.unwrap();
        assert_eq!(until, world.clock.now().plus(600));
        let events = world.events().await;
        assert_eq!(events.len(), round);
        assert_eq!(events[0], (SecurityEventKind::LockedOut { until }, HOME.parse().ok()));
        assert!(!world.types("alice", "wonderland", HOME).await);
        match round {
            1 => assert!(world.limit.unlock("Alice", &subject).await.unwrap()),
            _ => world.clock.advance(3600),
        }
        assert_eq!(locked().await, None);
    }
    assert!(world.types("alice", "wonderland", "127.0.0.1").await);
    assert!(!world.limit.unlock("alice", &subject).await.unwrap());
}

#[tokio::test]
async fn nobody_is_told_of_a_lockout_when_the_last_allowed_try_is_right() {
    let world = World::new().await;
    for _ in 0..4 {
        assert!(!world.types("alice", "no", HOME).await);
        world.pass(world.wait_s("alice", HOME).await);
    }
    assert!(world.types("alice", "wonderland", HOME).await);
    assert_eq!(world.events().await, []);
    let account = Account::Subject(samples::word(samples::SUBJECT));
    let guess = Guess { account, address: HOME.parse().ok(), what: Guessed::Factor };
    for right in [true, false] {
        for counted in 1..=5 {
            world.pass(world.limit.wait_s(&guess).await.unwrap());
            let fits = right && counted == 5;
            let look = async { Ok(fits.then_some(())) };
            let spent = under_limit(world.limit.as_ref(), &guess, look, |()| async { Ok(Some(())) }).await.unwrap();
            assert_eq!(spent.is_some(), fits);
        }
        assert_eq!(world.events().await.len(), usize::from(!right), "five wrong ones are told of once");
    }
}

#[tokio::test]
async fn factors_are_counted_apart_from_passwords() {
    let world = World::new().await;
    let account = Account::Subject(samples::word(samples::SUBJECT));
    let guess = Guess { account, address: HOME.parse().ok(), what: Guessed::Factor };
    for _ in 0..3 {
        assert_eq!(world.limit.reserve(&guess).await.unwrap(), Reserved::Counted { last: false });
        assert!(world.types("alice", "wonderland", HOME).await);
    }
    assert_eq!(world.limit.reserve(&guess).await.unwrap(), Reserved::Waits { seconds: 10 });
    assert!(world.types("alice", "wonderland", HOME).await);
    world.limit.unlock("alice", &samples::word(samples::SUBJECT)).await.unwrap();
    assert_eq!(world.limit.reserve(&guess).await.unwrap(), Reserved::Counted { last: false });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn right_passwords_at_once_all_fit_and_of_wrong_ones_no_more_are_looked_at_than_are_free() {
    let world = Arc::new(World::new().await);
    for (password, fit) in [("wonderland", 200), ("no", 0)] {
        let typed = (0..200).map(|_| {
            let world = world.clone();
            tokio::spawn(async move { world.types("alice", password, "127.0.0.1").await })
        });
        let mut fitted = 0;
        for typed in typed.collect::<Vec<_>>() {
            fitted += usize::from(typed.await.unwrap());
        }
        assert_eq!(fitted, fit, "{password}");
    }
    assert_eq!(world.passwords.looked_at(), 203);
}
