//! What the commands have in common: who asks, how a bundle is named and read, and what is wrong with one.

use super::super::error::CommandError;
use crate::command::audited::operator;
use crate::command::target::ServerTarget;
use crate::operations::{Asking, OperationError, Operations, Problem};
use clap::Args;
use gatewright_domain::identifiers::BundleDigest;
use gatewright_policy::activation::{NOTE_CHARS_MAX, PERSON_CHARS_MAX, WITHIN_S, WITHIN_S_MAX, line};
use gatewright_policy::files::Files;
use gatewright_policy::report::with_source;
use gatewright_policy::watch::Source;
use std::path::Path;

/// Digits of a digest that are shown to people.
const SHORT: usize = 12;

/// Who asks, and what they say.
#[derive(Debug, Args)]
pub(super) struct Asked {
    /// Who asks; without it, the name you are logged in by. With --server it is the client of the access token
    #[arg(long, value_name = "NAME", conflicts_with = "server")]
    by: Option<String>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// How long the bundle's tests may take, and then the nodes to get ready, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = WITHIN_S, value_parser = clap::value_parser!(u64).range(1..=WITHIN_S_MAX))]
    within: u64,
}

impl Asked {
    /// Who asks that server, and what they say.
    pub(super) fn of(&self, target: &ServerTarget) -> Result<Asking, CommandError> {
        let by = match (&self.by, target.is_remote()) {
            // The server knows it from the access token.
            (_, true) => String::new(),
            (Some(by), false) => one_line("--by", by, PERSON_CHARS_MAX)?,
            (None, false) => logged_in_as().or_else(owner).ok_or(CommandError::Nobody)?,
        };
        let note = self.note.as_deref().map(|note| one_line("--note", note, NOTE_CHARS_MAX)).transpose()?;
        Ok(Asking { by, note, within_s: self.within })
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

/// The bundle of a folder, laid over the shipped policies as a server does it.
pub(super) fn folder(folder: &Path) -> Result<Files, CommandError> {
    Ok(source(folder).read()?)
}

/// The files of the folder alone, as they are pushed.
pub(super) fn own(folder: &Path) -> Result<Files, CommandError> {
    Ok(source(folder).own()?)
}

fn source(folder: &Path) -> Source {
    Source { folder: folder.to_owned(), base: Files::shipped() }
}

/// The files of a folder, where there is one of that name, else of a stored bundle.
pub(super) async fn files(operations: &dyn Operations, name: &str) -> Result<Files, CommandError> {
    let path = Path::new(name);
    if path.is_dir() { folder(path) } else { Ok(operations.policy_files(name).await?) }
}

/// What is wrong with a folder that was pushed, with its source lines.
pub(super) fn wrong(error: OperationError, pushed: &Path) -> CommandError {
    match (error, folder(pushed)) {
        (OperationError::Problem(Problem { diagnostics, .. }), Ok(files)) if !diagnostics.is_empty() => {
            CommandError::PolicyWrong(with_source(&diagnostics, &files))
        }
        (other, _) => other.into(),
    }
}

/// A digest for people: enough of it to name it.
pub(super) fn short(digest: &BundleDigest) -> String {
    digest.as_str().chars().take(SHORT).collect()
}
