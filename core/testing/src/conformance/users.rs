//! End-users.

use super::{Nodes, issue, later, race};
use crate::samples;
use gatewright_domain::code::{AuthorizationCode, Redemption};
use gatewright_domain::password::PasswordHash;
use gatewright_domain::session::Session;
use gatewright_domain::store::{DuplicateUser, Stores};
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::user::User;
use serde_json::json;

/// Of ASCII letters alone: others are compared as they are.
pub async fn a_user_is_found_by_subject_and_by_username_in_any_case(nodes: &Nodes) {
    let user = User { disabled: true, password: Some(samples::password_hash()), ..samples::user("u1", "Ärzte.Alice") };
    nodes.here.users.add(&user).await.unwrap().unwrap();
    let users = &nodes.there.users;
    assert_eq!(users.find(&user.subject).await.unwrap().as_ref(), Some(&user));
    assert_eq!(users.find(&samples::word("u2")).await.unwrap(), None);
    for (username, is_known) in [("Ärzte.Alice", true), ("ÄRZTE.ALICE", true), ("ärzte.alice", false), ("", false)] {
        assert_eq!(users.find_by_username(username).await.unwrap().is_some(), is_known, "{username}");
    }
}

/// In any case, too; and the first one stays as it was.
pub async fn a_taken_username_or_subject_is_refused(nodes: &Nodes) {
    let alice = samples::user("u1", "Alice");
    nodes.here.users.add(&alice).await.unwrap().unwrap();
    for other in [samples::user("u2", "aLICE"), samples::user("u1", "bob")] {
        assert_eq!(nodes.there.users.add(&other).await.unwrap(), Err(DuplicateUser));
    }
    assert_eq!(nodes.here.users.list(None, 10).await.unwrap(), [alice]);
}

/// The others are told so.
pub async fn of_many_that_take_a_username_one_gets_it(nodes: &Nodes) {
    let added = race(nodes, |number, stores| async move {
        stores.users.add(&samples::user(&format!("u{number}"), "alice")).await.unwrap()
    });
    assert_eq!(added.await.iter().filter(|added| added.is_ok()).count(), 1);
}

/// PostgreSQL's texts hold none, so no backend has such a name; looking for it is no fault.
pub async fn a_username_with_a_nul_is_nobodys(nodes: &Nodes) {
    assert!(nodes.here.users.add(&samples::user("u1", "ali\0ce")).await.is_err());
    assert_eq!(nodes.here.users.find_by_username("ali\0ce").await.unwrap(), None);
}

/// And nothing else of the account is.
pub async fn a_password_is_replaced(nodes: &Nodes) {
    let user = samples::user("u1", "alice");
    nodes.here.users.add(&user).await.unwrap().unwrap();
    assert!(nodes.there.users.set_password(&user.subject, &samples::password_hash()).await.unwrap());
    assert!(!nodes.there.users.set_password(&samples::word("u2"), &samples::password_hash()).await.unwrap());
    let after = User { password: Some(samples::password_hash()), ..user };
    assert_eq!(nodes.here.users.find(&after.subject).await.unwrap(), Some(after));
}

/// The one that was verified gives way to its new hash; any other stays.
pub async fn a_rehash_never_overwrites_another_password(nodes: &Nodes) {
    let hash = |text: &str| PasswordHash(text.to_owned());
    let user = User { password: Some(hash("old")), ..samples::user("u1", "alice") };
    nodes.here.users.add(&user).await.unwrap().unwrap();
    nodes.here.users.add(&User { password: None, ..samples::user("u2", "bob") }).await.unwrap().unwrap();
    let users = &nodes.there.users;
    assert!(users.rehash(&user.subject, &hash("old"), &hash("new")).await.unwrap());
    assert!(!users.rehash(&user.subject, &hash("old"), &hash("newer")).await.unwrap());
    for other in ["u2", "u3"] {
        assert!(!users.rehash(&samples::word(other), &hash("old"), &hash("new")).await.unwrap(), "{other}");
    }
    let after = User { password: Some(hash("new")), ..user };
    assert_eq!(nodes.here.users.find(&after.subject).await.unwrap(), Some(after));
}

/// An account with one of everything: a session, a consent, a code, a redeemed one, an opaque access token.
async fn with_everything(stores: &Stores, subject: &str) {
    stores.users.add(&samples::user(subject, subject)).await.unwrap().unwrap();
    let session = Session { subject: samples::word(subject), ..samples::session(subject, subject) };
    stores.sessions.begin(&session, None).await.unwrap();
    let mut consent = samples::consent("client", "openid");
    consent.subject = samples::word(subject);
    stores.consents.remember(&consent).await.unwrap();
    let code = |text: &str| AuthorizationCode {
        authentication: samples::authentication(subject, subject),
        ..samples::code(&format!("{subject} {text}"), "client", subject)
    };
    issue(stores, &code("unredeemed")).await;
    issue(stores, &code("redeemed")).await;
    let mut issues = samples::first_tokens(&code("redeemed"), subject);
    issues.opaque = Some(samples::access_token(subject, &issues.family));
    let redemption = stores.codes.redeem(&code("redeemed").hash, &issues, later(0)).await.unwrap();
    assert_eq!(redemption, Redemption::Redeemed);
}

