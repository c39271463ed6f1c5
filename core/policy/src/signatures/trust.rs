//! The operator's keys: their names, which of them every plugin must be signed with, and who signed a given one.

use super::{Signatures, statement};
use gatewright_domain::plugin_key::{KeyName, PluginKey, SIGNATURE_BYTES, SignatureVerifier};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Whose signatures count.
#[derive(Clone)]
pub struct Trust {
    keys: BTreeMap<KeyName, PluginKey>,
    required: BTreeSet<KeyName>,
    verifier: Arc<dyn SignatureVerifier>,
}

/// Who signed a plugin.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Signers {
    /// Named keys whose signature holds.
    pub held: BTreeSet<KeyName>,
    /// Named keys whose signature is of something else.
    pub broken: BTreeSet<KeyName>,
    /// Keys that have no name here; nothing is said of whether their signatures hold.
    pub unknown: Vec<PluginKey>,
}

/// For an operator who named no keys.
struct NoVerifier;

impl SignatureVerifier for NoVerifier {
    fn holds(&self, _key: &PluginKey, _message: &[u8], _signature: &[u8; SIGNATURE_BYTES]) -> bool {
        false
    }
}

impl Trust {
    /// These keys, of which those of `required` must have signed every plugin.
    pub fn new(
        keys: BTreeMap<KeyName, PluginKey>,
        required: BTreeSet<KeyName>,
        verifier: Arc<dyn SignatureVerifier>,
    ) -> Self {
        Self { keys, required, verifier }
    }

    /// No keys: plugins need no signature, and none can be asked for.
    pub fn nobody() -> Self {
        Self::new(BTreeMap::new(), BTreeSet::new(), Arc::new(NoVerifier))
    }

    /// The names of the keys.
    pub fn names(&self) -> impl Iterator<Item = &KeyName> {
        self.keys.keys()
    }

    /// The keys that must have signed every plugin.
    pub fn required(&self) -> impl Iterator<Item = &KeyName> {
        self.required.iter()
    }

    /// Whose signatures these are of `plugin`.
    pub fn signers(&self, plugin: &[u8], signatures: &Signatures) -> Signers {
        let statement = statement(plugin);
        let mut signers = Signers::default();
        for (name, key) in &self.keys {
            if let Some(signature) = signatures.by(key) {
                let holds = self.verifier.holds(key, statement.as_bytes(), signature);
                let found = if holds { &mut signers.held } else { &mut signers.broken };
                found.insert(name.clone());
            }
        }
        let unknown = signatures.keys().filter(|key| !self.keys.values().any(|known| known == *key));
        signers.unknown.extend(unknown);
        signers
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use gatewright_domain::plugin_key::KEY_BYTES;
    use sha2::{Digest as _, Sha256};

    /// Stands for Ed25519: a digest over the key and the message, twice.
    struct Digests;

    pub(crate) fn sign(key: &PluginKey, message: &[u8]) -> [u8; SIGNATURE_BYTES] {
        let digest = Sha256::new_with_prefix(key.bytes()).chain_update(message).finalize();
        let mut signature = [0; SIGNATURE_BYTES];
        signature.chunks_mut(32).for_each(|half| half.copy_from_slice(&digest));
        signature
    }

    impl SignatureVerifier for Digests {
        fn holds(&self, key: &PluginKey, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
            sign(key, message) == *signature
        }
    }

    pub(crate) fn name(text: &str) -> KeyName {
        KeyName::try_from(text).unwrap()
    }

    /// The key of a name begins with its first letter.
    pub(crate) fn key(name: &str) -> PluginKey {
        PluginKey::new([name.as_bytes()[0]; KEY_BYTES])
    }

    /// Keys of these names; `required` of them is wanted everywhere.
    pub(crate) fn trust(names: &[&str], required: &[&str]) -> Trust {
        let keys = names.iter().map(|text| (name(text), key(text))).collect();
        Trust::new(keys, required.iter().map(|text| name(text)).collect(), Arc::new(Digests))
    }

    /// Signatures over `plugin` by the keys of these names.
    pub(crate) fn signed(plugin: &[u8], by: &[&str]) -> Signatures {
        let mut signatures = Signatures::default();
        for name in by {
            signatures.put(key(name), sign(&key(name), statement(plugin).as_bytes())).unwrap();
        }
        signatures
    }

    #[test]
    fn who_signed_is_known_by_key_and_a_signature_of_another_file_is_broken() {
        let trust = trust(&["acme", "ops", "second"], &[]);
        let mut signatures = signed(b"plugin", &["acme", "unknown"]);
        let other = signed(b"another plugin", &["ops"]);
        signatures.put(key("ops"), *other.by(&key("ops")).unwrap()).unwrap();
        let signers = trust.signers(b"plugin", &signatures);
        assert_eq!(signers.held, [name("acme")].into());
        assert_eq!(signers.broken, [name("ops")].into());
        assert_eq!(signers.unknown, [key("unknown")]);
    }

    #[test]
    fn a_signature_over_the_plugin_itself_or_its_digest_alone_is_none() {
        let trust = trust(&["acme"], &[]);
        for message in [b"plugin".to_vec(), Sha256::digest(b"plugin").to_vec()] {
            let mut signatures = Signatures::default();
            signatures.put(key("acme"), sign(&key("acme"), &message)).unwrap();
            assert!(trust.signers(b"plugin", &signatures).held.is_empty());
        }
    }

    #[test]
    fn who_named_no_keys_knows_nobody() {
        let signers = Trust::nobody().signers(b"plugin", &signed(b"plugin", &["acme"]));
        assert_eq!(signers, Signers { unknown: vec![key("acme")], ..Signers::default() });
        assert!(!NoVerifier.holds(&key("acme"), b"", &[0; SIGNATURE_BYTES]));
    }
}
