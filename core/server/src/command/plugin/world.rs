//! The world of one project: what every plugin may import, and an export for each hook that its manifest states. The
//! tools of other languages than Rust want an implementation of all that a world exports, so each project has its own.

use super::carried;
use super::error::PluginError;
use super::files::write;
use super::project::Project;
use gatewright_plugin_host::{Manifest, interface};
use std::path::PathBuf;

/// The world's name, in the interfaces and in what is generated from them.
pub(super) const WORLD: &str = "gatewright";
/// Where the interfaces lie in what is made of a project.
const FOLDER: &str = "wit";
/// The file of the world itself.
const FILE: &str = "world.wit";

/// Writes down the interfaces and the project's world. Answers the folder.
pub(super) fn written(project: &Project) -> Result<PathBuf, PluginError> {
    let folder = project.made(FOLDER);
    let mut package = "";
    for (path, text) in carried::interfaces() {
        package = text.lines().find(|line| line.starts_with("package ")).unwrap_or(package);
        write(&folder.join(path), text.as_bytes())?;
    }
    let Manifest { name, hooks, .. } = &project.manifest;
    let exports: String = hooks.iter().map(|hook| format!("    export {};\n", interface(*hook))).collect();
    let world = format!("{package}\n\n/// Of `{name}`.\nworld {WORLD} {{\n    include host;\n{exports}}}\n");
    write(&folder.join(FILE), world.as_bytes())?;
    Ok(folder)
}
