//! Codes of an app, recovery codes, and how an app comes to be there.

use super::{CODE_ATTEMPTS, Totp};
use first_factor::TOO_MANY;
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing::{Account, Login, NEW_APP_CODE};

fn alice() -> Account {
    Account::new("alice").subject("a1").password("wonderland")
}

/// The account's owner, past the password.
fn signs_in(account: Account) -> Login {
    Login::new().user(account).answer([("username", "alice"), ("password", "wonderland")])
}

fn enrolling(login: Login, enrolment: Enrolment) -> Login {
    login.given(|login| login.enrolment = enrolment)
}

fn with_session(login: Login, proven: &'static str) -> Login {
    login.given(|login| {
        login.user = Some(User { subject: "a1".into(), username: "alice".into(), claims: ClaimSet::new() });
        login.proven = vec![proven.into()];
    })
}

fn both() -> authenticate::Decision {
    authenticated("a1").amr(["pwd", "otp"])
}

#[test]
fn the_code_of_the_app_is_the_second_factor() {
    let run = signs_in(alice().app("755224")).answer([("code", "0")]).answer([("code", "755224")]).run::<Totp>();
    assert_eq!(run.decision(), both());
    assert_eq!(run.pages()[2].notice(), Some("This code is not right, or was used already."));
    assert_eq!(run.pages()[1].actions(), ["go_on"]);
}

#[test]
fn the_fifth_wrong_code_is_the_last() {
    let tried = (0..CODE_ATTEMPTS).fold(signs_in(alice().app("755224")), |login, _| login.answer([("code", "0")]));
    assert_eq!(tried.clone().run::<Totp>().decision(), fail(TOO_MANY));
}

#[test]
fn a_password_that_is_not_known_ends_it() {
    let guess = [("username", "alice"), ("password", "guess")];
    let run = (0..5).fold(Login::new().user(alice().app("755224")), |login, _| login.answer(guess)).run::<Totp>();
    assert_eq!(run.decision(), fail(TOO_MANY));
}

#[test]
fn who_proved_the_password_types_the_code_alone() {
    let run = with_session(Login::new().user(alice().app("755224")), "pwd").answer([("code", "755224")]).run::<Totp>();
    assert_eq!((run.decision(), run.pages().len()), (both(), 1));
}

#[test]
fn a_recovery_code_stands_for_the_app_and_counts_once() {
    let mut login = signs_in(alice().app("755224").recovery_codes(["blue-moon"]))
        .answer([("action", "recovery")])
        .answer([("code", "red-sun")])
        .answer([("code", "blue-moon")]);
    let run = login.run::<Totp>();
    assert_eq!(run.decision(), both());
    assert_eq!(run.log(), ["info: a1 signs in with a recovery code"]);
    let used = login.answer([("username", "alice"), ("password", "wonderland")]).run::<Totp>();
    assert_eq!(used.page().actions(), ["go_on"], "none is left");
}

#[test]
fn who_finds_the_app_again_goes_back_to_it() {
    let run = signs_in(alice().app("755224").recovery_codes(["blue-moon"]))
        .answer([("action", "recovery")])
        .answer([("action", "app")])
        .answer([("code", "755224")])
        .run::<Totp>();
    assert_eq!(run.decision(), both());
}

#[test]
fn who_has_no_factor_adds_an_app_where_that_is_open() {
    let run = enrolling(signs_in(alice()), Enrolment::Open)
        .answer([("code", "0"), ("label", "Phone")])
        .answer([("code", NEW_APP_CODE), ("label", "Phone")])
        .run::<Totp>();
    assert_eq!(run.decision(), both());
    assert!(run.pages()[1].qr_code("key").is_some());
    assert_eq!(run.pages()[1].value("label"), Some("Authenticator app"));
    assert_eq!(run.pages()[2].value("label"), Some("Phone"));
    assert!(run.pages()[2].notice().is_some_and(|notice| notice.contains("not what the app should show")));
}

#[test]
fn a_name_that_is_too_long_is_told_at_its_field() {
    let run = enrolling(signs_in(alice()), Enrolment::Open)
        .answer([("code", NEW_APP_CODE), ("label", &"x".repeat(65))])
        .run::<Totp>();
    assert_eq!(run.page().error("label"), Some("Choose a name of 1 to 64 characters."));
}

#[test]
fn no_app_is_added_after_the_fifth_wrong_code() {
    let open = enrolling(signs_in(alice()), Enrolment::Open);
    let tried = (0..CODE_ATTEMPTS).fold(open, |login, _| login.answer([("code", "0"), ("label", "x")]));
    let failed = tried.clone().run::<Totp>().decision();
    assert_eq!(failed, fail("No authenticator app was added. Begin again where you came from."));
}

#[test]
fn who_has_another_factor_adds_no_app_by_the_password_alone() {
    let run = enrolling(signs_in(alice().passkey(true)), Enrolment::Open).run::<Totp>();
    assert!(matches!(run.decision(), authenticate::Decision::Fail(why) if why.contains("Sign in with that")));
}

#[test]
fn who_has_no_app_is_told_what_to_do_where_that_is_closed() {
    let run = signs_in(alice()).run::<Totp>();
    assert!(matches!(run.decision(), authenticate::Decision::Fail(why) if why.contains("account page")));
}

#[test]
fn the_account_page_adds_another_app() {
    let run = enrolling(with_session(Login::new().user(alice().app("755224")), "otp"), Enrolment::Demanded)
        .answer([("code", NEW_APP_CODE), ("label", "Tablet")])
        .run::<Totp>();
    assert_eq!((run.decision(), run.pages().len()), (both(), 1));
    let nobody = enrolling(Login::new(), Enrolment::Demanded).run::<Totp>();
    assert_eq!(nobody.fault(), "an enrolment was demanded of nobody");
}
