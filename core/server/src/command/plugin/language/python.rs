//! Python: `componentize-py`, which pip installs into the project, puts `plugin.py` and `CPython` together.

use super::venv;
use crate::command::plugin::error::PluginError;
use crate::command::plugin::files::{read, write};
use crate::command::plugin::project::Project;
use crate::command::plugin::tool::Tool;
use crate::command::plugin::world::{self, WORLD};
use gatewright_domain::hooks::HookKind;
use gatewright_plugin_host::interface;
use std::path::PathBuf;

/// What stands before `plugin.py`, without its classes.
const ENTRY: &str = include_str!("entry.py");
/// Its module.
const MODULE: &str = "entry";
/// The interfaces as Python, for the editor and the tests, in what is made of a project.
const BINDINGS: &str = "bindings";

pub(super) fn build(project: &Project) -> Result<Vec<u8>, PluginError> {
    let (entry, made) = (project.made("entry"), project.made("plugin.wasm"));
    let classes: String = project.manifest.hooks.iter().map(|hook| class(*hook)).collect();
    write(&entry.join("entry.py"), format!("{ENTRY}{classes}").as_bytes())?;
    componentize(project)?
        .arguments(["componentize", MODULE, "--python-path", ".", "--python-path"])
        .arguments([entry.as_os_str(), "--output".as_ref(), made.as_os_str()])
        .run()?;
    read(&made)
}

pub(super) fn test(project: &Project) -> Result<(), PluginError> {
    let bindings = bindings(project)?;
    Tool::new("python3 -m unittest", venv::program(project, "python")?, &project.folder)
        .arguments(["-B", "-m", "unittest", "--quiet"])
        .variable("PYTHONPATH", bindings)
        .run()
}

/// The class of a hook that the tool looks for.
fn class(hook: HookKind) -> String {
    let interface = interface(hook);
    let name: String = interface.split('-').map(|word| word[..1].to_ascii_uppercase() + &word[1..]).collect();
    let method = hook.name();
    format!(
        "\n\nclass {name}(plugin.{name}):\n    def {method}(self, input):\n        return run(super().{method}, input)\n"
    )
}

fn bindings(project: &Project) -> Result<PathBuf, PluginError> {
    let folder = project.made(BINDINGS);
    // The tool refuses to write over what it wrote.
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|cause| PluginError::File { path: folder.clone(), cause })?;
    }
    componentize(project)?.arguments(["bindings".as_ref(), folder.as_os_str()]).run()?;
    Ok(folder)
}

fn componentize(project: &Project) -> Result<Tool, PluginError> {
    let program = venv::program(project, "componentize-py")?;
    let interfaces = world::written(project)?;
    let world = ["--wit-path".as_ref(), interfaces.as_os_str(), "--world".as_ref(), WORLD.as_ref()];
    Ok(Tool::new("componentize-py", program, &project.folder).arguments(world))
}
