//! The hooks there are, and what the table of the contracts says of each.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A point of the walk where a policy decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HookKind {
    /// Which ACR this request needs.
    SelectAcr,
    /// Who the end-user is.
    Authenticate,
    /// Whether that is enough.
    AfterAuthentication,
    /// What the client may have.
    Consent,
    /// What is said about the end-user.
    Claims,
    /// What a token says.
    CustomizeToken,
}

impl HookKind {
    /// Every hook, in the order of the walk.
    pub const ALL: [Self; 6] = [
        Self::SelectAcr,
        Self::Authenticate,
        Self::AfterAuthentication,
        Self::Consent,
        Self::Claims,
        Self::CustomizeToken,
    ];

    /// Its name in a manifest, and the name of the function a script must have.
    pub fn name(self) -> &'static str {
        match self {
            Self::SelectAcr => "select_acr",
            Self::Authenticate => "authenticate",
            Self::AfterAuthentication => "after_authentication",
            Self::Consent => "consent",
            Self::Claims => "claims",
            Self::CustomizeToken => "customize_token",
        }
    }

    /// Whether it may show pages.
    pub fn is_interactive(self) -> bool {
        matches!(self, Self::Authenticate | Self::Consent)
    }

    /// Whether a binding may say `on_error = "skip"`: where leaving it out leaves a safe default (the
    /// server's own ACR selection, the built-in consent page, fewer claims), never where it would sign
    /// someone in or leave a token as it was not meant.
    pub fn may_be_skipped(self) -> bool {
        matches!(self, Self::SelectAcr | Self::Consent | Self::Claims)
    }

    /// What a script may return, for messages.
    pub fn decisions(self) -> &'static str {
        match self {
            Self::SelectAcr => "use_acr(…), pass() or deny(…)",
            Self::Authenticate => "authenticated(…), fail(…) or delegate(…)",
            Self::AfterAuthentication => "proceed(), step_up(…), ask_consent() or deny(…)",
            Self::Consent => "grant(…), deny(…) or built_in()",
            Self::Claims => "a map of claims, or pass()",
            Self::CustomizeToken => "keep() with changes, or deny(…)",
        }
    }
}

impl fmt::Display for HookKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
