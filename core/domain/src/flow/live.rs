//! Secrets that exist only while the request that typed them is answered.

use crate::secret::SecretText;
use std::collections::BTreeMap;

/// Typed secrets, by the journal entry that asked for them and the field they were typed into. Never stored:
/// on any later request the hook's reference is a tombstone.
#[derive(Debug, Default)]
pub struct LiveSecrets(BTreeMap<(usize, String), SecretText>);

impl LiveSecrets {
    /// Takes over what was typed into the page that entry `entry` asked.
    pub fn keep(&mut self, entry: usize, typed: BTreeMap<String, SecretText>) {
        self.0.extend(typed.into_iter().map(|(field, text)| ((entry, field), text)));
    }

    /// The secret, while it lives.
    pub fn get(&self, entry: usize, field: &str) -> Option<&SecretText> {
        self.0.get(&(entry, field.to_owned()))
    }
}
