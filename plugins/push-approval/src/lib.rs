//! Sign-in that is approved on the end-user's telephone: the password, then a question that an approval service puts
//! to their telephone, then its answer. The model for methods whose other half is a vendor's service.
//!
//! The service is a small HTTP interface: `POST /approvals` asks and answers `{ "id": … }`; `GET /approvals/{id}`
//! answers `{ "state": "pending" | "approved" | "denied" }`.

mod service;

use gatewright_plugin::prelude::*;
use service::State;

/// How often the password may be typed.
const PASSWORD_ATTEMPTS: u32 = 3;
/// How often the end-user may say that they have approved.
const ANSWER_ATTEMPTS: u32 = 10;
/// How long a question stands, in milliseconds.
const QUESTION_MS: i64 = 120_000;
/// Most questions to one telephone within [`WINDOW_S`]. Who has a password could otherwise ask until somebody gives in.
const QUESTIONS_MAX: i64 = 5;
/// How long questions are counted together, in seconds.
const WINDOW_S: u64 = 600;

struct PushApproval;

gatewright_plugin::export!(PushApproval: authenticate);

impl Authenticate for PushApproval {
    fn authenticate(login: authenticate::Input) -> Outcome<authenticate::Decision> {
        let Some(user) = who(&login)? else {
            return Ok(fail("Wrong username or password."));
        };
        if kv::add(&user.subject, 1, WINDOW_S)? > QUESTIONS_MAX {
            log::warn(&format!("{} was asked for approval too often", user.subject));
            return Ok(fail("Too many requests were sent to your telephone. Try again later."));
        }

        // The same number stands here and on the telephone, so that nobody approves somebody else's sign-in.
        let number = random::number(10, 99);
        let until_ms = clock::now_ms() + QUESTION_MS;
        let question = service::ask(&user, &login.client, &login.origin.ip, number)?;
        for _ in 0..ANSWER_ATTEMPTS {
            if wait(number).action() == "cancel" {
                service::withdraw(&question)?;
                return Ok(fail("The sign-in was cancelled."));
            }
            match service::answer(&question)? {
                State::Approved => return Ok(authenticated(&user).amr(amr(&login))),
                State::Denied => {
                    log::warn(&format!("{} denied a sign-in from {}", user.subject, login.origin.ip));
                    return Ok(fail("The sign-in was denied on your telephone."));
                }
                State::Pending if clock::now_ms() > until_ms => break,
                State::Pending => notice("Your telephone has not answered yet."),
            }
        }
        service::withdraw(&question)?;
        Ok(fail("The sign-in was not approved in time."))
    }
}

/// Who is to approve: the end-user of a session that is to be made stronger, or whose password is typed.
fn who(login: &authenticate::Input) -> Outcome<Option<User>> {
    if let Some(user) = &login.user {
        return Ok(Some(user.clone()));
    }
    let mut username = login.login_hint.clone();
    for _ in 0..PASSWORD_ATTEMPTS {
        let form = Form::new("Sign in").text("username").value("username", &username).password("password");
        let answer = ask(form.action("login", "Sign in"));
        let user = users::verify_password(answer.text("username"), answer.secret("password"))?;
        if user.is_some() {
            return Ok(user);
        }
        username = Some(answer.text("username").to_owned());
        notice("Wrong username or password.");
    }
    Ok(None)
}

/// The page that waits. The server keeps nothing running meanwhile: this function goes on when a button is pressed.
fn wait(number: i64) -> Answer {
    ask(Form::new("Approve on your telephone")
        .say(format!("We have sent a request to your telephone. Approve it there if it shows the number {number}."))
        .action("approved", "I have approved it")
        .back("cancel", "Cancel"))
}

/// How the end-user signed in (RFC 8176): the session's ways, or the password, and the telephone.
fn amr(login: &authenticate::Input) -> Vec<String> {
    let session = login.session.as_ref().filter(|_| login.user.is_some());
    let mut amr = session.map_or(vec!["pwd".to_owned()], |session| session.amr.clone());
    if !amr.iter().any(|way| way == "mfa") {
        amr.push("mfa".to_owned());
    }
    amr
}

#[cfg(test)]
mod tests;
