//! What comes before a second factor, in every plugin that asks for one: the password, the words for who must wait, and
//! who may enrol a factor on the way.

use gatewright_plugin::authenticate::{Enrolment, Input};
use gatewright_plugin::prelude::*;

/// How often a password may be typed.
pub const PASSWORD_ATTEMPTS: u32 = 5;
/// Longest name of a factor, in characters, as the server has it.
pub const LABEL_CHARS_MAX: usize = 64;
/// Ways of signing in that show a factor, by their names in RFC 8176 and `fed`, an account elsewhere.
const SHOW_A_FACTOR: [&str; 7] = ["otp", "sms", "hwk", "swk", "pop", "mfa", "fed"];

/// What is said to who typed the password too often.
pub const TOO_MANY: &str = "Too many attempts. Begin again where you came from.";

/// Who is in front of the browser, their password being proven: the end-user of a session that began with it, or who
/// types it now. None where they did not.
///
/// # Errors
/// The directory is not lent.
pub fn known(login: &Input) -> Outcome<Option<User>> {
    match &login.user {
        Some(user) if login.proven.iter().any(|way| way == "pwd") => Ok(Some(user.clone())),
        user => typed(login, user.as_ref()),
    }
}

/// Who types username and password; nobody but `expected` where somebody is.
///
/// # Errors
/// The directory is not lent.
pub fn typed(login: &Input, expected: Option<&User>) -> Outcome<Option<User>> {
    let mut username = expected.map(|user| user.username.clone()).or_else(|| login.login_hint.clone());
    for _ in 0..PASSWORD_ATTEMPTS {
        let form = Form::new("Sign in").text("username").value("username", &username).password("password");
        let answer = ask(form.action("login", "Sign in"));
        let name = answer.text("username").to_owned();
        let user = users::verify_password(&name, answer.secret("password"))?;
        match (user, expected) {
            (Some(user), Some(expected)) if user.subject != expected.subject => {
                notice(format!("Please sign in as {}.", expected.username));
            }
            (Some(user), _) => return Ok(Some(user)),
            (None, _) => notice(refused(&name, "Wrong username or password.")?),
        }
        username = Some(name);
    }
    Ok(None)
}

/// What is said after a wrong entry: `wrong`, or how long to wait after too many.
///
/// # Errors
/// The directory is not lent.
pub fn refused(username: &str, wrong: &str) -> Outcome<String> {
    // Waits come in whole seconds and end a moment before; nobody is told "1 seconds".
    Ok(match users::wait_s(username)? {
        0 => wrong.to_owned(),
        seconds @ ..120 => format!("Too many tries. Try again in {} seconds.", seconds.max(2)),
        seconds => format!("Too many tries. Try again in {} minutes.", seconds.div_ceil(60)),
    })
}

/// Why the end-user, whose factors these are, may not enrol one on the way; none where they may. A stolen password must
/// not be enough to add a factor to an account that has one.
pub fn against_enrolling(login: &Input, has: &[factors::Factor], what: &str) -> Option<String> {
    let shown = login.proven.iter().any(|way| SHOW_A_FACTOR.contains(&way.as_str()));
    match login.enrolment {
        Enrolment::Demanded => None,
        Enrolment::Closed => {
            Some(format!("Your account has no {what} yet. Add one on your account page, then sign in again."))
        }
        Enrolment::Open if has.is_empty() || shown => None,
        Enrolment::Open => Some(format!(
            "Your account has no {what} yet, but another way to prove who you are. Sign in with that, and add one on your \
             account page."
        )),
    }
}

/// Why this is no name for a factor; none where it is one.
pub fn against_label(label: &str) -> Option<String> {
    let fits = (1..=LABEL_CHARS_MAX).contains(&label.chars().count()) && !label.chars().any(char::is_control);
    (!fits).then(|| format!("Choose a name of 1 to {LABEL_CHARS_MAX} characters."))
}

#[cfg(test)]
mod tests;
