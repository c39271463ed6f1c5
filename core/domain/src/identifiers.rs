//! Names of things: each its own type, so that one can't be passed for another.

use crate::entropy::{Entropy, random_text};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A text that is no identifier: empty, too long, or with bytes outside visible ASCII.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: 1 to 255 visible ASCII characters are needed")]
pub struct InvalidIdentifier {
    kind: &'static str,
}

/// Longest identifier, in bytes (OpenID Connect Core 2 limits `sub` to 255).
pub const IDENTIFIER_BYTES_MAX: usize = 255;

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Parses the text.
            ///
            /// # Errors
            /// When it is empty, longer than [`IDENTIFIER_BYTES_MAX`] or not visible ASCII.
            pub fn parse(text: impl Into<String>) -> Result<Self, InvalidIdentifier> {
                let text = text.into();
                let fits = !text.is_empty()
                    && text.len() <= IDENTIFIER_BYTES_MAX
                    && text.bytes().all(|byte| byte.is_ascii_graphic());
                if fits { Ok(Self(text)) } else { Err(InvalidIdentifier { kind: stringify!($name) }) }
            }

            /// A new one of 128 random bits.
            pub fn draw(entropy: &dyn Entropy) -> Self {
                Self(random_text::<16>(entropy))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidIdentifier;
            fn try_from(text: String) -> Result<Self, InvalidIdentifier> {
                Self::parse(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

identifier!(
    /// An end-user, for life (OpenID Connect Core 2, `sub` before pairwise derivation).
    Subject
);
identifier!(
    /// A security event.
    EventId
);
identifier!(
    /// The public name of a session (`sid`, OpenID Connect Front-Channel Logout 3).
    SessionId
);
identifier!(
    /// All tokens that descend from one code, or that a client gets for itself under one bundle.
    FamilyId
);
identifier!(
    /// One browser's unfinished trip through the walk.
    InteractionId
);
identifier!(
    /// A signing key (`kid`, RFC 7515 4.1.4).
    KeyId
);
identifier!(
    /// The SHA-256 of a policy bundle's files; its version.
    BundleDigest
);
identifier!(
    /// One run of a server among those that share a database.
    NodeId
);
identifier!(
    /// A binding in a bundle's manifest, such as `authenticate/otp`.
    BindingName
);
identifier!(
    /// A trace: of one login, or of what came after it.
    TraceId
);
identifier!(
    /// An entry of the audit log.
    AuditId
);
identifier!(
    /// A factor that an end-user enrolled.
    FactorId
);
identifier!(
    /// What kind of factor it is: one of the server's own, or one that the operator lent a binding.
    FactorKind
);
