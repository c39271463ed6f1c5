//! Signatures of plugins: what is signed, the file beside the plugin, and whose signature is wanted.
//!
//! `risk.wasm.sig` is text: a line that names the format, then a line for each signature, the public key and the
//! signature, both in base64. What is signed is not the plugin itself but a statement about it ([`statement`]), so that
//! a signature made for anything else is none of a plugin.

mod trust;

pub use trust::{Signers, Trust};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatewright_domain::plugin_key::{PluginKey, SIGNATURE_BYTES};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;

/// What is added to a plugin's path for that of its signatures.
pub const ENDING: &str = ".sig";
/// Most signatures in one file.
pub const SIGNATURES_MAX: usize = 16;
/// Largest file of signatures, in bytes: more than its lines have.
pub const FILE_BYTES_MAX: usize = 4 * 1024;
/// First line of the file.
const FORMAT: &str = "gatewright plugin signatures 1";

/// What is signed of a plugin:
///
/// ```text
/// gatewright plugin signature 1
/// sha256 9ec82fac…
/// ```
pub fn statement(plugin: &[u8]) -> String {
    let digest: String = Sha256::digest(plugin).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("gatewright plugin signature 1\nsha256 {digest}\n")
}

/// The signatures of one plugin, by key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signatures(BTreeMap<PluginKey, [u8; SIGNATURE_BYTES]>);

/// A file that holds no signatures.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MalformedSignatures {
    /// It is larger than such a file is.
    #[error("a file of signatures has at most {FILE_BYTES_MAX} bytes")]
    TooLarge,
    /// It does not begin as one.
    #[error("a file of signatures begins with the line `{FORMAT}`")]
    NoFormat,
    /// One of its lines.
    #[error("line {line} is no signature: a public key, a space, a signature of 64 bytes, both in base64")]
    Line {
        /// Which.
        line: usize,
    },
    /// Two signatures by one key.
    #[error("line {line} is by the key of a line before")]
    Twice {
        /// Which.
        line: usize,
    },
    /// More than [`SIGNATURES_MAX`].
    #[error("a plugin has at most {SIGNATURES_MAX} signatures")]
    TooMany,
}

impl MalformedSignatures {
    /// The line it is about.
    pub fn line(&self) -> usize {
        match self {
            Self::Line { line } | Self::Twice { line } => *line,
            Self::TooLarge | Self::NoFormat | Self::TooMany => 1,
        }
    }
}

impl Signatures {
    /// Reads a file.
    ///
    /// # Errors
    /// The first rule it breaks.
    pub fn parse(file: &[u8]) -> Result<Self, MalformedSignatures> {
        if file.len() > FILE_BYTES_MAX {
            return Err(MalformedSignatures::TooLarge);
        }
        let text = std::str::from_utf8(file).map_err(|_| MalformedSignatures::NoFormat)?;
        let mut lines = text.lines().zip(1..);
        if lines.next().is_none_or(|(first, _)| first != FORMAT) {
            return Err(MalformedSignatures::NoFormat);
        }
        let mut signatures = Self::default();
        for (text, line) in lines {
            let (key, signature) = signature(text).ok_or(MalformedSignatures::Line { line })?;
            if signatures.0.contains_key(&key) {
                return Err(MalformedSignatures::Twice { line });
            }
            signatures.put(key, signature)?;
        }
        Ok(signatures)
    }

    /// Puts a signature in; one that is there of the same key is replaced.
    ///
    /// # Errors
    /// There are [`SIGNATURES_MAX`] already.
    pub fn put(&mut self, key: PluginKey, signature: [u8; SIGNATURE_BYTES]) -> Result<(), MalformedSignatures> {
        if self.0.len() >= SIGNATURES_MAX && !self.0.contains_key(&key) {
            return Err(MalformedSignatures::TooMany);
        }
        self.0.insert(key, signature);
        Ok(())
    }

    /// Keeps those for which `holds` says so.
    pub fn retain(&mut self, holds: impl Fn(&PluginKey, &[u8; SIGNATURE_BYTES]) -> bool) {
        self.0.retain(|key, signature| holds(key, signature));
    }

    /// The signature by `key`.
    pub fn by(&self, key: &PluginKey) -> Option<&[u8; SIGNATURE_BYTES]> {
        self.0.get(key)
    }

    /// Whose there are.
    pub fn keys(&self) -> impl Iterator<Item = &PluginKey> {
        self.0.keys()
    }
}

fn signature(line: &str) -> Option<(PluginKey, [u8; SIGNATURE_BYTES])> {
    let (key, signature) = line.split_once(' ')?;
    let signature = STANDARD.decode(signature).ok()?;
    Some((PluginKey::try_from(key).ok()?, signature.try_into().ok()?))
}

/// The file's text.
impl fmt::Display for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{FORMAT}")?;
        self.0.iter().try_for_each(|(key, signature)| writeln!(f, "{key} {}", STANDARD.encode(signature)))
    }
}

#[cfg(test)]
pub(crate) use trust::tests as trust_tests;

#[cfg(test)]
mod tests;
