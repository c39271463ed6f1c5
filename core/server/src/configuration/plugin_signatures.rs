//! `[policy.plugin_signatures]`: whose signatures plugins need.

use super::complaint::Complaint;
use super::nearest::nearest;
use super::schema::ANY_NAME;
use gatewright_domain::plugin_key::{KeyName, PluginKey};
use gatewright_policy::signatures::Trust;
use gatewright_signing::PluginVerifier;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most keys.
pub const PLUGIN_KEYS_MAX: usize = 64;
const KEYS: &str = "policy.plugin_signatures.keys";
const REQUIRED: &str = "policy.plugin_signatures.required";

/// The keys that the operator knows, and which of them every plugin needs.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PluginSignatures {
    /// Public keys by the names that `required` and the `signed_by` of bindings call them.
    keys: BTreeMap<String, String>,
    /// Names of the keys that must have signed every plugin, all of them.
    required: Vec<String>,
}

impl PluginSignatures {
    /// What the policy is compiled with. Names and keys that were not admitted are left out; what needs them is refused
    /// then.
    pub fn trust(&self) -> Trust {
        let key = |(name, key): (&String, &String)| {
            Some((KeyName::try_from(name.as_str()).ok()?, PluginKey::try_from(key.as_str()).ok()?))
        };
        let required = self.required.iter().filter_map(|name| KeyName::try_from(name.as_str()).ok());
        Trust::new(self.keys.iter().filter_map(key).collect(), required.collect(), Arc::new(PluginVerifier))
    }

    /// A key of any name.
    pub(super) fn specimen() -> Self {
        Self { keys: BTreeMap::from([(ANY_NAME.to_owned(), String::new())]), required: Vec::new() }
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        if self.keys.len() > PLUGIN_KEYS_MAX {
            complaints.push(Complaint::of(KEYS, &format!("has more than {PLUGIN_KEYS_MAX} keys")));
        }
        for (name, key) in &self.keys {
            let mut complain = |what: String| complaints.push(Complaint::of(&format!("{KEYS}.{name}"), &what));
            if let Err(error) = KeyName::try_from(name.as_str()) {
                complain(format!("is not accepted: {error}"));
            }
            if let Err(error) = PluginKey::try_from(key.as_str()) {
                complain(format!("is not accepted: {error}"));
            }
        }
        let names: Vec<String> = self.keys.keys().cloned().collect();
        for name in self.required.iter().filter(|name| !self.keys.contains_key(*name)) {
            let what = match nearest(name, &names) {
                Some(meant) => format!("names the key {name:?}, which there is not; did you mean {meant:?}?"),
                None => format!("names the key {name:?}, which {KEYS} has not"),
            };
            complaints.push(Complaint::of(REQUIRED, &what));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=";

    fn complaints(keys: impl IntoIterator<Item = String>, required: &[&str]) -> Vec<String> {
        let keys = keys.into_iter().map(|name| (name, KEY.to_owned())).collect();
        let signatures = PluginSignatures { keys, required: required.iter().map(ToString::to_string).collect() };
        let mut complaints = Vec::new();
        signatures.admit(&mut complaints);
        complaints.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn there_are_as_many_keys_as_the_limit_and_no_more() {
        let keys = |count: usize| (0..count).map(|n| format!("k{n}"));
        assert!(complaints(keys(PLUGIN_KEYS_MAX), &["k0"]).is_empty());
        assert_eq!(complaints(keys(PLUGIN_KEYS_MAX + 1), &[]), [format!("`{KEYS}` has more than 64 keys")]);
    }

    #[test]
    fn what_is_required_is_a_key_that_there_is() {
        let told = complaints(["acme".to_owned()], &["acem"]);
        assert!(told[0].ends_with("did you mean \"acme\"?"), "{told:?}");
        assert!(complaints(["acme".to_owned()], &["ops"])[0].contains("names the key \"ops\""));
    }
}
