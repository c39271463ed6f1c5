//! `[secrets]`: what policies may be lent by name and never see in clear.

use super::complaint::Complaint;
use super::confidential::Confidential;
use gatewright_domain::secret::SecretText;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Secrets by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secrets(BTreeMap<String, Confidential>);

/// Longest name of a secret, in bytes.
pub const NAME_BYTES_MAX: usize = 64;

impl Secrets {
    /// Each with its text: the secret itself, or `file:PATH`.
    pub fn texts(&self) -> impl Iterator<Item = (String, SecretText)> {
        self.0.iter().map(|(name, secret)| (name.clone(), secret.text().clone()))
    }

    /// One secret of that name.
    pub(super) fn specimen(name: &str) -> Self {
        Self(BTreeMap::from([(name.to_owned(), Confidential::new(SecretText::new("")))]))
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        for (name, secret) in &self.0 {
            let key = format!("secrets.{name}");
            let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            if name.len() > NAME_BYTES_MAX || !name.bytes().all(plain) {
                let what = format!("is no name of a secret: up to {NAME_BYTES_MAX} letters, digits, `_` and `-`");
                complaints.push(Complaint::of(&key, &what));
            }
            if secret.text().expose().is_empty() {
                complaints.push(Complaint::of(&key, "is empty"));
            }
        }
    }
}
