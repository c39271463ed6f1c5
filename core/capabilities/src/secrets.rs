//! `secrets`: the operator's secrets by name, written in the configuration or in files beside it.

use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::secret::SecretText;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};

/// Largest secret, in bytes.
pub const SECRET_BYTES_MAX: usize = 64 * 1024;

/// Leads a value that is the path of a file.
const FILE: &str = "file:";

/// Why a configured secret is none. The secret itself is never repeated.
#[derive(Debug, thiserror::Error)]
pub enum SecretUnreadable {
    /// Its file cannot be read.
    #[error("the secret `{name}` cannot be read from {path}: {cause}")]
    File {
        /// The secret's name.
        name: String,
        /// Where it was to be.
        path: String,
        /// Why not.
        cause: io::Error,
    },
    /// It is empty, over [`SECRET_BYTES_MAX`] or no UTF-8 text.
    #[error("the secret `{name}` is not 1 to {SECRET_BYTES_MAX} bytes of text")]
    Content {
        /// The secret's name.
        name: String,
    },
}

/// The operator's secrets, read once at the start.
#[derive(Clone, Default)]
pub struct ConfiguredSecrets {
    secrets: BTreeMap<String, SecretText>,
}

impl ConfiguredSecrets {
    /// Takes the secrets over. A value `file:PATH` stands for the text of that file, without the line end that closes it.
    ///
    /// # Errors
    /// The first that cannot be read.
    pub fn read(configured: impl IntoIterator<Item = (String, SecretText)>) -> Result<Self, SecretUnreadable> {
        let secret = |(name, value): (String, SecretText)| {
            let secret = match value.expose().strip_prefix(FILE) {
                Some(path) => from_file(&name, path)?,
                None => value,
            };
            let fits = (1..=SECRET_BYTES_MAX).contains(&secret.expose().len());
            if fits { Ok((name, secret)) } else { Err(SecretUnreadable::Content { name }) }
        };
        Ok(Self { secrets: configured.into_iter().map(secret).collect::<Result<_, _>>()? })
    }
}

fn from_file(name: &str, path: &str) -> Result<SecretText, SecretUnreadable> {
    let unreadable = |cause| SecretUnreadable::File { name: name.to_owned(), path: path.to_owned(), cause };
    // One byte more than is allowed, and a line end, show that it is too long.
    let most = SECRET_BYTES_MAX as u64 + 3;
    let mut text = String::new();
    match File::open(path).map_err(unreadable)?.take(most).read_to_string(&mut text) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            return Err(SecretUnreadable::Content { name: name.to_owned() });
        }
        Err(error) => return Err(unreadable(error)),
    }
    let text = SecretText::new(text);
    let line = text.expose();
    let line = line.strip_suffix('\n').map_or(line, |line| line.strip_suffix('\r').unwrap_or(line));
    Ok(SecretText::new(line))
}

impl SecretVault for ConfiguredSecrets {
    fn secret(&self, name: &str) -> Option<SecretText> {
        self.secrets.get(name).cloned()
    }
}

impl fmt::Debug for ConfiguredSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.secrets.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(name: &str, value: &str) -> Result<ConfiguredSecrets, SecretUnreadable> {
        ConfiguredSecrets::read([(name.to_owned(), SecretText::new(value))])
    }

    fn load_file(bytes: &[u8]) -> Result<String, SecretUnreadable> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let vault = load("key", &format!("file:{}", file.path().display()))?;
        Ok(vault.secret("key").unwrap().expose().to_owned())
    }

    #[test]
    fn a_secret_is_had_by_its_name_and_no_other() {
        let vault = load("risk_api_key", "s3cr3t").unwrap();
        assert_eq!(vault.secret("risk_api_key").unwrap().expose(), "s3cr3t");
        assert!(vault.secret("Risk_API_key").is_none() && vault.secret("").is_none());
        assert_eq!(format!("{vault:?}"), r#"{"risk_api_key"}"#);
    }

    #[test]
    fn a_file_is_read_without_the_line_end_that_closes_it() {
        for (text, secret) in [
            ("s3cr3t", "s3cr3t"),
            ("s3cr3t\n", "s3cr3t"),
            ("s3cr3t\r\n", "s3cr3t"),
            ("s3cr3t\n\n", "s3cr3t\n"),
            (" s3cr3t ", " s3cr3t "),
        ] {
            assert_eq!(load_file(text.as_bytes()).unwrap(), secret, "{text:?}");
        }
    }

    #[test]
    fn what_is_no_secret_stops_the_start_and_is_not_repeated() {
        assert!(matches!(load("key", ""), Err(SecretUnreadable::Content { .. })));
        assert!(matches!(load("key", "file:/nonexistent/s3cr3t"), Err(SecretUnreadable::File { .. })));
        assert!(matches!(load_file(b""), Err(SecretUnreadable::Content { .. })));
        assert!(matches!(load_file(b"\n"), Err(SecretUnreadable::Content { .. })));
        let message = load_file(b"s3cr3t \xff").unwrap_err();
        assert!(!format!("{message} {message:?}").contains("s3cr3t"));
    }

    #[test]
    fn the_size_limit_is_met_to_the_byte() {
        let text = |bytes: usize| "x".repeat(bytes);
        assert!(load("key", &text(SECRET_BYTES_MAX)).is_ok());
        assert!(load("key", &text(SECRET_BYTES_MAX + 1)).is_err());
        assert_eq!(load_file((text(SECRET_BYTES_MAX) + "\r\n").as_bytes()).unwrap().len(), SECRET_BYTES_MAX);
        assert!(load_file(text(SECRET_BYTES_MAX + 1).as_bytes()).is_err());
        assert!(load_file(text(SECRET_BYTES_MAX + 100).as_bytes()).is_err());
    }
}
