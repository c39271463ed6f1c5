//! Sign-in with a passkey (W3C Web Authentication): alone, where it asks for a PIN or a fingerprint, or beside the
//! password. Who has no factor yet makes a passkey on the way where that is open.

use first_factor::{TOO_MANY, against_enrolling, against_label, known, typed};
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::prelude::*;

/// How often a passkey may be tried, or made.
const ATTEMPTS: u32 = 3;
/// What stands as the new passkey's name beforehand.
const LABEL: &str = "Passkey";

struct Passkey;

gatewright_plugin::export!(Passkey: authenticate);

/// What came of asking whoever is there for a passkey.
enum Passed {
    With(webauthn::Verified),
    ByPassword,
    Not,
}

impl Authenticate for Passkey {
    fn authenticate(login: authenticate::Input) -> Outcome<authenticate::Decision> {
        match (&login.user, login.enrolment) {
            // The account page sent them, signed in as strongly as they can be.
            (Some(user), Enrolment::Demanded) if enrol(user)? => Ok(authenticated(user).amr(login.proven.clone())),
            (Some(_), Enrolment::Demanded) => Ok(fail(NOT_MADE)),
            (None, Enrolment::Demanded) => Err("an enrolment was demanded of nobody".into()),
            (Some(user), _) => of(&login, user.clone()),
            (None, enrolment) => match anyone(enrolment == Enrolment::Open)? {
                Passed::With(verified) => finish(&login, &verified, login.proven.iter().any(|way| way == "pwd")),
                Passed::Not => Ok(fail(TOO_MANY)),
                Passed::ByPassword => match known(&login)? {
                    Some(user) => of(&login, user),
                    None => Ok(fail(TOO_MANY)),
                },
            },
        }
    }
}

/// What is said to who made none.
const NOT_MADE: &str = "No passkey was made. Begin again where you came from.";

/// Asks whoever is there. The password is another way only for who makes a passkey on that way: anything else would be
/// less than was asked for.
fn anyone(enrols: bool) -> Outcome<Passed> {
    for _ in 0..ATTEMPTS {
        let ceremony = webauthn::begin_authentication()?;
        let form = Form::new("Sign in").passkey("key", &ceremony).action("sign_in", "Sign in with a passkey");
        let answer = ask(if enrols { form.back("password", "Use a password instead") } else { form });
        if answer.action() == "password" {
            return Ok(Passed::ByPassword);
        }
        match webauthn::finish_authentication(&ceremony, answer.secret("key"))? {
            Some(verified) => return Ok(Passed::With(verified)),
            None => notice("This passkey is not known here. Try again, or use another one."),
        }
    }
    Ok(Passed::Not)
}

/// Asks this end-user, who may have to make a passkey first.
fn of(login: &authenticate::Input, user: User) -> Outcome<authenticate::Decision> {
    let mut has_typed = login.user.is_none();
    let has = factors::list(&user)?;
    if !has.iter().any(|factor| factor.kind == "passkey") {
        if let Some(why) = against_enrolling(login, &has, "passkey") {
            return Ok(fail(why));
        }
        if !has_typed && known(login)?.is_none() {
            return Ok(fail(TOO_MANY));
        }
        has_typed = true;
        if !enrol(&user)? {
            return Ok(fail(NOT_MADE));
        }
    }
    // A new passkey signs as well: that it was made does not prove that it is there (Web Authentication 6.5.4).
    for _ in 0..ATTEMPTS {
        let ceremony = webauthn::begin_authentication_of(&user)?;
        let form = Form::new("Use your passkey").say("It confirms that it is you.").passkey("key", &ceremony);
        let answer = ask(form.action("sign_in", "Continue"));
        match webauthn::finish_authentication(&ceremony, answer.secret("key"))? {
            Some(verified) if verified.subject == user.subject => return finish(login, &verified, has_typed),
            _ => notice("This is not a passkey of yours. Try again, or use another one."),
        }
    }
    Ok(fail(TOO_MANY))
}

/// Signs in whose passkey it is. One that asked for nothing is a single factor: the password is the other.
fn finish(
    login: &authenticate::Input,
    verified: &webauthn::Verified,
    has_typed: bool,
) -> Outcome<authenticate::Decision> {
    let mut knows = has_typed || login.proven.iter().any(|way| way == "pwd");
    if !verified.user_verified && !knows {
        let user = users::by_subject(&verified.subject)?.ok_or("whose passkey it is has no account")?;
        if typed(login, Some(&user))?.is_none() {
            return Ok(fail(TOO_MANY));
        }
        knows = true;
    }
    Ok(authenticated(verified.subject.as_str()).amr(amr(knows, verified.user_verified)))
}

/// How they signed in, in the names of RFC 8176. Whether a key lies in hardware is not known, so it is a key and no more.
fn amr(knows_password: bool, user_verified: bool) -> Vec<&'static str> {
    let ways = [(knows_password, "pwd"), (true, "pop"), (user_verified, "user"), (true, "mfa")];
    ways.into_iter().filter(|(is, _)| *is).map(|(_, way)| way).collect()
}

/// Whether the end-user made a passkey.
fn enrol(user: &User) -> Outcome<bool> {
    let (mut label, mut wrong) = (LABEL.to_owned(), None);
    for _ in 0..ATTEMPTS {
        let ceremony = webauthn::begin_registration(user)?;
        let form = Form::new("Create a passkey")
            .say("With it you sign in by your fingerprint, your face or a PIN.")
            .text("label")
            .label("label", "What do you call this device?")
            .value("label", &label)
            .register_passkey("key", &ceremony);
        let form = if let Some(why) = wrong.take() { form.error("label", why) } else { form };
        let answer = ask(form.action("create", "Create a passkey"));
        label = answer.text("label").to_owned();
        wrong = against_label(&label);
        if wrong.is_some() {
            continue;
        }
        if webauthn::finish_registration(&ceremony, &label, answer.secret("key"))?.is_some() {
            return Ok(true);
        }
        notice("No passkey was made. Try again.");
    }
    Ok(false)
}

#[cfg(test)]
mod tests;
