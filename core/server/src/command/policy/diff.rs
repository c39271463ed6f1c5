//! `gatewright policy diff`.

use super::operations::files;
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::operations::DifferenceDocument;
use clap::Args;
use gatewright_policy::difference::{BindingDifference, Change, Difference, FileDifference, difference};
use std::io::{self, Write};

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
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &DiffArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let from = files(operations.as_ref(), &arguments.from).await?;
    let difference = difference(&from, &files(operations.as_ref(), &arguments.to).await?);
    if arguments.json {
        return write_json(out, &DifferenceDocument::from(&difference));
    }
    Ok(write(out, &difference)?)
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