/// What of that lives: the session, the code, the family, the access token; and the consent apart.
async fn lives(stores: &Stores, subject: &str) -> ([bool; 4], bool) {
    let hash = TokenHash::of(subject);
    let family = stores.tokens.family(&samples::word(subject)).await.unwrap().unwrap();
    let consent = stores.consents.find(&samples::word(subject), &samples::word("client")).await.unwrap();
    let living = [
        stores.sessions.find(&hash).await.unwrap().is_some(),
        stores.codes.find(&TokenHash::of(&format!("{subject} unredeemed"))).await.unwrap().is_some(),
        family.revoked_at.is_none(),
        stores.tokens.find_opaque(&hash).await.unwrap().is_some_and(|(_, is_revoked)| !is_revoked),
    ];
    (living, consent.is_some())
}

/// Sessions and codes go, families are revoked, consents stay; enabling brings back the account and nothing else.
pub async fn disabling_a_user_signs_them_out_for_good(nodes: &Nodes) {
    for subject in ["off", "stays"] {
        with_everything(&nodes.here, subject).await;
    }
    let (users, off) = (&nodes.there.users, samples::word("off"));
    for disabled in [true, false] {
        assert!(users.set_disabled(&off, disabled).await.unwrap());
        assert!(!users.set_disabled(&samples::word("unknown"), disabled).await.unwrap());
        assert_eq!(nodes.here.users.find(&off).await.unwrap().unwrap().disabled, disabled);
        assert_eq!(lives(&nodes.here, "off").await, ([false; 4], true));
        assert!(!nodes.here.users.find(&samples::word("stays")).await.unwrap().unwrap().disabled);
        assert_eq!(lives(&nodes.here, "stays").await, ([true; 4], true));
    }
}

/// Sessions, consents and codes go, families are revoked; what others have stays.
pub async fn removing_a_user_ends_everything_of_theirs(nodes: &Nodes) {
    for subject in ["gone", "stays"] {
        with_everything(&nodes.here, subject).await;
    }
    assert!(nodes.there.users.remove(&samples::word("gone")).await.unwrap());
    assert!(!nodes.here.users.remove(&samples::word("gone")).await.unwrap());
    for (subject, is_there) in [("gone", false), ("stays", true)] {
        assert_eq!(nodes.here.users.find(&samples::word(subject)).await.unwrap().is_some(), is_there, "{subject}");
        assert_eq!(lives(&nodes.here, subject).await, ([is_there; 4], is_there), "{subject}");
    }
}

/// A change of claims is made of those that were read, or not at all; of many at once one is made.
pub async fn of_many_replacements_of_a_user_s_claims_one_is_made(nodes: &Nodes) {
    let user = samples::user("u", "u");
    let claims = |number: usize| json!({ "number": number }).as_object().cloned().unwrap();
    assert!(!nodes.here.users.replace_claims(&user.subject, &user.claims, &claims(1)).await.unwrap());
    nodes.here.users.add(&user).await.unwrap().unwrap();
    let racer = user.clone();
    let replaced = race(nodes, move |number, stores| {
        let user = racer.clone();
        async move { stores.users.replace_claims(&user.subject, &user.claims, &claims(number)).await.unwrap() }
    });
    assert_eq!(replaced.await.into_iter().filter(|replaced| *replaced).count(), 1);
    let stored = nodes.there.users.find(&user.subject).await.unwrap().unwrap();
    assert!(stored.claims.contains_key("number"), "{stored:?}");
    assert!(!nodes.here.users.replace_claims(&user.subject, &user.claims, &claims(1)).await.unwrap());
    assert!(nodes.here.users.replace_claims(&user.subject, &stored.claims, &user.claims).await.unwrap());
    assert_eq!(nodes.there.users.find(&user.subject).await.unwrap().unwrap(), user);
}

/// Pages follow one another without gap or repetition, whatever the names' case.
pub async fn users_are_listed_by_username_page_by_page(nodes: &Nodes) {
    let names = ["0", "Alice", "alice2", "BOB", "bob-2", "bob2", "Zoë", "ärzte"];
    for (number, name) in names.iter().enumerate().rev() {
        nodes.here.users.add(&samples::user(&format!("u{number}"), name)).await.unwrap().unwrap();
    }
    let mut listed: Vec<String> = vec![];
    loop {
        let page = nodes.there.users.list(listed.last().map(String::as_str), 3).await.unwrap();
        assert!(page.len() <= 3);
        if page.is_empty() {
            break;
        }
        listed.extend(page.into_iter().map(|user| user.username));
    }
    assert_eq!(listed, names);
}
