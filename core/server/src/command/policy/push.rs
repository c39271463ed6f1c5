//! `gatewright policy push`.

use super::activate::{put_live, report};
use super::operations::{Asked, Opened, folder, short};
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::command::target::Target;
use crate::command::write_json;
use clap::Args;
use gatewright_domain::activation::ActivationKind;
use gatewright_policy::activation::{ActivationError, Order, Pushed};
use gatewright_policy::report::with_source;
use serde_json::json;
use std::io::Write;
use std::path::PathBuf;

/// Store a policy folder as a bundle that can be activated
///
/// Everything in it is compiled and its tests are run first; a bundle with errors is not stored. Its digest is printed:
/// the name of exactly these files.
#[derive(Debug, Args)]
pub(super) struct PushArguments {
    /// The folder, with its policy.toml
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    #[command(flatten)]
    asked: Asked,
    /// Put it live at once, on every node
    #[arg(long)]
    activate: bool,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &PushArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let (by, note) = (arguments.asked.by()?, arguments.asked.note()?);
    let opened = Opened::of(&arguments.target.load()?)?;
    let files = folder(&arguments.folder)?;
    let pushed = opened.operations.push(&files, &by, note.as_deref(), arguments.asked.within).await;
    let Pushed { bundle, tests } = pushed.map_err(|error| match error {
        ActivationError::Wrong(wrong) => CommandError::PolicyWrong(with_source(&wrong, &files)),
        other => other.into(),
    })?;
    if !arguments.json {
        let name = bundle.name.as_deref().map(|name| format!(" ({})", plain(name))).unwrap_or_default();
        writeln!(out, "pushed {}{name}; {tests} tests passed", bundle.digest)?;
    }
    if arguments.activate {
        let digest = bundle.digest;
        let order = Order { digest, kind: ActivationKind::Activate, by, note, within_s: arguments.asked.within };
        let live = put_live(&opened, &order).await?;
        return report(&live, arguments.json, out);
    }
    if arguments.json {
        let (digest, author) = (bundle.digest.as_str(), &bundle.author);
        return write_json(out, &json!({ "digest": digest, "name": bundle.name, "author": author, "tests": tests }));
    }
    Ok(writeln!(out, "  `gatewright policy activate {}` puts it live.", short(&bundle.digest))?)
}
