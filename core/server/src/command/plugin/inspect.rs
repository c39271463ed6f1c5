//! `gatewright plugin inspect`: what a plugin is and wants, read off the file; nothing of it is run.

use super::super::error::CommandError;
use super::super::table::{plain, write_rows};
use super::super::write_json;
use super::error::PluginError;
use clap::Args;
use gatewright_plugin_host::{Manifest, NoManifest, Surface, Wants};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

/// Say what a plugin is, which hooks it serves and what it wants, before it is run
#[derive(Debug, Args)]
pub(super) struct InspectArguments {
    /// The plugin
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &InspectArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let path = &arguments.file;
    let bytes = fs::read(path).map_err(|cause| PluginError::File { path: path.clone(), cause })?;
    let no_plugin = |why| PluginError::NoPlugin { path: path.clone(), why };
    let manifest = Manifest::read(&bytes).map_err(no_plugin)?;
    let surface = Surface::read(&bytes).map_err(|why| no_plugin(NoManifest::Unreadable(why)))?;
    let digest: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let Manifest { name, version, description, hooks, wants } = manifest;
    let hooks: Vec<&str> = hooks.into_iter().map(|hook| hook.name()).collect();
    if arguments.json {
        return write_json(
            out,
            &json!({
                "name": name, "version": version, "description": description, "hooks": hooks,
                "wants": { "capabilities": wants.names().collect::<Vec<_>>(), "http": wants.origins(), "secrets": wants.secrets() },
                "imports": surface.imports, "exports": surface.exports, "sha256": digest, "bytes": bytes.len(),
            }),
        );
    }
    let rows = [
        ("plugin", format!("{} {}", plain(&name), plain(&version))),
        ("does", plain(&description)),
        ("hooks", hooks.join(", ")),
        ("wants", wanted(&wants)),
        ("calls", called(&surface.imports)),
        ("sha256", digest),
        ("size", format!("{} KiB", bytes.len().div_ceil(1024))),
    ];
    write_rows(out, &rows.map(|(what, says)| [what.to_owned(), says]))?;
    writeln!(out, "\nTo run it, say in policy.toml what it may have:\n")?;
    for hook in hooks {
        writeln!(out, "[[{hook}]]\nrun  = \"{}\"\nlend = {}", file_name(path), lend(&wants))?;
        match hook {
            "authenticate" => writeln!(out, "acr  = \"…\"    # what it reaches, and how strong that is\nlevel = 20")?,
            "claims" => {
                writeln!(out, "claims = [\"…\"]    # what it says, and for which scope values\nscopes = [\"…\"]")?
            }
            _ => {}
        }
    }
    Ok(())
}

/// The interfaces it imports. Of WASI, which a language's own library imports as it is, the packages.
fn called(imports: &[String]) -> String {
    let mut called: Vec<&str> = imports.iter().map(|name| if is_wasi(name) { package(name) } else { name }).collect();
    // Ours first, in their own order.
    called.sort_by_key(|name| is_wasi(name).then_some(*name));
    called.dedup();
    called.join(", ")
}

fn is_wasi(name: &str) -> bool {
    name.starts_with("wasi:")
}

fn package(name: &str) -> &str {
    name.split_once('/').map_or(name, |(package, _)| package)
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name().map_or_else(String::new, |name| plain(&name.to_string_lossy()))
}

fn wanted(wants: &Wants) -> String {
    let names: Vec<&str> = wants.names().collect();
    if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
}

/// The value of `lend` that gives it all it wants.
fn lend(wants: &Wants) -> String {
    let quoted = |texts: &std::collections::BTreeSet<String>| {
        let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
        format!("[{}]", texts.join(", "))
    };
    let entry = |name: &str| match name {
        "http" => format!("http = {}", quoted(wants.origins())),
        "secrets" => format!("secrets = {}", quoted(wants.secrets())),
        other => format!("{other} = true"),
    };
    let entries: Vec<String> = wants.names().map(entry).collect();
    if entries.is_empty() { "[]".to_owned() } else { format!("{{ {} }}", entries.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_wasi_the_packages_are_told_and_after_ours() {
        let imports =
            ["wasi:io/poll@0.2.9", "gatewright:plugin/pages@0.1.0", "wasi:cli/exit@0.2.9", "wasi:io/error@0.2.9"];
        let told = called(&imports.map(str::to_owned));
        assert_eq!(told, "gatewright:plugin/pages@0.1.0, wasi:cli, wasi:io");
        assert_eq!(called(&["gatewright:plugin/log@0.1.0".to_owned()]), "gatewright:plugin/log@0.1.0");
    }
}
