//! Secrets that the operator configured, by name.

use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::secret::SecretText;
use std::collections::BTreeMap;

/// Written before a path, it means that the secret is in that file.
const FILE_PREFIX: &str = "file:";

/// A configured secret whose file cannot be read.
#[derive(Debug)]
pub struct SecretUnreadable {
    /// Its name.
    pub name: String,
    /// Where it was to be.
    pub path: String,
    /// Why not.
    pub cause: std::io::Error,
}

impl std::fmt::Display for SecretUnreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the secret `{}` cannot be read from {}: {}", self.name, self.path, self.cause)
    }
}

impl std::error::Error for SecretUnreadable {}

/// The operator's secrets, read once at start.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredSecrets(BTreeMap<String, SecretText>);

impl ConfiguredSecrets {
    /// Takes the secrets over; a value `file:PATH` is read from there, less one line end.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn read(configured: impl IntoIterator<Item = (String, SecretText)>) -> Result<Self, SecretUnreadable> {
        let mut secrets = BTreeMap::new();
        for (name, value) in configured {
            let value = match value.expose().strip_prefix(FILE_PREFIX) {
                None => value,
                Some(path) => match std::fs::read_to_string(path) {
                    Ok(text) => SecretText::new(text.strip_suffix('\n').unwrap_or(&text)),
                    Err(cause) => return Err(SecretUnreadable { name, path: path.to_owned(), cause }),
                },
            };
            secrets.insert(name, value);
        }
        Ok(Self(secrets))
    }
}

impl SecretVault for ConfiguredSecrets {
    fn secret(&self, name: &str) -> Option<SecretText> {
        self.0.get(name).cloned()
    }
}
