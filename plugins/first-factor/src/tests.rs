//! The password, and who may enrol on its strength.

use super::{PASSWORD_ATTEMPTS, TOO_MANY, against_enrolling, against_label, known};
use gatewright_plugin::authenticate::{Enrolment, Input};
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing::{Account, Login};

/// Signs in by the password alone.
struct Password;

impl Authenticate for Password {
    fn authenticate(login: Input) -> Outcome<authenticate::Decision> {
        Ok(match known(&login)? {
            Some(user) => authenticated(&user),
            None => fail(TOO_MANY),
        })
    }
}

/// Says whether a factor may be enrolled.
struct Enrols;

impl Authenticate for Enrols {
    fn authenticate(login: Input) -> Outcome<authenticate::Decision> {
        let against = against_enrolling(&login, &factors::list("a1")?, "app");
        Ok(against.map_or_else(|| authenticated("a1"), fail))
    }
}

fn alice() -> Account {
    Account::new("alice").subject("a1").password("wonderland")
}

fn stepping_up(login: Login, proven: &'static [&'static str]) -> Login {
    login.given(|login| {
        login.user = Some(User { subject: "a1".into(), username: "alice".into(), claims: ClaimSet::new() });
        login.proven = proven.iter().map(|way| (*way).to_owned()).collect();
    })
}

const RIGHT: [(&str, &str); 2] = [("username", "alice"), ("password", "wonderland")];
const WRONG: [(&str, &str); 2] = [("username", "alice"), ("password", "guess")];

#[test]
fn a_password_that_is_proven_is_not_asked_again() {
    let run = stepping_up(Login::new(), &["pwd"]).run::<Password>();
    assert_eq!((run.decision(), run.pages().len()), (authenticated("a1"), 0));
    let asked = stepping_up(Login::new(), &["fed"]).run::<Password>();
    assert_eq!(asked.page().value("username"), Some("alice"));
}

#[test]
fn nobody_else_answers_for_the_end_user_of_the_session() {
    let bob = Account::new("bob").password("builder");
    let login = stepping_up(Login::new().user(alice()).user(bob), &["fed"]);
    let run = login.answer([("username", "bob"), ("password", "builder")]).answer(RIGHT).run::<Password>();
    assert_eq!(run.decision(), authenticated("a1"));
    assert_eq!(run.pages()[1].notice(), Some("Please sign in as alice."));
}

#[test]
fn the_fifth_wrong_password_is_the_last() {
    let login = || Login::new().user(alice());
    let tried = |times| (0..times).fold(login(), |login, _| login.answer(WRONG));
    let again = tried(PASSWORD_ATTEMPTS - 1).answer(RIGHT).run::<Password>();
    assert_eq!(again.decision(), authenticated("a1"));
    assert_eq!(again.pages()[1].notice(), Some("Wrong username or password."));
    assert_eq!(again.pages()[1].value("username"), Some("alice"));
    assert_eq!(tried(PASSWORD_ATTEMPTS).run::<Password>().decision(), fail(TOO_MANY));
}

#[test]
fn who_must_wait_is_told_how_long() {
    let told = |seconds| {
        let run = Login::new().user(alice().must_wait(seconds)).answer(RIGHT).run::<Password>();
        run.page().notice().map(ToOwned::to_owned)
    };
    assert_eq!(told(1).as_deref(), Some("Too many tries. Try again in 2 seconds."));
    assert_eq!(told(119).as_deref(), Some("Too many tries. Try again in 119 seconds."));
    assert_eq!(told(121).as_deref(), Some("Too many tries. Try again in 3 minutes."));
}

#[test]
fn a_password_alone_adds_no_factor_to_an_account_that_has_one() {
    let of = |account, enrolment| Login::new().user(account).given(move |login| login.enrolment = enrolment);
    let decided = |mut login: Login| login.run::<Enrols>().decision();
    let refused = |mut login: Login| matches!(login.run::<Enrols>().decision(), authenticate::Decision::Fail(_));
    assert_eq!(decided(of(alice(), Enrolment::Open)), authenticated("a1"));
    assert!(refused(of(alice(), Enrolment::Closed)));
    assert!(refused(of(alice().passkey(true), Enrolment::Open)));
    assert!(refused(stepping_up(of(alice().passkey(true), Enrolment::Open), &["pwd"])));
    assert!(refused(of(alice().recovery_codes(["blue-moon"]), Enrolment::Open)));
    assert_eq!(decided(stepping_up(of(alice().passkey(true), Enrolment::Open), &["pwd", "pop"])), authenticated("a1"));
    assert_eq!(decided(of(alice().passkey(true), Enrolment::Demanded)), authenticated("a1"));
}

#[test]
fn a_factor_is_called_by_64_characters_at_most() {
    assert_eq!(against_label(&"x".repeat(64)), None);
    assert!(["", "two\nlines", &"x".repeat(65)].into_iter().all(|label| against_label(label).is_some()));
}
