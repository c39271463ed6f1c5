//! `secrets`: configured secrets by name. A hook holds them by reference and can only hand them on.

use crate::secret::SecretText;

/// The operator's secrets.
pub trait SecretVault: Send + Sync {
    /// The secret of that name.
    fn secret(&self, name: &str) -> Option<SecretText>;
}
