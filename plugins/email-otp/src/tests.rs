//! Where codes go, how many, and which counts.

use super::{CODE_ATTEMPTS, EmailOtp, NOT_SENT};
use first_factor::TOO_MANY;
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing::{Account, Login, MAILED_CODE};

fn alice() -> Account {
    let account = Account::new("alice").subject("a1").password("wonderland");
    account.claim("email", "alice@example.com").claim("email_verified", true)
}

fn signs_in(account: Account) -> Login {
    Login::new().user(account).answer([("username", "alice"), ("password", "wonderland")])
}

fn both() -> authenticate::Decision {
    authenticated("a1").amr(["pwd", "otp"])
}

#[test]
fn the_code_in_the_mail_is_the_second_factor() {
    let run = signs_in(alice()).answer([("code", "0")]).answer([("code", MAILED_CODE)]).run::<EmailOtp>();
    assert_eq!(run.decision(), both());
    assert_eq!(run.pages()[1].text(), Some("We have sent it to a…@example.com."));
    assert_eq!(run.pages()[2].notice(), Some("This is not the code that we sent, or it is too old."));
    let [mail] = run.mails() else { panic!("one mail") };
    assert_eq!(mail.address, "alice@example.com");
    assert!(mail.text.contains(MAILED_CODE));
}

#[test]
fn an_address_that_is_not_confirmed_gets_no_code() {
    let plain = || Account::new("alice").subject("a1").password("wonderland");
    let asserted = plain().claim("email", "alice@example.com");
    let denied = asserted.clone().claim("email_verified", false);
    let said = asserted.clone().claim("email_verified", "true");
    let empty = plain().claim("email", "").claim("email_verified", true);
    for account in [plain(), asserted, denied, said, empty] {
        let run = signs_in(account).run::<EmailOtp>();
        assert!(matches!(run.decision(), authenticate::Decision::Fail(why) if why.contains("no confirmed email")));
        assert!(run.mails().is_empty());
    }
}

#[test]
fn another_code_is_sent_twice_at_most() {
    let run = signs_in(alice())
        .answer([("action", "resend")])
        .answer([("action", "resend")])
        .answer([("code", MAILED_CODE)])
        .run::<EmailOtp>();
    assert_eq!((run.decision(), run.mails().len()), (both(), 3));
    assert_eq!(run.pages()[2].actions(), ["go_on", "resend"]);
    assert_eq!(run.pages()[3].actions(), ["go_on"]);
}

#[test]
fn the_fifth_wrong_code_is_the_last_however_many_are_sent() {
    let tried = (1..CODE_ATTEMPTS).fold(signs_in(alice()), |login, _| login.answer([("code", "0")]));
    let run = tried.answer([("action", "resend")]).answer([("code", "0")]).run::<EmailOtp>();
    assert_eq!(run.decision(), fail(TOO_MANY));
}

#[test]
fn a_code_that_is_too_old_is_none() {
    let run = signs_in(alice()).wait(600).answer([("code", MAILED_CODE)]).run::<EmailOtp>();
    assert!(run.page().notice().is_some_and(|notice| notice.contains("too old")));
}

#[test]
fn who_proved_the_password_types_the_code_alone() {
    let claims = ClaimSet::from([("email", "alice@example.com")]).with("email_verified", true);
    let user = User { subject: "a1".into(), username: "alice".into(), claims };
    let login = Login::new().user(alice()).given(|login| {
        (login.user, login.proven) = (Some(user), vec!["pwd".into()]);
    });
    let run = login.answer([("code", MAILED_CODE)]).run::<EmailOtp>();
    assert_eq!((run.decision(), run.pages().len()), (both(), 1));
}

#[test]
fn a_wrong_password_sends_nothing() {
    let guess = [("username", "alice"), ("password", "guess")];
    let run = (0..5).fold(Login::new().user(alice()), |login, _| login.answer(guess)).run::<EmailOtp>();
    assert_eq!(run.decision(), fail(TOO_MANY));
    assert!(run.mails().is_empty());
}

#[test]
fn a_code_that_cannot_be_sent_is_told_and_logged() {
    let run = signs_in(alice()).lend(["users", "log"]).run::<EmailOtp>();
    assert_eq!(run.decision(), fail(NOT_SENT));
    assert_eq!(run.log(), ["warn: no code was sent to a1: not lent: mail"]);
}

#[test]
fn there_is_nothing_to_enrol() {
    let run = Login::new().given(|login| login.enrolment = Enrolment::Demanded).run::<EmailOtp>();
    assert!(matches!(run.decision(), authenticate::Decision::Fail(why) if why.contains("need nothing to be added")));
}
