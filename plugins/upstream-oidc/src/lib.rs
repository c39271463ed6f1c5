//! Sign-in at another OpenID Provider (OpenID Connect Core 3.1). The first time, the password says whose account it is
//! here; from then on who signs in there is signed in here.
//!
//! The provider is the one that is called as the ACR: `acr = "corporate"` with `lend = { oidc = ["corporate"], … }`.

use first_factor::{LABEL_CHARS_MAX, TOO_MANY, against_enrolling, known};
use gatewright_plugin::authenticate::Enrolment;
use gatewright_plugin::oidc::SignedIn;
use gatewright_plugin::prelude::*;

struct Upstream;

gatewright_plugin::export!(Upstream: authenticate);

impl Authenticate for Upstream {
    fn authenticate(login: authenticate::Input) -> Outcome<authenticate::Decision> {
        let state = return_state();
        let back = visit(&oidc::authorization_url(&login.acr, &state)?);
        let Some(there) = oidc::redeem(&login.acr, &state, &back)? else {
            return Ok(fail("You did not sign in at the other site. Begin again where you came from."));
        };
        // A subject is unique at its issuer alone (OpenID Connect Core 5.7).
        let reference = format!("{} {}", there.issuer, there.subject);
        match factors::find(&reference)? {
            Some(linked) => signed_in(&login, &linked, &there),
            None => link(&login, &reference, &there),
        }
    }
}

/// Whose account there is linked.
fn signed_in(
    login: &authenticate::Input,
    linked: &factors::Factor,
    there: &SignedIn,
) -> Outcome<authenticate::Decision> {
    if login.user.as_ref().is_some_and(|user| user.subject != linked.subject) {
        return Ok(fail("This account is linked with another one here. Sign in there as somebody else."));
    }
    if login.enrolment == Enrolment::Demanded {
        return Ok(fail("This account is linked already. To add another one, sign in there as somebody else."));
    }
    // Noted as used. Where two sign-ins at once note it, one of them is enough.
    let before = factors::data(&linked.id)?.unwrap_or(Value::Null);
    factors::update(&linked.id, before, kept(there))?;
    Ok(authenticated(linked.subject.as_str()).amr(["fed"]))
}

/// Links the account there with the one here whose password is typed, or whose session came to add it.
fn link(login: &authenticate::Input, reference: &str, there: &SignedIn) -> Outcome<authenticate::Decision> {
    if login.enrolment == Enrolment::Closed {
        let why = "This account is not linked with one here. Sign in another way, and link it on your account page.";
        return Ok(fail(why));
    }
    let demanded = login.user.clone().filter(|_| login.enrolment == Enrolment::Demanded);
    let user = if login.enrolment == Enrolment::Demanded {
        demanded.ok_or("an enrolment was demanded of nobody")?
    } else {
        notice("Your account there is new here. Sign in once with your password to link it.");
        let Some(user) = known(login)? else { return Ok(fail(TOO_MANY)) };
        user
    };
    if let Some(why) = against_enrolling(login, &factors::list(&user)?, "linked account of that site") {
        return Ok(fail(why));
    }
    factors::enrol_as(&user, &label(&login.acr, there), reference, kept(there))?;
    log::info(&format!("{} linked an account at {}", user.subject, there.issuer));
    Ok(authenticated(&user).amr(["fed"]))
}

/// What is kept of the account there.
fn kept(there: &SignedIn) -> Value {
    Value::object().with("issuer", &there.issuer).with("subject", &there.subject)
}

/// What the end-user knows it by: their address or name there.
fn label(provider: &str, there: &SignedIn) -> String {
    let known = ["email", "name", "preferred_username"].into_iter().find_map(|claim| there.claims.text(claim));
    let text: String = known.unwrap_or_default().chars().filter(|letter| !letter.is_control()).collect();
    let text = if text.trim().is_empty() { format!("Account at {provider}") } else { text };
    text.chars().take(LABEL_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
