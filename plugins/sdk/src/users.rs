//! The directory of end-users.

use crate::failure::Failure;
use crate::host;
use crate::secret::Secret;
use crate::user::User;

/// The end-user with this username.
///
/// # Errors
/// Not lent.
pub fn find(username: &str) -> Result<Option<User>, Failure> {
    Ok(host::users::find_by_username(username)?.map(Into::into))
}

/// The end-user with this subject.
///
/// # Errors
/// Not lent.
pub fn by_subject(subject: &str) -> Result<Option<User>, Failure> {
    Ok(host::users::find_by_subject(subject)?.map(Into::into))
}

/// The end-user with this username, if it is their password.
///
/// # Errors
/// Not lent.
pub fn verify_password(username: &str, password: Secret) -> Result<Option<User>, Failure> {
    Ok(host::users::verify_password(username, password.0)?.map(Into::into))
}

/// Seconds until the next password for this username is looked at, after too many wrong ones; 0: at once.
///
/// # Errors
/// Not lent.
pub fn wait_s(username: &str) -> Result<u64, Failure> {
    Ok(host::users::wait_s(username)?)
}
