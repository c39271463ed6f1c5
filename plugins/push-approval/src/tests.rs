//! The telephone answers, does not, or is somebody else's.

use super::{ANSWER_ATTEMPTS, PushApproval, QUESTIONS_MAX};
use gatewright_plugin::prelude::*;
use gatewright_plugin::testing::{Account, Login, Response};

const ASKED: &str = "https://push.example.com/approvals";
const QUESTION: &str = "https://push.example.com/approvals/q%2F1";

/// Alice, who has typed her password; her telephone goes through these states.
fn alice(states: &[&str]) -> Login {
    let question = Response::json(Value::object().with("id", "q/1")).with_status(201);
    let login = Login::new()
        .user(Account::new("alice").subject("a1").password("wonderland"))
        .secret("push_approval_key", "s3cret")
        .http(ASKED, question)
        .answer([("username", "alice"), ("password", "wonderland")]);
    states.iter().fold(login, |login, state| {
        login.http(QUESTION, Response::json(Value::object().with("state", *state))).answer([("action", "approved")])
    })
}

#[test]
fn an_approved_sign_in_is_one() {
    let run = alice(&["pending", "approved"]).run::<PushApproval>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pwd", "mfa"]));
    assert_eq!(
        run.pages().iter().map(|page| page.notice()).collect::<Vec<_>>(),
        [None, None, Some("Your telephone has not answered yet."),]
    );
}

#[test]
fn the_telephone_is_asked_once_and_shows_the_number_of_the_page() {
    let run = alice(&["pending", "pending", "approved"]).run::<PushApproval>();
    let asked: Vec<_> = run.requests().iter().filter(|request| request.method == "POST").collect();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].header("authorization"), Some("Bearer s3cret"));
    let start = r#"{"subject":"a1","client":"Demo","ip":"203.0.113.7","number":"#;
    let number = asked[0].body.strip_prefix(start).and_then(|rest| rest.strip_suffix('}')).expect(&asked[0].body);
    assert!(run.pages()[1].text().is_some_and(|text| text.contains(&format!("the number {number}."))));
}

#[test]
fn a_denied_sign_in_is_none() {
    let run = alice(&["pending", "denied"]).run::<PushApproval>();
    assert_eq!(run.decision(), fail("The sign-in was denied on your telephone."));
    assert_eq!(run.log(), ["warn: a1 denied a sign-in from 203.0.113.7"]);
}

#[test]
fn who_cancels_takes_the_question_back() {
    let gone = Response::status(204);
    let run = alice(&[]).http(QUESTION, gone).answer([("action", "cancel")]).run::<PushApproval>();
    assert_eq!(run.decision(), fail("The sign-in was cancelled."));
    assert_eq!(run.requests()[1].method, "DELETE");
}

#[test]
fn a_telephone_that_does_not_answer_ends_it() {
    let states = vec!["pending"; ANSWER_ATTEMPTS as usize];
    let run = alice(&states).http(QUESTION, Response::status(204)).run::<PushApproval>();
    assert_eq!(run.decision(), fail("The sign-in was not approved in time."));
    assert_eq!(run.requests().last().map(|request| request.method.as_str()), Some("DELETE"));
}

#[test]
fn a_question_stands_for_two_minutes() {
    let pending = || Response::json(Value::object().with("state", "pending"));
    let run = alice(&["pending"])
        .http(QUESTION, pending())
        .http(QUESTION, Response::status(204))
        .wait(121)
        .answer([("action", "approved")])
        .run::<PushApproval>();
    assert_eq!(run.decision(), fail("The sign-in was not approved in time."));
}

#[test]
fn a_wrong_password_reaches_no_telephone() {
    let guess = [("username", "alice"), ("password", "guess")];
    let run = Login::new()
        .user(Account::new("alice").password("wonderland"))
        .answer(guess)
        .answer(guess)
        .answer(guess)
        .run::<PushApproval>();
    assert_eq!(run.decision(), fail("Wrong username or password."));
    assert_eq!(run.requests(), []);
}

#[test]
fn nobody_is_asked_until_they_give_in() {
    let mut login = alice(&["denied"]);
    for asked in 1..=QUESTIONS_MAX {
        assert_eq!(login.run::<PushApproval>().decision(), fail("The sign-in was denied on your telephone."));
        login = login.answer([("username", "alice"), ("password", "wonderland")]);
        if asked < QUESTIONS_MAX {
            login = login.answer([("action", "approved")]);
        }
    }
    let run = login.run::<PushApproval>();
    assert_eq!(run.decision(), fail("Too many requests were sent to your telephone. Try again later."));
    let asked = run.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(i64::try_from(asked), Ok(QUESTIONS_MAX));
}

#[test]
fn a_session_is_made_stronger_without_another_password() {
    let user = User { subject: "a1".into(), username: "alice".into(), claims: ClaimSet::new() };
    let session = gatewright_plugin::Session {
        subject: "a1".into(),
        acr: "pwd".into(),
        level: 10,
        amr: vec!["pwd".into()],
        auth_time: 1_790_000_000,
    };
    let run = Login::new()
        .given(|login| (login.user, login.session) = (Some(user), Some(session)))
        .secret("push_approval_key", "s3cret")
        .http(ASKED, Response::json(Value::object().with("id", "q/1")).with_status(201))
        .http(QUESTION, Response::json(Value::object().with("state", "approved")))
        .answer([("action", "approved")])
        .run::<PushApproval>();
    assert_eq!(run.decision(), authenticated("a1").amr(["pwd", "mfa"]));
    assert_eq!(run.pages().len(), 1);
}

#[test]
fn a_service_that_fails_is_a_fault_and_no_sign_in() {
    let answers = [("username", "alice"), ("password", "wonderland")];
    let broken = Login::new()
        .user(Account::new("alice").password("wonderland"))
        .secret("push_approval_key", "s3cret")
        .http(ASKED, Response::status(500))
        .answer(answers)
        .run::<PushApproval>();
    assert_eq!(broken.fault(), "the approval service answered 500");
    let strange = alice(&["perhaps"]).run::<PushApproval>();
    assert_eq!(strange.fault(), "the approval service answered no state that we know");
}
