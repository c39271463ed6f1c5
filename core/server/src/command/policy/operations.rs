//! What the commands have in common: the database they work on, who asks, and how a bundle is written.

use crate::assembly::runtimes;
use crate::command::audited::operator;
use crate::command::error::CommandError;
use crate::command::opened;
use crate::configuration::Configuration;
use clap::Args;
use gatewright_capabilities::SystemClock;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_domain::store::Stores;
use gatewright_policy::activation::{
    Activations, NOTE_CHARS_MAX, Operations, PERSON_CHARS_MAX, WITHIN_S, WITHIN_S_MAX, line,
};
use gatewright_policy::files::Files;
use gatewright_policy::watch::Source;
use std::path::Path;
use std::sync::Arc;

/// Digits of a digest that are shown to people.
const SHORT: usize = 12;

/// Who asks, and what they say.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// Who asks; without it, the name you are logged in by
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// How long the bundle's tests may take, and then the nodes to get ready, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = WITHIN_S, value_parser = clap::value_parser!(u64).range(1..=WITHIN_S_MAX))]
    pub(super) within: u64,
}

impl Asked {
    /// Who asks.
    pub(super) fn by(&self) -> Result<String, CommandError> {
        match &self.by {
            Some(by) => one_line("--by", by, PERSON_CHARS_MAX),
            None => logged_in_as().or_else(owner).ok_or(CommandError::Nobody),
        }
    }

    /// What they say.
    pub(super) fn note(&self) -> Result<Option<String>, CommandError> {
        self.note.as_deref().map(|note| one_line("--note", note, NOTE_CHARS_MAX)).transpose()
    }
}

/// The name that whoever runs the command is logged in by.
fn logged_in_as() -> Option<String> {
    let known = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    known.and_then(|name| line(&name, PERSON_CHARS_MAX))
}

/// The name of the process's owner: in a container nobody has logged in.
fn owner() -> Option<String> {
    operator().and_then(|name| line(&name, PERSON_CHARS_MAX))
}

fn one_line(what: &'static str, text: &str, chars_max: usize) -> Result<String, CommandError> {
    line(text, chars_max).ok_or(CommandError::NoLine { what, chars_max })
}

/// The database of a command, and what can be done on it.
pub(super) struct Opened {
    pub(super) stores: Stores,
    pub(super) operations: Operations,
}

impl Opened {
    pub(super) fn of(configuration: &Configuration) -> Result<Self, CommandError> {
        let stores = opened::migrated_storage(configuration)?.stores();
        let operations = Operations {
            activations: Activations { store: stores.activations.clone(), clock: Arc::new(SystemClock) },
            bundles: stores.bundles.clone(),
            runtimes: runtimes(configuration),
            two_persons: configuration.policy.two_persons,
        };
        Ok(Self { stores, operations })
    }
}

/// The bundle of a folder, laid over the shipped policies as a server does it.
pub(super) fn folder(folder: &Path) -> Result<Files, CommandError> {
    Ok(Source { folder: folder.to_owned(), base: Files::shipped() }.read()?)
}

/// A digest for people: enough of it to name it.
pub(super) fn short(digest: &BundleDigest) -> String {
    digest.as_str().chars().take(SHORT).collect()
}
