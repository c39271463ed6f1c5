//! `gatewright policy diff`.

use super::operations::{Opened, folder};
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::command::target::Target;
use crate::command::write_json;
use clap::Args;
use gatewright_policy::difference::{BindingDifference, Change, Difference, FileDifference, difference};
use gatewright_policy::files::Files;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::path::Path;

/// Show what differs between two bundles
///
/// Each is a digest, 8 or more digits that it begins with, `live` for the live one, or a policy folder. First what the
/// bindings do differently, then the files, line by line; of what is removed the name alone.
#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The bundle before
    #[arg(value_name = "A")]
    from: String,
    /// The bundle after
    #[arg(value_name = "B")]
    to: String,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &DiffArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let difference = difference(&files(&opened, &arguments.from).await?, &files(&opened, &arguments.to).await?);
    if arguments.json {
        return write_json(out, &described(&difference));
    }
    Ok(write(out, &difference)?)
}

/// A folder where there is one of that name, else a stored bundle.
async fn files(opened: &Opened, name: &str) -> Result<Files, CommandError> {
    let path = Path::new(name);
    if path.is_dir() {
        return folder(path);
    }
    Ok(opened.operations.files(&opened.operations.named(name).await?).await?)
}

fn write(out: &mut dyn Write, difference: &Difference) -> io::Result<()> {
    let Difference { files, bindings } = difference;
    if files.is_empty() {
        return writeln!(out, "they are the same");
    }
    for BindingDifference { name, change, says } in bindings {
        writeln!(out, "{} {}", change.name(), plain(name))?;
        if *change == Change::Removed {
            continue;
        }
        says.iter().try_for_each(|line| writeln!(out, "    {}", plain(line)))?;
    }
    for FileDifference { path, change, lines } in files {
        writeln!(out, "\n{} {}", change.name(), plain(path))?;
        let old = if *change == Change::Added { "/dev/null" } else { path };
        match lines {
            // What is gone is named; the document for programs has its text.
            _ if *change == Change::Removed => {}
            None => writeln!(out, "    not text")?,
            Some(lines) => {
                writeln!(out, "--- {}\n+++ {}", plain(old), plain(path))?;
                lines.lines().try_for_each(|line| writeln!(out, "{}", shown(line)))?;
            }
        }
    }
    Ok(())
}

/// A line of a script on its way to a terminal; tabs may stay.
fn shown(line: &str) -> String {
    line.split('\t').map(plain).collect::<Vec<_>>().join("\t")
}

fn described(difference: &Difference) -> Value {
    let file = |file: &FileDifference| json!({ "path": file.path, "change": file.change.name(), "diff": file.lines });
    let binding = |one: &BindingDifference| json!({ "name": one.name, "change": one.change.name(), "says": one.says });
    json!({
        "bindings": difference.bindings.iter().map(binding).collect::<Vec<Value>>(),
        "files": difference.files.iter().map(file).collect::<Vec<Value>>(),
    })
}
