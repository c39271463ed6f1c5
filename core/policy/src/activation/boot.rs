//! What a starting server activates: a pure rule.

use gatewright_domain::activation::{Activation, ActivationKind};
use gatewright_domain::identifiers::BundleDigest;

/// Whether a start activates `digest`, which comes from a folder or with the server. `last` is the last activation of
/// that kind.
///
/// A folder is activated when it is another one than was activated last: so a rollback holds until the folder changes.
/// The policy that comes with the server is, when there is none yet, or when one of another release is live.
pub(super) fn activates(
    kind: ActivationKind,
    digest: &BundleDigest,
    live: Option<&Activation>,
    last: Option<&Activation>,
) -> bool {
    let is_other = |activation: &Activation| activation.proposal.digest != *digest;
    match kind {
        ActivationKind::Start => live.is_none_or(|live| live.proposal.kind == kind && is_other(live)),
        _ => last.is_none_or(is_other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::tests::went_live;
    use ActivationKind::{Activate, Folder, Rollback, Start};

    fn digest(text: &str) -> BundleDigest {
        BundleDigest::parse(text).unwrap()
    }

    #[test]
    fn a_folder_is_activated_when_it_differs_from_the_one_activated_last() {
        let old = went_live(1, "old", Folder);
        let back = went_live(3, "older", Rollback);
        assert!(activates(Folder, &digest("new"), None, None));
        assert!(activates(Folder, &digest("new"), Some(&back), Some(&old)));
        assert!(!activates(Folder, &digest("old"), Some(&back), Some(&old)), "a rollback holds");
        assert!(!activates(Folder, &digest("old"), Some(&old), Some(&old)));
    }

    #[test]
    fn what_comes_with_the_server_is_activated_first_and_by_a_new_release() {
        let (mine, other) = (went_live(1, "mine", Start), went_live(2, "pushed", Activate));
        assert!(activates(Start, &digest("mine"), None, None));
        assert!(!activates(Start, &digest("mine"), Some(&mine), Some(&mine)));
        assert!(activates(Start, &digest("release"), Some(&mine), Some(&mine)));
        assert!(!activates(Start, &digest("release"), Some(&other), Some(&mine)), "somebody chose another");
    }
}
