//! `gatewright policy schema` and `gatewright policy definitions`: the contracts and the functions, for editors.

use crate::command::error::CommandError;
use clap::Args;
use gatewright_policy::schema;
use gatewright_script_host::definitions;
use serde_json::{Map, Value};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Print the JSON Schema of what each hook is told and decides
#[derive(Debug, Args)]
pub(super) struct SchemaArguments {
    /// Write a file for each into this folder; else they are printed as one JSON document, by the names of the files
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Print Rhai definition files, from which editors complete and check scripts
#[derive(Debug, Args)]
pub(super) struct DefinitionsArguments {
    /// Write a file for each module into this folder; else they are printed one after another
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn schema(arguments: &SchemaArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let documents = schema::documents();
    match &arguments.out {
        Some(folder) => {
            let texts = documents.into_iter().map(|(name, schema)| (name, schema::written(&schema)));
            write_files(folder, texts.collect(), out)
        }
        None => crate::command::write_json(out, &documents.into_iter().collect::<Map<String, Value>>()),
    }
}

pub(super) fn definitions(arguments: &DefinitionsArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let documents = definitions::documents();
    match &arguments.out {
        Some(folder) => write_files(folder, documents, out),
        None => {
            for (name, text) in documents {
                writeln!(out, "// --- {name}\n{text}")?;
            }
            Ok(())
        }
    }
}

fn write_files(folder: &Path, files: Vec<(String, String)>, out: &mut dyn Write) -> Result<(), CommandError> {
    let unwritable = |path: &Path| {
        let path = path.to_owned();
        move |cause| CommandError::Unwritable { path, cause }
    };
    fs::create_dir_all(folder).map_err(unwritable(folder))?;
    for (name, text) in &files {
        let path = folder.join(name);
        fs::write(&path, text).map_err(unwritable(&path))?;
    }
    Ok(writeln!(out, "{} files in {}", files.len(), folder.display())?)
}
