//! Where a rollback leads: a pure rule.

use gatewright_domain::activation::{Activation, ActivationKind, ActivationState};
use gatewright_domain::identifiers::BundleDigest;

/// The bundle that was live before the one that is; `history` is the latest first, as it is stored.
///
/// Whoever goes back twice goes back two bundles, not forth again to the one that was found bad.
pub fn before(history: &[Activation]) -> Option<&BundleDigest> {
    let mut way: Vec<&BundleDigest> = Vec::new();
    for activation in history.iter().rev().filter(|activation| activation.state == ActivationState::Live) {
        let digest = &activation.proposal.digest;
        let place = way.iter().rposition(|known| *known == digest);
        match (activation.proposal.kind, place) {
            (ActivationKind::Rollback, Some(place)) => way.truncate(place + 1),
            _ if way.last() == Some(&digest) => {}
            _ => way.push(digest),
        }
    }
    way.len().checked_sub(2).and_then(|place| way.get(place)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::tests::went_live;
    use ActivationKind::{Activate, Folder, Rollback, Start};

    fn back(mut history: Vec<Activation>) -> Option<String> {
        history.reverse();
        before(&history).map(ToString::to_string)
    }

    #[test]
    fn a_rollback_leads_to_what_was_live_before() {
        let refused = Activation {
            state: ActivationState::Refused { why: "it is bad".into() },
            ..went_live(3, "refused", Activate)
        };
        let history = vec![went_live(1, "a", Start), went_live(2, "b", Activate), refused];
        assert_eq!(back(history).as_deref(), Some("a"));
        // The same one again is no step.
        assert_eq!(
            back(vec![went_live(1, "a", Start), went_live(2, "b", Folder), went_live(3, "b", Activate)]).as_deref(),
            Some("a")
        );
    }

    #[test]
    fn a_second_rollback_leads_further_back() {
        let mut history = vec![
            went_live(1, "a", Start),
            went_live(2, "b", Activate),
            went_live(3, "c", Activate),
            went_live(4, "b", Rollback),
        ];
        assert_eq!(back(history.clone()).as_deref(), Some("a"));
        history.push(went_live(5, "d", Activate));
        assert_eq!(back(history).as_deref(), Some("b"), "what was found bad is left out");
    }

    #[test]
    fn before_the_first_there_is_nothing() {
        assert_eq!(back(vec![]), None);
        assert_eq!(back(vec![went_live(1, "a", Start), went_live(2, "a", Activate)]), None);
        assert_eq!(
            back(vec![went_live(1, "a", Start), went_live(2, "b", Activate), went_live(3, "a", Rollback)]),
            None
        );
    }
}
