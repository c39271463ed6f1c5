//! Keys that plugins are signed with (Ed25519, RFC 8032): their public half, what the operator calls them, and what
//! checks a signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// Bytes of a public key.
pub const KEY_BYTES: usize = 32;
/// Bytes of a signature.
pub const SIGNATURE_BYTES: usize = 64;
/// Longest name of a key, in bytes.
pub const KEY_NAME_BYTES_MAX: usize = 64;
/// What a SubjectPublicKeyInfo of Ed25519 begins with (RFC 8410 4); the key follows.
const INFO_PREFIX: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key. As text it is the base64 of its SubjectPublicKeyInfo: the one line between the first and the last of a
/// PEM file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginKey([u8; KEY_BYTES]);

/// A text that is no such key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no Ed25519 public key: write the line between BEGIN and END of its .pem file, which begins with MCow")]
pub struct NoPluginKey;

impl PluginKey {
    /// The key of these bytes.
    pub fn new(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl TryFrom<&str> for PluginKey {
    type Error = NoPluginKey;

    fn try_from(text: &str) -> Result<Self, NoPluginKey> {
        let info = STANDARD.decode(text).map_err(|_| NoPluginKey)?;
        let key = info.strip_prefix(&INFO_PREFIX).and_then(|key| key.try_into().ok());
        key.map(Self).ok_or(NoPluginKey)
    }
}

impl fmt::Display for PluginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode([&INFO_PREFIX[..], &self.0].concat()))
    }
}

impl fmt::Debug for PluginKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PluginKey({self})")
    }
}

/// What the operator calls a key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyName(String);

/// A text that is no name of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the name of a key has 1 to {KEY_NAME_BYTES_MAX} letters, digits, _ and -")]
pub struct NoKeyName;

impl KeyName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for KeyName {
    type Error = NoKeyName;

    fn try_from(text: &str) -> Result<Self, NoKeyName> {
        let sound = (1..=KEY_NAME_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        if sound { Ok(Self(text.to_owned())) } else { Err(NoKeyName) }
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Checks signatures.
pub trait SignatureVerifier: Send + Sync {
    /// Whether `signature` is that of `key` over `message`. Whatever goes wrong, the answer is no.
    fn holds(&self, key: &PluginKey, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The public key of RFC 8410 10.1.
    const TEXT: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    #[test]
    fn a_key_is_the_line_of_its_pem_file() {
        let key = PluginKey::try_from(TEXT).unwrap();
        assert_eq!(key.bytes()[..4], [0x19, 0xbf, 0x44, 0x09]);
        assert_eq!(key.to_string(), TEXT);
    }

    #[test]
    fn another_algorithm_another_length_and_other_text_are_no_key() {
        let x25519 = STANDARD
            .encode([&[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x6e, 3, 0x21, 0][..], &[7; 32]].concat());
        let raw = STANDARD.encode([7; KEY_BYTES]);
        let long = STANDARD.encode([&INFO_PREFIX[..], &[7; KEY_BYTES + 1]].concat());
        for text in ["", "acme", "MCow", &x25519, &raw, &long, &TEXT[..59], &format!("{TEXT}\n")] {
            assert_eq!(PluginKey::try_from(text), Err(NoPluginKey), "{text}");
        }
    }

    #[test]
    fn a_name_is_short_and_plain() {
        let long = "a".repeat(KEY_NAME_BYTES_MAX);
        for good in ["acme", "Acme_2-x", &long] {
            assert_eq!(KeyName::try_from(good).unwrap().as_str(), good);
        }
        for bad in ["", "a.b", "a b", "é", &format!("{long}a")] {
            assert_eq!(KeyName::try_from(bad), Err(NoKeyName), "{bad}");
        }
    }
}
