//! The password, then the code of an authenticator app (RFC 6238) or a recovery code. Who has no factor yet enrols an
//! app on the way where that is open.

use first_factor::{TOO_MANY, against_enrolling, against_label, known, refused};
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::prelude::*;

/// How often a code may be typed.
const CODE_ATTEMPTS: u32 = 5;
/// What stands as the new app's name beforehand.
const LABEL: &str = "Authenticator app";

struct Totp;

gatewright_plugin::export!(Totp: authenticate);

impl Authenticate for Totp {
    fn authenticate(login: authenticate::Input) -> Outcome<authenticate::Decision> {
        if login.enrolment == Enrolment::Demanded {
            // The account page sent them, signed in as strongly as they can be.
            let user = login.user.as_ref().ok_or("an enrolment was demanded of nobody")?;
            return enrol(user);
        }
        let Some(user) = known(&login)? else { return Ok(fail(TOO_MANY)) };
        let has = factors::list(&user)?;
        if has.iter().any(|factor| factor.kind == "totp") {
            return code(&user);
        }
        match against_enrolling(&login, &has, "authenticator app") {
            Some(why) => Ok(fail(why)),
            None => enrol(&user),
        }
    }
}

/// Asks for what the app shows, or for a recovery code.
fn code(user: &User) -> Outcome<authenticate::Decision> {
    let mut recovers = false;
    for _ in 0..CODE_ATTEMPTS {
        let answer = match ask_code(recovers, recovery::remaining(user)? > 0) {
            answer if matches!(answer.action(), "recovery" | "app") => {
                recovers = answer.action() == "recovery";
                continue;
            }
            answer => answer.secret("code"),
        };
        let right = if recovers { recovery::verify(user, answer)? } else { totp::verify(user, answer)?.is_some() };
        if right {
            if recovers {
                log::info(&format!("{} signs in with a recovery code", user.subject));
            }
            return Ok(authenticated(user).amr(["pwd", "otp"]));
        }
        notice(refused(&user.username, "This code is not right, or was used already.")?);
    }
    Ok(fail(TOO_MANY))
}

fn ask_code(recovers: bool, has_codes: bool) -> Answer {
    if recovers {
        let form = Form::new("Enter a recovery code").say("Each of the codes that you wrote down can be used once.");
        let form = form.code("code").label("code", "Recovery code").action("go_on", "Continue");
        return ask(form.back("app", "Use the authenticator app"));
    }
    let form = Form::new("Enter the code").say("Your authenticator app shows it.").code("code").label("code", "Code");
    let form = form.action("go_on", "Continue");
    ask(if has_codes { form.back("recovery", "Use a recovery code") } else { form })
}

/// Shows a key to be read with an app, until the app shows what it should.
fn enrol(user: &User) -> Outcome<authenticate::Decision> {
    let enrolment = totp::begin(user)?;
    let (mut label, mut wrong) = (LABEL.to_owned(), None);
    for _ in 0..CODE_ATTEMPTS {
        let form = Form::new("Add an authenticator app")
            .say("Read this with the app, then enter the code that the app shows.")
            .totp_enrolment("key", &enrolment)
            .code("code")
            .label("code", "Code")
            .text("label")
            .label("label", "What do you call this app?")
            .value("label", &label);
        let form = if let Some(why) = wrong.take() { form.error("label", why) } else { form };
        let answer = ask(form.action("add", "Add the app"));
        label = answer.text("label").to_owned();
        wrong = against_label(&label);
        if wrong.is_some() {
            continue;
        }
        if totp::confirm(&enrolment, &label, answer.secret("code"))?.is_some() {
            return Ok(authenticated(user).amr(["pwd", "otp"]));
        }
        notice(refused(
            &user.username,
            "This is not what the app should show. Does the clock of your telephone go right?",
        )?);
    }
    Ok(fail("No authenticator app was added. Begin again where you came from."))
}

#[cfg(test)]
mod tests;
