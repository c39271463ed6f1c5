//! Whether one `when` selects all that another does, and whether one can select anything at all. Both answer yes only
//! where it is certain.

use super::{Glob, When};
use gatewright_domain::hooks::TokenKind;
use gatewright_protocol::grant_type::GrantType;

impl When {
    /// Whether every call that `other` selects is selected here too.
    pub fn covers(&self, other: &Self) -> bool {
        covers(&self.client, &other.client, Glob::covers)
            && self.leaves_out_no_more_than(other)
            && covers(&self.scope, &other.scope, PartialEq::eq)
            && covers(&self.acr, &other.acr, |one, another| one.value == another.value)
            && covers(&self.network, &other.network, |wide, narrow| wide.contains(narrow))
            && covers(&self.grant_type, &other.grant_type, PartialEq::eq)
            && covers(&self.token, &other.token, PartialEq::eq)
            && covers(&self.application_type, &other.application_type, PartialEq::eq)
    }

    /// Whether each client left out here is left out there, or not among those named there.
    fn leaves_out_no_more_than(&self, other: &Self) -> bool {
        let also_left_out = |not: &Glob| other.not_client.iter().any(|wider| wider.covers(not));
        let not_named = |not: &Glob| {
            let literal = |glob: &Glob| !glob.0.contains('*') && !not.matches(&glob.0);
            !other.client.is_empty() && other.client.iter().all(literal)
        };
        self.not_client.iter().all(|not| also_left_out(not) || not_named(not))
    }

    /// Whether `not_client` leaves out every client that `client` names, or every client.
    pub(super) fn excludes_itself(&self) -> bool {
        let gone = |glob: &Glob| self.not_client.iter().any(|not| not.covers(glob));
        let all_gone = !self.client.is_empty() && self.client.iter().all(gone);
        all_gone || self.not_client.iter().any(|glob| glob.0.bytes().all(|byte| byte == b'*'))
    }

    /// Why no token can ever be of these grants, kinds and ACRs.
    pub(super) fn no_such_token(&self) -> Option<&'static str> {
        let issues = |grant: &GrantType| self.token.iter().any(|token| issues(*grant, *token));
        if !self.grant_type.is_empty() && !self.token.is_empty() && !self.grant_type.iter().any(issues) {
            return Some("no grant of `grant_type` issues a token of `token`");
        }
        let nobody = !self.grant_type.is_empty() && self.grant_type.iter().all(|grant| *grant == CREDENTIALS);
        (nobody && !self.acr.is_empty()).then_some("with client credentials nobody signs in, so no ACR is reached")
    }
}

const CREDENTIALS: GrantType = GrantType::ClientCredentials;

/// Whether a grant issues tokens of a kind (RFC 6749 4.4.3; OpenID Connect Core 3.2).
fn issues(grant: GrantType, token: TokenKind) -> bool {
    match grant {
        GrantType::ClientCredentials => token == TokenKind::Access,
        GrantType::Implicit => token != TokenKind::Refresh,
        _ => true,
    }
}

/// One selector: nothing written selects everything.
fn covers<T>(wide: &[T], narrow: &[T], one: impl Fn(&T, &T) -> bool) -> bool {
    wide.is_empty() || !narrow.is_empty() && narrow.iter().all(|narrow| wide.iter().any(|wide| one(wide, narrow)))
}

impl Glob {
    /// Whether it matches all that `other` does. What stands between its own stars holds no star, so a star of the other
    /// can only fall to one of them, and stay there whatever it stands for.
    fn covers(&self, other: &Self) -> bool {
        self.matches(&other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::{Facts, Manifest};
    use gatewright_domain::hooks::Login;
    use proptest::prelude::*;

    fn when(selectors: &str) -> When {
        let text = format!("[[consent]]\nrun = \"a.rhai\"\nwhen = {{ {selectors} }}");
        let (manifest, wrong) = Manifest::read(&text);
        assert_eq!(wrong, vec![], "{text}");
        manifest.bindings[0].when.clone()
    }

    #[test]
    fn what_selects_less_or_the_same_is_covered_and_what_may_select_more_is_not() {
        let table = [
            ("client = [\"a*\"]", "client = [\"ab*\", \"a\"]", true),
            ("client = [\"a*\"]", "client = [\"ab*\", \"b\"]", false),
            ("client = [\"a*\"]", "scope = [\"x\"]", false),
            ("not_client = [\"ab\"]", "not_client = [\"a*\"]", true),
            ("not_client = [\"a*\"]", "not_client = [\"ab\"]", false),
            ("not_client = [\"ab\"]", "client = [\"a\", \"b\"]", true),
            ("not_client = [\"ab\"]", "client = [\"a*\"]", false),
            ("scope = [\"x\", \"y\"]", "scope = [\"y\"], client = [\"c\"]", true),
            ("scope = [\"y\"]", "scope = [\"x\", \"y\"]", false),
            ("network = [\"10.0.0.0/8\"]", "network = [\"10.1.0.0/16\", \"10.2.0.1\"]", true),
            ("network = [\"10.1.0.0/16\"]", "network = [\"10.0.0.0/8\"]", false),
            ("acr = [\"otp\", \"pwd\"]", "acr = [\"pwd\"]", true),
            ("application_type = [\"web\"]", "application_type = [\"native\"]", false),
        ];
        for (wide, narrow, covered) in table {
            assert_eq!(when(wide).covers(&when(narrow)), covered, "{wide} / {narrow}");
            assert!(when("").covers(&when(narrow)) && when(wide).covers(&when(wide)));
        }
    }

    fn selectors() -> impl Strategy<Value = When> {
        let globs = || prop::collection::vec("[ab*]{1,3}", 0..3);
        let scopes = prop::collection::vec("[xyz]", 0..3);
        (globs(), globs(), scopes).prop_map(|(client, not_client, scope)| When {
            client: client.iter().map(|glob| Glob(glob.clone())).collect(),
            not_client: not_client.iter().map(|glob| Glob(glob.clone())).collect(),
            scope: scope.iter().map(|value| value.as_str().try_into().unwrap()).collect(),
            ..When::default()
        })
    }

    proptest! {
        #[test]
        fn a_call_that_the_covered_selects_is_selected_by_what_covers(
            wide in selectors(), narrow in selectors(), id in "[ab]{1,4}", scope in prop::collection::vec("[xyz]", 0..3),
        ) {
            let client = gatewright_domain::hooks::ClientView { id, ..Login::sample().client };
            let facts =
                Facts { client: &client, scope: &scope, acr: &[], ip: None, grant_type: None, token: None };
            if wide.covers(&narrow) && narrow.admits(&facts) {
                prop_assert!(wide.admits(&facts));
            }
        }
    }
}
