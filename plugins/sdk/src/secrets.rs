//! Secrets that the operator configured and lent.

use crate::failure::Failure;
use crate::host;
use crate::secret::Secret;

/// The configured secret `name`.
///
/// # Errors
/// Not lent, or not configured.
pub fn get(name: &str) -> Result<Secret, Failure> {
    host::secrets::get(name).map(Secret)
}
