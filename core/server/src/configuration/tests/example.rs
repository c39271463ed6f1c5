//! `examples/gatewright.toml` is in step with the code.

use crate::configuration::Configuration;
use crate::configuration::quickstart::local_issuer;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/gatewright.toml");
const NO_DEFAULT: &str = "# no default";

/// The settings that are commented out, by path, each with whether the line says that it is a default.
fn commented_out(text: &str) -> BTreeMap<String, (bool, Value)> {
    let mut section = String::new();
    let mut settings = BTreeMap::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            section = format!("{name}.");
        }
        let Some(setting) = line.strip_prefix("# ").filter(|setting| setting.contains(" = ")) else { continue };
        let Ok(parsed) = setting.parse::<toml::Table>() else { continue };
        for (name, value) in parsed {
            let is_default = !line.ends_with(NO_DEFAULT);
            settings.insert(format!("{section}{name}"), (is_default, serde_json::to_value(value).unwrap()));
        }
    }
    settings
}

/// Every setting that is no section, by path.
fn leaves(value: &Value, path: &str) -> BTreeMap<String, Value> {
    let Value::Object(members) = value else { return BTreeMap::from([(path.to_owned(), value.clone())]) };
    let below = |name: &String| if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
    members.iter().flat_map(|(name, member)| leaves(member, &below(name))).collect()
}

#[test]
fn the_example_is_accepted_as_it_stands() {
    let read = Configuration::load(Some(Path::new(EXAMPLE)), [], &[]).unwrap();
    assert_eq!(read.issuer.as_str(), "https://login.example.com");
}

#[test]
fn the_example_shows_every_setting_with_its_default() {
    let example = commented_out(&std::fs::read_to_string(EXAMPLE).unwrap());
    let defaults = leaves(&serde_json::to_value(Configuration::new(local_issuer(1))).unwrap(), "");
    // The operator's own names have no defaults, and these two are set in the example.
    let named = ["scopes.", "secrets.", "policy.plugin_signatures.keys."];
    let is_named = |key: &str| named.iter().any(|section| key.starts_with(section));
    let is_set = ["issuer", "keys.master_key_file"];
    for (key, default) in &defaults {
        if is_set.contains(&key.as_str()) {
            continue;
        }
        let (is_default, shown) = example.get(key).unwrap_or_else(|| panic!("the example does not show {key}"));
        assert_eq!(*is_default, !default.is_null(), "{key}: whether the line ends in `{NO_DEFAULT}`");
        if *is_default {
            assert_eq!(shown, default, "{key}");
        }
    }
    for key in example.keys() {
        assert!(defaults.contains_key(key) || is_named(key), "the example shows {key}, which is not a setting");
    }
}

#[test]
fn what_the_example_has_commented_out_is_of_the_right_kind() {
    let text = std::fs::read_to_string(EXAMPLE).unwrap();
    let mut settings: Vec<String> = Vec::new();
    for (key, (_, value)) in commented_out(&text) {
        // HTTPS and the two ways to give a master key each exclude the other; a profile excludes some of the defaults.
        if !key.starts_with("proxy.") && key != "keys.master_key" && key != "protocol.profile" {
            settings.push(format!("{key} = {value}"));
        }
    }
    let file = format!("issuer = \"https://x\"\nkeys.master_key_file = \"k\"\n{}", settings.join("\n"));
    super::load(&file, &[], &[]).unwrap();
}
