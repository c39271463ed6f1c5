//! The password, then a code that is sent by mail: to the address that the directory says is the end-user's own.

use first_factor::{TOO_MANY, known, refused};
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::prelude::*;

/// Most codes that are sent in one sign-in. The server counts them over all sign-ins.
const SENT_MAX: u32 = 3;
/// How often a code may be typed, over all that were sent.
const CODE_ATTEMPTS: u32 = 5;
/// The message.
const TITLE: &str = "Your sign-in code";
const TEXT: &str = "Your code is {code}.\n\nEnter it where you sign in, within 10 minutes. If that was not you, somebody \
                    knows your password: change it.";

struct EmailOtp;

gatewright_plugin::export!(EmailOtp: authenticate);

impl Authenticate for EmailOtp {
    fn authenticate(login: authenticate::Input) -> Outcome<authenticate::Decision> {
        if login.enrolment == Enrolment::Demanded {
            return Ok(fail(
                "Codes by mail need nothing to be added: they go to the confirmed address of your account.",
            ));
        }
        let Some(user) = known(&login)? else { return Ok(fail(TOO_MANY)) };
        let Some(address) = confirmed(&user) else {
            return Ok(fail("Your account has no confirmed email address. Ask who runs this service to confirm one."));
        };
        let Some(mut challenge) = send(&user) else { return Ok(fail(NOT_SENT)) };
        let (mut sent, mut typed) = (1, 0);
        while typed < CODE_ATTEMPTS {
            let answer = ask_code(&veiled(address), sent < SENT_MAX);
            if answer.action() == "resend" {
                let Some(next) = send(&user) else { return Ok(fail(NOT_SENT)) };
                (challenge, sent) = (next, sent + 1);
                notice("We have sent another code. The one before counts no more.");
                continue;
            }
            if mail::verify_code(&challenge, answer.secret("code"))? {
                return Ok(authenticated(&user).amr(["pwd", "otp"]));
            }
            typed += 1;
            notice(refused(&user.username, "This is not the code that we sent, or it is too old.")?);
        }
        Ok(fail(TOO_MANY))
    }
}

/// What is said where no mail went out.
const NOT_SENT: &str = "The code could not be sent. Try again later, or sign in another way.";

/// The address that is known to be theirs. Whoever asserts any other could be anybody.
fn confirmed(user: &User) -> Option<&str> {
    let is = user.claims.get("email_verified").and_then(Value::as_flag) == Some(true);
    user.claims.text("email").filter(|address| is && !address.is_empty())
}

/// Sends a code; the challenge that it solves.
fn send(user: &User) -> Option<String> {
    match mail::send_code(user, TITLE, TEXT) {
        Ok(challenge) => Some(challenge),
        Err(why) => {
            log::warn(&format!("no code was sent to {}: {}", user.subject, Fault::from(why)));
            None
        }
    }
}

fn ask_code(address: &str, may_resend: bool) -> Answer {
    let form = Form::new("Enter the code").say(format!("We have sent it to {address}."));
    let form = form.code("code").label("code", "Code").action("go_on", "Continue");
    ask(if may_resend { form.back("resend", "Send another code") } else { form })
}

/// The address as its owner knows it again and nobody else learns it: who is here knows a password, no more.
fn veiled(address: &str) -> String {
    let (name, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}…@{domain}")
}

#[cfg(test)]
mod tests;
