//! `gatewright plugin build`: from a project to one `.wasm` file that a policy can run.

use super::super::error::CommandError;
use super::error::PluginError;
use super::project::Project;
use clap::Args;
use gatewright_plugin_host::pack;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The target of Rust plugins: no WASI, nothing but the host's interfaces.
const TARGET: &str = "wasm32-unknown-unknown";

/// Build a plugin: one .wasm file with its manifest in it
#[derive(Debug, Args)]
pub(super) struct BuildArguments {
    /// The project
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Where to write it; NAME.wasm in the project otherwise
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &BuildArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let project = Project::open(&arguments.folder)?;
    let module = compiled(&project.folder)?;
    let read = fs::read(&module).map_err(|cause| PluginError::File { path: module, cause })?;
    let plugin = pack(&read, &project.text).map_err(PluginError::NotPacked)?;
    let path = arguments.output.clone().unwrap_or_else(|| project.product());
    fs::write(&path, &plugin).map_err(|cause| PluginError::File { path: path.clone(), cause })?;
    writeln!(out, "{} ({} KiB)", path.display(), plugin.len().div_ceil(1024))?;
    Ok(())
}

/// Runs the compiler; what it says goes to the terminal. Answers where the module is.
fn compiled(folder: &Path) -> Result<PathBuf, PluginError> {
    let built = Command::new("cargo")
        .args(["build", "--release", "--target", TARGET, "--message-format", "json-render-diagnostics"])
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|cause| PluginError::NoTool { tool: "cargo", cause })?;
    if !built.status.success() {
        return Err(PluginError::Tool { command: "cargo build", status: built.status });
    }
    let said = String::from_utf8_lossy(&built.stdout);
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.filter_map(|message| module(&message)).next_back().ok_or(PluginError::NothingBuilt)
}

/// The `.wasm` file of a message about a finished crate. The last one is that of the project itself.
fn module(message: &Value) -> Option<PathBuf> {
    let files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
    files.filter(|file| file.ends_with(".wasm")).map(PathBuf::from).next()
}
