//! Passkeys and security keys (W3C Web Authentication). A ceremony is begun, shown on a page
//! ([`Form::passkey`](crate::Form::passkey), [`Form::register_passkey`](crate::Form::register_passkey)) and finished once,
//! within 10 minutes, with what the browser answered.

use crate::failure::Failure;
use crate::host;
use crate::secret::Secret;
use crate::whom::Whom;

pub use crate::bindings::webauthn::Verified;

/// Begins to register a passkey of the end-user; answers the ceremony.
///
/// # Errors
/// Not lent, or over a limit of the server.
pub fn begin_registration(of: impl Into<Whom>) -> Result<String, Failure> {
    host::webauthn::begin_registration(&of.into().0)
}

/// Makes a factor of what the browser answered, if it is right; answers the factor's id.
///
/// # Errors
/// Not lent, or no label.
pub fn finish_registration(ceremony: &str, label: &str, response: Secret) -> Result<Option<String>, Failure> {
    host::webauthn::finish_registration(ceremony, label, response.0)
}

/// Begins to sign with a passkey of this end-user; answers the ceremony.
///
/// # Errors
/// Not lent.
pub fn begin_authentication_of(of: impl Into<Whom>) -> Result<String, Failure> {
    host::webauthn::begin_authentication(Some(&of.into().0))
}

/// Begins to sign with a passkey of whoever has one here; answers the ceremony.
///
/// # Errors
/// Not lent.
pub fn begin_authentication() -> Result<String, Failure> {
    host::webauthn::begin_authentication(None)
}

/// Whose passkey the browser signed with, if it is right.
///
/// # Errors
/// Not lent.
pub fn finish_authentication(ceremony: &str, response: Secret) -> Result<Option<Verified>, Failure> {
    host::webauthn::finish_authentication(ceremony, response.0)
}
