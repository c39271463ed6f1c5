//! The configuration from without: what is read, what is refused and in which words.

mod example;
mod loading;
mod refusals;

use super::{Configuration, ConfigurationError, Override};
use std::ffi::OsString;
use std::fs;

/// The least a configuration needs.
const LEAST: &str = "issuer = \"http://localhost:8080\"\nkeys.master_key_file = \"master.key\"\n";

/// Loads a file called `gatewright.toml` that holds `text`, under `environment` and flags.
fn load(text: &str, environment: &[(&str, &str)], flags: &[(&str, &str, &str)]) -> Result<Configuration, String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gatewright.toml");
    fs::write(&file, text).unwrap();
    let environment = environment.iter().map(|(name, value)| (OsString::from(name), OsString::from(value)));
    let of = |(flag, key, value): &(&str, &str, &str)| Override {
        flag: (*flag).into(),
        key: (*key).into(),
        value: (*value).into(),
    };
    let flags: Vec<Override> = flags.iter().map(of).collect();
    let loaded = Configuration::load(Some(&file), environment, &flags);
    loaded.map_err(|error: ConfigurationError| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
}
