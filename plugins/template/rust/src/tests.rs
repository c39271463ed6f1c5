//! The plugin against a scripted server: `cargo test`.

use super::Plugin;
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing::{Account, Login};

fn at_the_door() -> Login {
    let alice = Account::new("alice").subject("a1").password("wonderland");
    let bob = Account::new("bob").subject("b2").password("builder");
    Login::new().client("demo").users([alice, bob])
}

#[test]
fn the_right_password_signs_in() {
    let run = at_the_door().answer([("username", "alice"), ("password", "wonderland")]).run::<Plugin>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pwd"]));
    assert_eq!(run.log(), ["info: a1 signs in to demo"]);
}

#[test]
fn a_wrong_password_and_an_unknown_username_are_told_alike() {
    let run = at_the_door()
        .answer([("username", "alice"), ("password", "guess")])
        .answer([("username", "nobody"), ("password", "guess")])
        .run::<Plugin>();
    assert_eq!(run.page().notice(), Some("Wrong username or password."));
    assert_eq!(run.pages()[1].notice(), Some("Wrong username or password."));
    assert_eq!(run.pages()[1].value("username"), Some("alice"));
}

#[test]
fn while_it_waits_after_wrong_passwords_no_password_fits_and_the_page_says_how_long() {
    let alice = Account::new("alice").password("wonderland").waits(30);
    let run = Login::new().user(alice).answer([("username", "alice"), ("password", "wonderland")]).run::<Plugin>();
    assert_eq!(run.page().notice(), Some("Too many tries. Try again in 30 seconds."));
}

#[test]
fn the_third_wrong_attempt_ends_it() {
    let guess = [("username", "alice"), ("password", "guess")];
    let run = at_the_door().answer(guess).answer(guess).answer(guess).run::<Plugin>();
    assert_eq!(run.decision(), fail("Too many attempts."));
}

#[test]
fn a_session_is_made_stronger_by_its_own_end_user_alone() {
    let alice = User { subject: "a1".into(), username: "alice".into(), claims: ClaimSet::new() };
    let run = at_the_door()
        .given(|login| login.user = Some(alice))
        .answer([("username", "bob"), ("password", "builder")])
        .run::<Plugin>();
    assert_eq!(run.pages()[0].value("username"), Some("alice"));
    assert_eq!(run.page().notice(), Some("Please sign in as the same person as before."));
}

#[test]
fn without_the_directory_nobody_signs_in() {
    let run = at_the_door().lend(["log"]).answer([("username", "alice"), ("password", "wonderland")]).run::<Plugin>();
    assert_eq!(run.fault(), "not lent: users");
}
