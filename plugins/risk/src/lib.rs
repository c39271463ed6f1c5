//! Scores a sign-in by where it comes from, on what, and how often, and asks for a stronger one where the score is
//! high. Before it is known who signs in (`select_acr`) the address alone tells; afterwards (`after_authentication`)
//! what the end-user usually does tells too.
//!
//! Its configuration is the constants of `settings`.

mod address;
mod habits;
mod settings;

use gatewright_plugin::prelude::*;
use habits::{Habits, Visit};
use settings::{DENY_AT, LEVEL_STRONG, STEP_UP_AT, STRONG_ACR};

struct Risk;

gatewright_plugin::export!(Risk: select_acr, after_authentication);

impl SelectAcr for Risk {
    fn select_acr(login: select_acr::Input) -> Outcome<select_acr::Decision> {
        let score = address::score(&login.origin)?;
        if score >= DENY_AT {
            log::warn(&format!("a request from {} is refused at {score}", login.origin.ip));
            return Ok(deny("This sign-in looks too risky."));
        }
        if score < STEP_UP_AT {
            return Ok(pass());
        }
        let strong: Vec<_> = login.available.iter().filter(|method| method.level >= LEVEL_STRONG).collect();
        if strong.is_empty() {
            return Ok(deny("This sign-in looks risky, and no method here is strong enough for it."));
        }
        log::info(&format!("a request from {} needs a stronger sign-in at {score}", login.origin.ip));
        // What the client wishes for stays first where it is strong enough.
        let (mut acrs, others): (Vec<_>, Vec<_>) =
            strong.into_iter().map(|method| method.acr.clone()).partition(|acr| login.acr_values.contains(acr));
        acrs.extend(others);
        Ok(use_acr(acrs))
    }
}

impl AfterAuthentication for Risk {
    fn after_authentication(login: after_authentication::Input) -> Outcome<after_authentication::Decision> {
        let subject = &login.user.subject;
        let visit = Visit::of(&login.origin);
        let mut habits = Habits::of(subject)?;
        let mut score = habits.score(&visit) + address::reputation(&login.origin)?;
        if login.fresh {
            score += habits::velocity(subject)?;
        }
        let is_strong = login.session.as_ref().is_some_and(|session| session.level >= LEVEL_STRONG);
        if score >= DENY_AT {
            log::warn(&format!("{subject} is refused at {score} from {}", login.origin.ip));
            return Ok(deny("This sign-in looks too risky."));
        }
        if score >= STEP_UP_AT && !is_strong {
            log::info(&format!("{subject} needs a stronger sign-in at {score} from {}", login.origin.ip));
            return Ok(step_up(STRONG_ACR));
        }
        // Only a sign-in that was strong enough for its risk becomes a habit.
        habits.learn(visit, subject)?;
        Ok(proceed())
    }
}

#[cfg(test)]
mod tests;
