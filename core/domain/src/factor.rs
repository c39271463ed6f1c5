//! A factor: what an end-user enrolled to prove who they are.

use crate::clock::Timestamp;
use crate::identifiers::{FactorId, FactorKind, Subject};
use serde::{Deserialize, Serialize};

/// Most factors of one end-user, those whose enrolment is not confirmed yet among them.
pub const FACTORS_MAX: usize = 64;
/// Longest label, in characters.
pub const LABEL_CHARS_MAX: usize = 64;
/// Longest reference, in bytes.
pub const REFERENCE_BYTES_MAX: usize = 1_024;
/// How long an enrolment can be confirmed, in seconds.
pub const ENROLMENT_S: u64 = 600;

/// The server's own kind of authenticator apps (RFC 6238).
pub const TOTP: &str = "totp";
/// The server's own kind of passkeys and security keys (Web Authentication).
pub const PASSKEY: &str = "passkey";
/// The server's own kind of codes sent by mail: whoever has a mail address has it, so none is ever stored.
pub const EMAIL: &str = "email";
/// The server's own kind of recovery codes: a set of codes is one factor.
pub const RECOVERY: &str = "recovery";
/// Kinds that the server keeps itself; none of them is lent to a binding as its own.
pub const OWN_KINDS: [&str; 4] = [TOTP, PASSKEY, EMAIL, RECOVERY];

/// A factor as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// Its name for life.
    pub id: FactorId,
    /// Whose it is.
    pub subject: Subject,
    /// What kind.
    pub kind: FactorKind,
    /// What the end-user calls it.
    pub label: String,
    /// By what else it is found; of one factor of a kind alone.
    pub reference: Option<String>,
    /// What its kind stores with it, sealed under the master key.
    pub sealed: String,
    /// Counts its changes, from 0: a change says which version it was made of.
    pub version: i64,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
    /// When the enrolment ends unless it is confirmed; none once it is.
    pub pending_until: Option<Timestamp>,
}

/// A factor as hooks and pages see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorView {
    /// Its name for life.
    pub id: FactorId,
    /// Whose it is.
    pub subject: Subject,
    /// What kind.
    pub kind: FactorKind,
    /// What the end-user calls it.
    pub label: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

impl From<&Factor> for FactorView {
    fn from(factor: &Factor) -> Self {
        Self {
            id: factor.id.clone(),
            subject: factor.subject.clone(),
            kind: factor.kind.clone(),
            label: factor.label.clone(),
            created_at: factor.created_at,
            used_at: factor.used_at,
        }
    }
}

/// Whether this can be a factor's label: one line, within its length.
pub fn is_label(label: &str) -> bool {
    (1..=LABEL_CHARS_MAX).contains(&label.chars().count()) && !label.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_line_of_so_many_characters() {
        let most = "ß".repeat(LABEL_CHARS_MAX);
        for (label, fits) in [("phone", true), ("", false), ("a\nb", false), ("\u{7f}", false), (&most, true)] {
            assert_eq!(is_label(label), fits, "{label:?}");
        }
        assert!(!is_label(&format!("{most}x")));
    }
}
