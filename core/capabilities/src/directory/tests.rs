//! Whom the directory finds, and whose password fits.

use super::*;
use crate::fakes::{CountingHasher, OUTDATED, Unlimited};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::password::PasswordHash;
use gatewright_testing::{memory, samples};

/// A directory of accounts whose passwords are "password of" their names.
async fn directory_with(passwords: CountingHasher, accounts: &[User]) -> (Directory, Arc<CountingHasher>) {
    let (users, passwords) = (memory::stores().users, Arc::new(passwords));
    for account in accounts {
        users.add(account).await.unwrap().unwrap();
    }
    (Directory::new(users, passwords.clone(), Arc::new(Unlimited)), passwords)
}

fn account(username: &str) -> User {
    let password = Some(PasswordHash(format!("password of {username}")));
    User { password, ..samples::user(&format!("sub-{}", username.len()), username) }
}

async fn directory() -> (Directory, Arc<CountingHasher>) {
    directory_with(CountingHasher::default(), &accounts()).await
}

fn accounts() -> [User; 3] {
    [
        account("alice"),
        User { disabled: true, ..account("bob") },
        User { password: None, ..account("carol-without-password") },
    ]
}

#[tokio::test]
async fn an_account_is_found_by_subject_and_by_username() {
    let (directory, _) = directory().await;
    let subject = UserKey::Subject(Subject::parse("sub-5").unwrap());
    assert_eq!(directory.find(&subject).await.unwrap().unwrap().username, "alice");
    for typed in ["alice", "Alice", " alice\t"] {
        let found = directory.find(&UserKey::Username(typed.to_owned())).await.unwrap();
        assert_eq!(found.unwrap().subject.as_str(), "sub-5", "{typed:?}");
    }
    for absent in ["bob", "mallory", "", "  "] {
        let found = directory.find(&UserKey::Username(absent.to_owned())).await.unwrap();
        assert!(found.is_none(), "{absent:?}");
    }
    let disabled = UserKey::Subject(Subject::parse("sub-3").unwrap());
    assert!(directory.find(&disabled).await.unwrap().is_none());
}

#[tokio::test]
async fn only_the_right_password_of_an_enabled_account_signs_in_and_all_cost_the_same() {
    let (directory, passwords) = directory().await;
    let long = "a".repeat(USERNAME_CHARS_MAX + 1);
    for (username, password, signs_in) in [
        ("alice", "password of alice", true),
        (" ALICE ", "password of alice", true),
        ("alice", "password of bob", false),
        ("alice", "", false),
        ("bob", "password of bob", false),
        ("carol-without-password", "", false),
        ("mallory", "password of mallory", false),
        ("", "password of alice", false),
        (&long, "password of alice", false),
    ] {
        let before = passwords.verified();
        let found = directory.verify_password(username, &SecretText::new(password), None).await.unwrap();
        assert_eq!(found.is_some(), signs_in, "{username:?}");
        assert_eq!(passwords.verified(), before + 1, "{username:?}");
    }
}

#[tokio::test]
async fn a_hash_that_new_ones_are_not_made_like_is_made_anew_when_its_password_is_typed() {
    let outdated = PasswordHash(format!("{OUTDATED}password of alice"));
    let alice = User { password: Some(outdated.clone()), ..account("alice") };
    for (hasher, typed, kept) in [
        (CountingHasher::default(), "password of alice", "password of alice"),
        (CountingHasher::default(), "password of bob", outdated.0.as_str()),
        (CountingHasher::busy(), "password of alice", outdated.0.as_str()),
    ] {
        let (directory, _) = directory_with(hasher, std::slice::from_ref(&alice)).await;
        let found = directory.verify_password("alice", &SecretText::new(typed), None).await.unwrap();
        assert_eq!(found.is_some(), typed == "password of alice", "a busy hasher keeps nobody out");
        let stored = directory.users.find(&alice.subject).await.unwrap().unwrap();
        assert_eq!(stored.password, Some(PasswordHash(kept.to_owned())), "{typed}");
    }
}

#[tokio::test]
async fn the_longest_username_is_looked_up_and_no_longer_one() {
    let (longest, over) = ("é".repeat(USERNAME_CHARS_MAX), "é".repeat(USERNAME_CHARS_MAX + 1));
    let accounts = [account(&longest), account(&over)];
    let (directory, _) = directory_with(CountingHasher::default(), &accounts).await;
    assert!(directory.find(&UserKey::Username(longest)).await.unwrap().is_some());
    assert!(directory.find(&UserKey::Username(over)).await.unwrap().is_none());
}

#[tokio::test]
async fn a_hasher_that_says_yes_to_nobody_signs_nobody_in() {
    let (directory, _) = directory_with(CountingHasher::always_yes(), &accounts()).await;
    for username in ["bob", "carol-without-password", "mallory"] {
        let found = directory.verify_password(username, &SecretText::new("x"), None).await.unwrap();
        assert!(found.is_none(), "{username}");
    }
}
