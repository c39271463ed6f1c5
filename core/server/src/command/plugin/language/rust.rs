//! Rust, by cargo.

use crate::command::plugin::error::PluginError;
use crate::command::plugin::files::read;
use crate::command::plugin::project::Project;
use crate::command::plugin::tool::Tool;
use serde_json::Value;
use std::path::PathBuf;

/// The target of Rust plugins: no WASI, nothing but the host's interfaces.
const TARGET: &str = "wasm32-unknown-unknown";

pub(super) fn build(project: &Project) -> Result<Vec<u8>, PluginError> {
    let build = ["build", "--release", "--target", TARGET, "--message-format", "json-render-diagnostics"];
    let said = Tool::new("cargo", "cargo", &project.folder).arguments(build).printed()?;
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let path = messages.filter_map(|message| module(&message)).next_back().ok_or(PluginError::NothingBuilt)?;
    read(&path)
}

/// The `.wasm` file of a message about a finished crate. The last one is that of the project itself.
fn module(message: &Value) -> Option<PathBuf> {
    let files = message.get("filenames")?.as_array()?.iter().filter_map(Value::as_str);
    files.filter(|file| file.ends_with(".wasm")).map(PathBuf::from).next()
}

pub(super) fn test(project: &Project) -> Result<(), PluginError> {
    Tool::new("cargo test", "cargo", &project.folder).arguments(["test"]).run()
}
