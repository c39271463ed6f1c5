//! Authenticator apps (RFC 6238). Keys are made, kept and compared by the server.

use crate::failure::Failure;
use crate::host;
use crate::secret::Secret;
use crate::whom::Whom;

/// Makes a key for the end-user; answers the enrolment, which [`Form::totp_enrolment`](crate::Form::totp_enrolment)
/// shows. It ends after 10 minutes unless it is confirmed.
///
/// # Errors
/// Not lent, or over a limit of the server.
pub fn begin(of: impl Into<Whom>) -> Result<String, Failure> {
    host::totp::begin(&of.into().0)
}

/// Makes a factor of the enrolment, if the code is right; answers the factor's id. The same enrolment may be tried again.
///
/// # Errors
/// Not lent, or no label.
pub fn confirm(enrolment: &str, label: &str, code: Secret) -> Result<Option<String>, Failure> {
    host::totp::confirm(enrolment, label, code.0)
}

/// The end-user's factor that the code is of, if any. A code counts once.
///
/// # Errors
/// Not lent.
pub fn verify(of: impl Into<Whom>, code: Secret) -> Result<Option<String>, Failure> {
    host::totp::verify(&of.into().0, code.0)
}
