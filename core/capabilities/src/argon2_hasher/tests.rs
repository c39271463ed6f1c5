//! Passwords, those of other implementations among them.

use super::*;
use gatewright_testing::entropy::SeededEntropy;
use std::time::{Duration, Instant};

/// As little work as argon2 knows.
const CHEAP: HashCost = HashCost { memory_kib: 8, iterations: 1, threads: 2 };

fn hasher_of(cost: HashCost) -> Argon2Hasher {
    Argon2Hasher::start_with(cost, HASH_QUEUE_MAX, Arc::new(SeededEntropy::default())).unwrap()
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash(text.to_owned())
}

fn secret(text: &str) -> SecretText {
    SecretText::new(text)
}

#[tokio::test]
async fn a_password_fits_its_own_hash_and_no_other() {
    let hasher = hasher_of(CHEAP);
    let one = hasher.hash(&secret("correct horse")).await.unwrap();
    let two = hasher.hash(&secret("correct horse")).await.unwrap();
    assert_ne!(one, two, "each has a salt of its own");
    for (password, fits) in [("correct horse", true), ("correct horse ", false), ("Correct horse", false), ("", false)]
    {
        assert_eq!(hasher.verify(&secret(password), Some(&one)).await.unwrap(), fits, "{password:?}");
        assert_eq!(hasher.verify(&secret(password), Some(&two)).await.unwrap(), fits, "{password:?}");
    }
}

#[tokio::test]
async fn the_default_is_what_owasp_puts_first() {
    let hasher = Argon2Hasher::start(HashCost::default()).unwrap();
    let hash = hasher.hash(&secret("pässwörd")).await.unwrap();
    assert!(hash.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.0);
    assert!(hasher.verify(&secret("pässwörd"), Some(&hash)).await.unwrap());
}

#[tokio::test]
async fn hashes_of_the_reference_implementation_are_understood() {
    // Vectors of phc-winner-argon2's test.c; those without a version are of 1.0.
    let hasher = hasher_of(CHEAP);
    for vector in [
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
        "$argon2i$v=19$m=256,t=2,p=2$c29tZXNhbHQ$T/XOJ2mh1/TIpJHfCdQan76Q5esCFVoT5MAeIM1Oq2E",
        "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY",
    ] {
        assert!(hasher.verify(&secret("password"), Some(&hash(vector))).await.unwrap(), "{vector}");
        assert!(!hasher.verify(&secret("passwore"), Some(&hash(vector))).await.unwrap(), "{vector}");
        assert!(hasher.needs_rehash(&hash(vector)), "{vector}");
    }
}

#[tokio::test]
async fn only_hashes_made_as_new_ones_are_stay() {
    let hasher = hasher_of(CHEAP);
    let current = hasher.hash(&secret("x")).await.unwrap();
    assert!(!hasher.needs_rehash(&current));
    let stronger = HashCost { memory_kib: 16, ..CHEAP };
    assert!(hasher_of(stronger).needs_rehash(&current));
    for altered in [
        current.0.replace("argon2id", "argon2i"),
        current.0.replace("v=19", "v=16"),
        current.0.replace("t=1", "t=2"),
        "no hash".to_owned(),
    ] {
        assert!(hasher.needs_rehash(&hash(&altered)), "{altered}");
    }
}

#[tokio::test]
async fn without_an_account_the_answer_is_no_after_the_same_work() {
    let hasher = hasher_of(HashCost { memory_kib: 8 * 1024, iterations: 2, threads: 1 });
    let known = hasher.hash(&secret("right")).await.unwrap();
    // The quickest of some tries: what the machine does besides only adds.
    let mut quickest = [Duration::MAX; 2];
    for _ in 0..15 {
        for (case, hash) in [Some(&known), None].into_iter().enumerate() {
            let begun = Instant::now();
            assert!(!hasher.verify(&secret("wrong"), hash).await.unwrap());
            quickest[case] = quickest[case].min(begun.elapsed());
        }
    }
    let ratio = quickest[1].as_secs_f64() / quickest[0].as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{quickest:?}");
}

#[tokio::test]
async fn a_password_over_the_limit_is_refused_before_any_work() {
    let hasher = hasher_of(CHEAP);
    let longest = secret(&"x".repeat(PASSWORD_BYTES_MAX));
    let hash = hasher.hash(&longest).await.unwrap();
    assert!(hasher.verify(&longest, Some(&hash)).await.unwrap());
    let over = secret(&"x".repeat(PASSWORD_BYTES_MAX + 1));
    assert!(hasher.hash(&over).await.is_err());
    assert!(!hasher.verify(&over, Some(&hash)).await.unwrap());
    assert!(!hasher.verify(&over, None).await.unwrap());
}

#[tokio::test]
async fn a_stored_text_that_is_no_bearable_hash_is_a_fault_that_repeats_nothing() {
    let hasher = hasher_of(CHEAP);
    let salt_and_hash = "c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    for text in [
        String::new(),
        "hunter2".to_owned(),
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW".to_owned(),
        "$argon2id$v=19$m=256,t=2,p=1".to_owned(),
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ".to_owned(),
        format!("$argon2id$v=18$m=256,t=2,p=1${salt_and_hash}"),
        format!("$argon2id$v=19$m={},t=2,p=1${salt_and_hash}", MEMORY_KIB_MAX + 1),
        format!("$argon2id$v=19$m=256,t={},p=1${salt_and_hash}", ITERATIONS_MAX + 1),
        format!("$argon2id$v=19$m=256,t=2,p={}${salt_and_hash}", LANES_MAX + 1),
    ] {
        let fault = hasher.verify(&secret("password"), Some(&hash(&text))).await.unwrap_err();
        let said = fault.to_string();
        assert!(!said.contains("c29t") && !said.contains("hunter2") && !said.contains("R9h"), "{said}");
    }
}

#[test]
fn costs_out_of_bounds_stop_the_start() {
    for cost in [
        HashCost { memory_kib: 7, ..CHEAP },
        HashCost { memory_kib: MEMORY_KIB_MAX + 1, ..CHEAP },
        HashCost { iterations: 0, ..CHEAP },
        HashCost { iterations: ITERATIONS_MAX + 1, ..CHEAP },
    ] {
        assert!(Argon2Hasher::start(cost).is_err(), "{cost:?}");
    }
    assert!(Argon2Hasher::start(HashCost { iterations: ITERATIONS_MAX, threads: 0, ..CHEAP }).is_ok());
}

#[tokio::test]
async fn a_flood_is_told_that_the_hasher_is_busy() {
    let cost = HashCost { memory_kib: 16 * 1024, iterations: 2, threads: 1 };
    let hasher = Arc::new(Argon2Hasher::start_with(cost, 2, Arc::new(SeededEntropy::default())).unwrap());
    let tries: Vec<_> = (0..20)
        .map(|_| {
            let hasher = hasher.clone();
            tokio::spawn(async move { hasher.verify(&secret("x"), None).await })
        })
        .collect();
    let mut busy = 0;
    for tried in tries {
        match tried.await.unwrap() {
            Ok(fits) => assert!(!fits),
            Err(fault) => busy += usize::from(fault.to_string().contains("busy")),
        }
    }
    assert!((10..20).contains(&busy), "{busy} of 20");
    assert!(hasher.verify(&secret("x"), None).await.is_ok(), "and it is over when the flood is");
}
