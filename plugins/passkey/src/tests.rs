//! A passkey alone, after the password, and how it comes to be there.

use super::{ATTEMPTS, NOT_MADE, Passkey};
use first_factor::TOO_MANY;
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing::{Account, Login};

fn alice() -> Account {
    Account::new("alice").subject("a1").password("wonderland")
}

const PASSWORD: [(&str, &str); 2] = [("username", "alice"), ("password", "wonderland")];
const KEY: [(&str, &str); 1] = [("key", "alice")];
const NEW: [(&str, &str); 2] = [("key", "alice"), ("label", "Laptop")];

fn enrolling(account: Account, enrolment: Enrolment) -> Login {
    Login::new().user(account).given(|login| login.enrolment = enrolment)
}

fn with_session(login: Login, proven: &'static str) -> Login {
    login.given(|login| {
        login.user = Some(User { subject: "a1".into(), username: "alice".into(), claims: ClaimSet::new() });
        login.proven = vec![proven.into()];
    })
}

#[test]
fn a_passkey_that_knows_its_owner_needs_no_password() {
    let run = Login::new().user(alice().passkey(true)).answer(KEY).run::<Passkey>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pop", "user", "mfa"]));
    assert_eq!(run.pages()[0].actions(), ["sign_in"], "a password alone would be less than was asked for");
}

#[test]
fn a_key_that_asks_for_nothing_needs_the_password_too() {
    let run = Login::new().user(alice().passkey(false)).answer(KEY).answer(PASSWORD).run::<Passkey>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pwd", "pop", "mfa"]));
    let guess = [("username", "alice"), ("password", "guess")];
    let login = Login::new().user(alice().passkey(false)).answer(KEY);
    assert_eq!((0..5).fold(login, |login, _| login.answer(guess)).run::<Passkey>().decision(), fail(TOO_MANY));
}

#[test]
fn a_passkey_that_is_not_known_may_be_tried_three_times() {
    let run = (0..ATTEMPTS).fold(Login::new().user(alice()), |login, _| login.answer(KEY)).run::<Passkey>();
    assert_eq!(run.decision(), fail(TOO_MANY));
    assert!(run.pages()[1].notice().is_some_and(|notice| notice.contains("not known here")));
}

#[test]
fn the_passkey_makes_a_session_stronger() {
    let stepping = |verified| with_session(Login::new().user(alice().passkey(verified)), "pwd").answer(KEY);
    let run = stepping(false).run::<Passkey>();
    assert_eq!((run.decision(), run.pages().len()), (authenticated("a1").amr(["pwd", "pop", "mfa"]), 1));
    assert_eq!(stepping(true).run::<Passkey>().decision(), authenticated("a1").amr(["pwd", "pop", "user", "mfa"]));
}

#[test]
fn nobody_elses_passkey_makes_a_session_stronger() {
    let bob = Account::new("bob").passkey(true);
    let login = with_session(Login::new().user(alice().passkey(true)).user(bob), "pwd");
    let run = (0..ATTEMPTS).fold(login, |login, _| login.answer([("key", "bob")])).run::<Passkey>();
    assert_eq!(run.decision(), fail(TOO_MANY));
}

#[test]
fn a_session_without_a_password_is_asked_for_it_where_the_key_asks_for_nothing() {
    let login = with_session(Login::new().user(alice().passkey(false)), "fed");
    let run = login.answer(KEY).answer(PASSWORD).run::<Passkey>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pwd", "pop", "mfa"]));
}

#[test]
fn who_has_none_makes_one_by_the_password_where_that_is_open() {
    let run = enrolling(alice(), Enrolment::Open)
        .answer([("action", "password")])
        .answer(PASSWORD)
        .answer(NEW)
        .answer(KEY)
        .run::<Passkey>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pwd", "pop", "user", "mfa"]));
    let titles: Vec<_> = run.pages().iter().map(|page| page.title()).collect();
    assert_eq!(titles, ["Sign in", "Sign in", "Create a passkey", "Use your passkey"]);
}

#[test]
fn the_password_leads_who_has_a_passkey_to_it() {
    let open = || enrolling(alice().passkey(true), Enrolment::Open).answer([("action", "password")]);
    let run = open().answer(PASSWORD).answer(KEY).run::<Passkey>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pwd", "pop", "user", "mfa"]));
    let guess = [("username", "alice"), ("password", "guess")];
    assert_eq!((0..5).fold(open(), |login, _| login.answer(guess)).run::<Passkey>().decision(), fail(TOO_MANY));
}

#[test]
fn who_has_another_factor_makes_none_by_the_password_alone() {
    let open = enrolling(alice().app("755224"), Enrolment::Open).answer([("action", "password")]);
    let run = open.answer(PASSWORD).run::<Passkey>();
    assert!(matches!(run.decision(), authenticate::Decision::Fail(why) if why.contains("Sign in with that")));
}

#[test]
fn who_has_none_is_told_what_to_do_where_that_is_closed() {
    let run = with_session(Login::new().user(alice()), "pwd").run::<Passkey>();
    assert!(matches!(run.decision(), authenticate::Decision::Fail(why) if why.contains("account page")));
}

#[test]
fn the_password_comes_before_a_passkey_that_is_made_in_a_session() {
    let open = with_session(enrolling(alice(), Enrolment::Open), "fed");
    let guess = [("username", "alice"), ("password", "guess")];
    let run = (0..5).fold(open, |login, _| login.answer(guess)).run::<Passkey>();
    assert_eq!(run.decision(), fail(TOO_MANY));
}

#[test]
fn the_account_page_adds_another_one() {
    let demanded = || with_session(enrolling(alice().passkey(true), Enrolment::Demanded), "pop");
    let run = demanded().answer([("key", "alice"), ("label", &"x".repeat(65))]).answer(NEW).run::<Passkey>();
    assert_eq!((run.decision(), run.pages().len()), (authenticated("a1").amr(["pop"]), 2));
    assert_eq!(run.pages()[1].error("label"), Some("Choose a name of 1 to 64 characters."));
    let wrong = |login: Login| login.answer([("key", "nobody"), ("label", "x")]);
    let tried = (0..ATTEMPTS).fold(demanded(), |login, _| wrong(login)).run::<Passkey>();
    assert_eq!(tried.decision(), fail(NOT_MADE));
    assert_eq!(enrolling(alice(), Enrolment::Demanded).run::<Passkey>().fault(), "an enrolment was demanded of nobody");
}

#[test]
fn who_makes_none_on_the_way_is_not_signed_in() {
    let open = enrolling(alice(), Enrolment::Open).answer([("action", "password")]).answer(PASSWORD);
    let run = (0..ATTEMPTS).fold(open, |login, _| login.answer([("key", "nobody"), ("label", "x")])).run::<Passkey>();
    assert_eq!(run.decision(), fail(NOT_MADE));
}
