//! Recovery codes: made in sets, each counted once, under the limit on guessing.

use super::*;
use crate::factor_fakes::Bench;
use gatewright_domain::factor::FACTORS_MAX;
use gatewright_testing::samples;
use std::collections::BTreeSet;

fn codes(bench: &Bench) -> RecoveryCodes {
    RecoveryCodes::new(RecoverySetup {
        vault: bench.vault(),
        sealer: bench.sealer.clone(),
        users: bench.stores.users.clone(),
        guesses: bench.limit.clone(),
        clock: bench.clock.clone(),
        entropy: bench.entropy.clone(),
    })
}

fn alice() -> Subject {
    samples::word("alice")
}

async fn verify(codes: &RecoveryCodes, subject: &str, code: &str) -> bool {
    let attempt = Attempt { subject: &samples::word(subject), address: None };
    codes.verify(&attempt, &SecretText::new(code)).await.unwrap()
}

#[tokio::test]
async fn a_set_has_ten_codes_in_groups_of_letters_that_are_not_taken_for_one_another() {
    let bench = Bench::new().await;
    let set = codes(&bench).renew(&alice()).await.unwrap();
    let distinct: BTreeSet<&str> = set.iter().map(SecretText::expose).collect();
    assert_eq!(distinct.len(), RECOVERY_CODES);
    for code in distinct {
        let groups: Vec<&str> = code.split('-').collect();
        assert_eq!(groups.iter().map(|group| group.len()).collect::<Vec<_>>(), [4, 4, 4], "{code}");
        assert!(groups.concat().bytes().all(|letter| RECOVERY_ALPHABET.contains(&letter)), "{code}");
    }
    assert!(!RECOVERY_ALPHABET.iter().any(|letter| b"ILOU".contains(letter)));
}

#[tokio::test]
async fn a_code_counts_once_for_its_end_user_however_it_is_typed() {
    let bench = Bench::new().await;
    let recovery = codes(&bench);
    let set = recovery.renew(&alice()).await.unwrap();
    assert_eq!(recovery.remaining(&alice()).await.unwrap(), RECOVERY_CODES);
    let first = set[0].expose();
    assert!(!verify(&recovery, "bob", first).await);
    let misread = first.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
    assert!(verify(&recovery, "alice", &format!(" {misread}\n")).await);
    assert!(!verify(&recovery, "alice", first).await);
    assert_eq!(recovery.remaining(&alice()).await.unwrap(), RECOVERY_CODES - 1);
    for code in &set[1..] {
        assert!(verify(&recovery, "alice", code.expose()).await);
    }
    assert_eq!(recovery.remaining(&alice()).await.unwrap(), 0);
    for code in ["", "-", first, &first[1..], &format!("{first}0"), &"0".repeat(100_000)] {
        assert!(!verify(&recovery, "alice", code).await, "{code}");
    }
}

#[tokio::test]
async fn a_new_set_takes_the_place_of_the_old_one() {
    let bench = Bench::new().await;
    let recovery = codes(&bench);
    let old = recovery.renew(&alice()).await.unwrap();
    let new = recovery.renew(&alice()).await.unwrap();
    assert!(!verify(&recovery, "alice", old[0].expose()).await);
    assert!(verify(&recovery, "alice", new[0].expose()).await);
    assert_eq!(bench.stores.factors.list(&alice()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn of_two_uses_of_a_code_at_once_one_counts_and_of_two_codes_both() {
    let bench = Bench::new().await;
    let recovery = codes(&bench);
    let set = recovery.renew(&alice()).await.unwrap();
    let (one, other) = (letters(&set[0]), letters(&set[1]));
    // All have looked before any makes its code count.
    let looked = recovery.look(&alice(), &one).await.unwrap().unwrap();
    assert!(recovery.spend(looked.clone(), &one).await.unwrap().is_some());
    assert!(recovery.spend(looked.clone(), &one).await.unwrap().is_none());
    assert!(recovery.spend(looked, &other).await.unwrap().is_some());
}

#[tokio::test]
async fn every_try_is_reserved_and_while_it_has_to_wait_the_right_code_is_none_and_stays_good() {
    let bench = Bench::new().await;
    let recovery = codes(&bench);
    let set = recovery.renew(&alice()).await.unwrap();
    assert!(!verify(&recovery, "alice", "0000-0000-0000").await);
    bench.limit.wait(true);
    assert!(!verify(&recovery, "alice", set[0].expose()).await);
    bench.limit.wait(false);
    assert!(verify(&recovery, "alice", set[0].expose()).await);
    assert_eq!(bench.limit.counted(), (2, 1, 0));
}

#[tokio::test]
async fn no_code_is_stored_and_a_copied_set_is_worth_nothing() {
    let bench = Bench::new().await;
    let recovery = codes(&bench);
    let set = recovery.renew(&alice()).await.unwrap();
    let factor = bench.stores.factors.list(&alice()).await.unwrap().remove(0);
    let stored: Stored = bench.vault().open(&factor).unwrap();
    let text = serde_json::to_string(&stored).unwrap();
    assert!(set.iter().all(|code| !text.contains(&letters(code)) && !text.contains(code.expose())));
    assert_ne!(recovery.digest(&alice(), "x"), recovery.digest(&samples::word("bob"), "x"));
}

#[tokio::test]
async fn who_is_disabled_gone_or_has_no_room_gets_no_codes() {
    let bench = Bench::new().await;
    let recovery = codes(&bench);
    let set = recovery.renew(&samples::word("bob")).await.unwrap();
    bench.stores.users.set_disabled(&samples::word("bob"), true).await.unwrap();
    assert!(!verify(&recovery, "bob", set[0].expose()).await);
    for number in 0..FACTORS_MAX {
        let factor = samples::factor(&format!("f{number}"), "alice");
        bench.stores.factors.add(&factor).await.unwrap().unwrap();
    }
    for (subject, why) in [("bob", "no such end-user"), ("nobody", "no such end-user"), ("alice", "too many factors")] {
        match recovery.renew(&samples::word(subject)).await {
            Err(CallFailed::Capability(CapabilityError::Invalid { why: told })) => {
                assert!(told.contains(why), "{told}")
            }
            other => panic!("{other:?}"),
        }
    }
}
