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
