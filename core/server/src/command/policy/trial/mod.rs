//! `gatewright policy shadow` and `gatewright policy canary`: trying a policy beside the live one.

mod canary;
mod differences;
mod shadow;

pub(super) use canary::CanaryArguments;
pub(super) use shadow::ShadowArguments;

pub(super) use canary::run as run_canary;
pub(super) use shadow::run as run_shadow;

use super::operations::short;
use crate::command::table::plain;
use crate::moment;
use crate::operations::{TrialDocument, share_of};
use gatewright_domain::trial::{Chosen, Share, TrialKind};

/// A trial in a line for people.
fn line(trial: &TrialDocument) -> String {
    let state = match (trial.ended_at, &trial.ended_by) {
        (Some(at), Some(by)) => format!("ended {} UTC by {}", moment::shown(at), plain(by)),
        _ => "runs".to_owned(),
    };
    let note = trial.note.as_deref().map(|note| format!(": {}", plain(note))).unwrap_or_default();
    let (kind, whom) = (plain(&trial.kind), whom(trial));
    let (digest, by, since) = (short(&trial.digest), plain(&trial.by), moment::shown(trial.begun_at));
    format!("{kind} {digest} {state}; {whom}, since {since} UTC, by {by}{note}")
}

fn whom(trial: &TrialDocument) -> String {
    let share = share_of(trial.share).map_or_else(|| trial.share.to_string(), |share| share.to_string());
    match (TrialKind::named(&trial.kind), &trial.chosen) {
        (Some(TrialKind::Shadow) | None, _) => format!("{share} of the questions"),
        (Some(TrialKind::Canary), Chosen::Client) => format!("{share} of the clients"),
        (Some(TrialKind::Canary), Chosen::Subject) => format!("{share} of the end-users, once they are signed in"),
        (Some(TrialKind::Canary), Chosen::Group(group)) => {
            let clients = group.clients.iter().map(|client| format!("client {client}"));
            let subjects = group.subjects.iter().map(|subject| format!("user {subject}"));
            let claims = group.claims.iter().map(|(name, value)| format!("{name}={value}"));
            plain(&clients.chain(subjects).chain(claims).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A share, written as a part of `whole` with at most so many digits that it is a part of ten thousand.
fn share(text: &str, whole: u32) -> Result<Share, String> {
    let wrong = || format!("write a number above 0 and up to {whole}, in steps of {}", f64::from(whole) / 10_000.0);
    let number: f64 = text.trim_end_matches('%').trim().parse().map_err(|_| wrong())?;
    share_of(number / f64::from(whole)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_as_a_part_or_as_percent_and_nothing_else() {
        for (text, whole, parts) in
            [("0.2", 1, 2_000), ("1", 1, 10_000), ("10", 100, 1_000), ("12.5%", 100, 1_250), ("0.0001", 1, 1)]
        {
            assert_eq!(share(text, whole).unwrap().parts(), parts, "{text}");
        }
        for (text, whole) in
            [("0", 1), ("1.1", 1), ("-1", 100), ("101", 100), ("NaN", 1), ("inf", 1), ("a", 1), ("0.00001", 1)]
        {
            assert!(share(text, whole).is_err(), "{text}");
        }
    }
}
