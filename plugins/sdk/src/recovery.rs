//! Codes that an end-user wrote down for the day on which another factor is lost. They are made on the account page.

use crate::failure::Failure;
use crate::host;
use crate::secret::Secret;
use crate::whom::Whom;

/// How many the end-user has left.
///
/// # Errors
/// Not lent.
pub fn remaining(of: impl Into<Whom>) -> Result<u32, Failure> {
    host::recovery::remaining(&of.into().0)
}

/// Whether this is one of them. A code counts once.
///
/// # Errors
/// Not lent.
pub fn verify(of: impl Into<Whom>, code: Secret) -> Result<bool, Failure> {
    host::recovery::verify(&of.into().0, code.0)
}
