//! Tools that pip installs into a project: what `requirements.txt` names, in a virtual environment of its own.

use crate::command::plugin::error::PluginError;
use crate::command::plugin::files::{read, write};
use crate::command::plugin::project::Project;
use crate::command::plugin::tool::Tool;
use std::path::PathBuf;

/// What pip installs by.
const REQUIREMENTS: &str = "requirements.txt";
/// The virtual environment, in what is made of a project.
const TOOLS: &str = "tools";
/// Where its programs lie.
const PROGRAMS: &str = if cfg!(windows) { "Scripts" } else { "bin" };

/// The environment with what is wanted in it; answers where the program `name` of it lies.
pub(super) fn program(project: &Project, name: &str) -> Result<PathBuf, PluginError> {
    let tools = project.made(TOOLS);
    let wanted = read(&project.folder.join(REQUIREMENTS))?;
    let installed = tools.join(REQUIREMENTS);
    if !read(&installed).is_ok_and(|present| present == wanted) {
        let create = ["-m".as_ref(), "venv".as_ref(), tools.as_os_str()];
        Tool::new("python3", "python3", &project.folder).arguments(create).run()?;
        let install = ["install", "--quiet", "--disable-pip-version-check", "--requirement", REQUIREMENTS];
        Tool::new("pip", tools.join(PROGRAMS).join("pip"), &project.folder).arguments(install).run()?;
        write(&installed, &wanted)?;
    }
    Ok(tools.join(PROGRAMS).join(name))
}
