//! JavaScript: `componentize-qjs`, which npm installs into the project, puts `plugin.js` and `QuickJS` together.

use crate::command::plugin::error::PluginError;
use crate::command::plugin::files::{read, write};
use crate::command::plugin::project::Project;
use crate::command::plugin::tool::Tool;
use crate::command::plugin::world::{self, WORLD};
use gatewright_plugin_host::interface;

/// The tool, where npm puts it.
const COMPONENTIZE: &str = "node_modules/componentize-qjs/bin/componentize-qjs";
/// What npm installs by, and how we know that it did.
const PACKAGE: &str = "package.json";
/// What stands before `plugin.js`, without its exports.
const ENTRY: &str = include_str!("entry.js");

pub(super) fn build(project: &Project) -> Result<Vec<u8>, PluginError> {
    install(project)?;
    let interfaces = world::written(project)?;
    let (entry, made) = (project.made("entry.js"), project.made("plugin.wasm"));
    let exports = project.manifest.hooks.iter().map(|hook| {
        let name = camel_case(interface(*hook));
        format!("export const {name} = guarded(\"{name}\");\n")
    });
    write(&entry, format!("{ENTRY}\n{}", exports.collect::<String>()).as_bytes())?;
    Tool::new("node", "node", &project.folder)
        .arguments([COMPONENTIZE, "--sync", "--opt-size", "--world", WORLD, "--module-root", "."])
        .arguments([
            "--wit".as_ref(),
            interfaces.as_os_str(),
            "--js".as_ref(),
            entry.as_os_str(),
            "--output".as_ref(),
            made.as_os_str(),
        ])
        .run()?;
    read(&made)
}

pub(super) fn test(project: &Project) -> Result<(), PluginError> {
    Tool::new("npm test", "npm", &project.folder).arguments(["test", "--silent"]).run()
}

/// The name of an interface as JavaScript has it: `customizeToken`.
fn camel_case(name: &str) -> String {
    let mut words = name.split('-');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |sum, word| {
        let (initial, rest) = word.split_at(1);
        format!("{sum}{}{rest}", initial.to_ascii_uppercase())
    })
}

/// What `package.json` names, unless that is there already.
fn install(project: &Project) -> Result<(), PluginError> {
    let (wanted, installed) = (read(&project.folder.join(PACKAGE))?, project.made(PACKAGE));
    if project.folder.join(COMPONENTIZE).exists() && read(&installed).is_ok_and(|present| present == wanted) {
        return Ok(());
    }
    Tool::new("npm", "npm", &project.folder)
        .arguments(["install", "--no-audit", "--no-fund", "--no-package-lock"])
        .run()?;
    write(&installed, &wanted)
}

#[cfg(test)]
mod tests {
    use super::camel_case;

    #[test]
    fn interfaces_have_the_names_that_javascript_gives_them() {
        let names = ["claims", "select-acr", "after-authentication"].map(camel_case);
        assert_eq!(names, ["claims", "selectAcr", "afterAuthentication"]);
    }
}
