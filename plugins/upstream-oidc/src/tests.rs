//! Who signs in there, and whose account that is here.

use super::{TOO_MANY, Upstream};
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::oidc::SignedIn;
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing::{Account, Login};

const REFERENCE: &str = "https://idp.example c7";
const BACK: [(&str, &str); 1] = [("code", "x")];
const PASSWORD: [(&str, &str); 2] = [("username", "alice"), ("password", "wonderland")];

fn alice() -> Account {
    Account::new("alice").subject("a1").password("wonderland")
}

/// Somebody has signed in at the provider that is called as the ACR.
fn signed_in_there(account: Account, claims: ClaimSet) -> Login {
    let there = SignedIn { issuer: "https://idp.example".into(), subject: "c7".into(), claims };
    let login = Login::new().user(account).provider("corporate", there).given(|login| login.acr = "corporate".into());
    login.come_back(BACK)
}

fn there(account: Account, enrolment: Enrolment) -> Login {
    let claims = ClaimSet::from([("email", "alice@acme.example")]);
    signed_in_there(account, claims).given(|login| login.enrolment = enrolment)
}

fn with_session(login: Login, subject: &'static str) -> Login {
    login.given(|login| {
        login.user = Some(User { subject: subject.into(), username: subject.into(), claims: ClaimSet::new() });
        login.proven = vec!["pwd".into()];
    })
}

fn refused(run: authenticate::Decision, because: &str) -> bool {
    matches!(run, authenticate::Decision::Fail(why) if why.contains(because))
}

#[test]
fn the_password_is_asked_once_and_then_never_again() {
    let mut login = there(alice(), Enrolment::Open).answer(PASSWORD);
    let run = login.run::<Upstream>();
    assert_eq!(run.decision(), authenticated("a1").amr(["fed"]));
    assert!(run.pages()[0].notice().is_some_and(|notice| notice.contains("to link it")));
    assert_eq!(run.log(), ["info: a1 linked an account at https://idp.example"]);
    let again = login.come_back(BACK).run::<Upstream>();
    assert_eq!((again.decision(), again.pages().len()), (authenticated("a1").amr(["fed"]), 0));
}

#[test]
fn a_linked_account_signs_in_whatever_was_kept_with_it() {
    let run = there(alice().factor_as("Acme", REFERENCE, 7), Enrolment::Closed).run::<Upstream>();
    assert_eq!(run.decision(), authenticated("a1").amr(["fed"]));
}

#[test]
fn the_same_subject_of_another_issuer_is_somebody_else() {
    let run = there(alice().factor_as("Acme", "https://other.example c7", 7), Enrolment::Closed).run::<Upstream>();
    assert!(refused(run.decision(), "is not linked"));
}

#[test]
fn nothing_is_linked_where_that_is_closed() {
    assert!(refused(there(alice(), Enrolment::Closed).run::<Upstream>().decision(), "link it on your account page"));
}

#[test]
fn a_password_alone_links_no_account_with_one_that_has_a_factor() {
    let run = there(alice().app("755224"), Enrolment::Open).answer(PASSWORD).run::<Upstream>();
    assert!(refused(run.decision(), "Sign in with that"));
}

#[test]
fn who_does_not_know_the_password_links_nothing() {
    let guess = [("username", "alice"), ("password", "guess")];
    let run = (0..5).fold(there(alice(), Enrolment::Open), |login, _| login.answer(guess)).run::<Upstream>();
    assert_eq!(run.decision(), fail(TOO_MANY));
}

#[test]
fn the_account_page_links_another() {
    let has = || alice().factor_as("Acme", "https://idp.example other", 7);
    let run = with_session(there(has(), Enrolment::Demanded), "a1").run::<Upstream>();
    assert_eq!((run.decision(), run.pages().len()), (authenticated("a1").amr(["fed"]), 0));
    let linked = alice().factor_as("Acme", REFERENCE, 7);
    let again = with_session(there(linked, Enrolment::Demanded), "a1").run::<Upstream>();
    assert!(refused(again.decision(), "linked already"));
    assert_eq!(there(alice(), Enrolment::Demanded).run::<Upstream>().fault(), "an enrolment was demanded of nobody");
}

#[test]
fn an_account_of_somebody_else_makes_no_session_stronger() {
    let linked = alice().factor_as("Acme", REFERENCE, 7);
    let run = with_session(there(linked, Enrolment::Open), "b1").run::<Upstream>();
    assert!(refused(run.decision(), "linked with another one"));
}

#[test]
fn who_turns_back_there_is_not_signed_in() {
    let turned = Login::new().given(|login| login.acr = "corporate".into()).come_back([("error", "access_denied")]);
    assert!(refused(turned.clone().run::<Upstream>().decision(), "did not sign in"));
}

#[test]
fn the_account_is_called_as_it_is_there() {
    let called = |claims| {
        let there = SignedIn { issuer: "https://idp.example".into(), subject: "c7".into(), claims };
        super::label("corporate", &there)
    };
    let named = ClaimSet::from([("name", "Alice\nLiddell")]);
    assert_eq!(called(named.clone()), "AliceLiddell");
    assert_eq!(called(named.with("email", "a@acme.example")), "a@acme.example");
    assert_eq!(called(ClaimSet::from([("email", " \t")])), "Account at corporate");
    assert_eq!(called(ClaimSet::new()), "Account at corporate");
    assert_eq!(called(ClaimSet::from([("name", "x".repeat(65))])), "x".repeat(64));
}

#[test]
fn a_provider_that_was_not_lent_is_a_fault() {
    let run = Login::new().lend(["users", "factors", "log"]).run::<Upstream>();
    assert_eq!(run.fault(), "not lent: oidc");
}
