//! C: we make a header and its source of the interfaces, and a C compiler with a library for WASM compiles them with
//! `plugin.c`. Nothing of that library that calls WASI may be used: there is none in a plugin in C.

use super::venv;
use crate::command::plugin::error::PluginError;
use crate::command::plugin::files::{read, write};
use crate::command::plugin::project::Project;
use crate::command::plugin::tool::Tool;
use crate::command::plugin::world::{self, WORLD};
use std::path::{Path, PathBuf};
use wit_bindgen_c::Opts;
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

/// Names the compiler to take, with its first arguments: `clang`.
const COMPILER: &str = "CC";
/// For both.
const FLAGS: [&str; 5] = ["-std=c11", "-Wall", "-Wextra", "-Werror", "-Ibuild"];
/// For WASM: a library of functions, of which none is `main`, with a stack as small as that of plugins in Rust.
const WASM: [&str; 5] = ["--target=wasm32-wasi", "-mexec-model=reactor", "-Os", "-s", "-Wl,-z,stack-size=65536"];

pub(super) fn build(project: &Project) -> Result<Vec<u8>, PluginError> {
    let generated = bindings(project)?;
    let made = project.made("plugin.wasm");
    let compiled = generated.iter().filter(|path| path.extension().is_none_or(|extension| extension != "h"));
    compiler(project)?
        .arguments(WASM)
        .arguments(FLAGS)
        .arguments(["plugin.c", "-o"])
        .arguments([&made])
        .arguments(compiled)
        .run()?;
    read(&made)
}

pub(super) fn test(project: &Project) -> Result<(), PluginError> {
    bindings(project)?;
    let made = project.made("test");
    let sources = ["-g", "plugin.c", "test.c", "-o"];
    compiler(project)?.arguments(FLAGS).arguments(sources).arguments([&made]).run()?;
    Tool::new("the test", made, &project.folder).run()
}

fn compiler(project: &Project) -> Result<Tool, PluginError> {
    let chosen = std::env::var(COMPILER).unwrap_or_default();
    let mut words = chosen.split_whitespace();
    if let Some(program) = words.next() {
        return Ok(Tool::new("the compiler that CC names", program, &project.folder).arguments(words));
    }
    let python = venv::program(project, "python")?;
    Ok(Tool::new("zig cc", python, &project.folder).arguments(["-m", "ziglang", "cc"]))
}

/// The interfaces as C. Answers what was written: a header, its source, and an object that says their types.
fn bindings(project: &Project) -> Result<Vec<PathBuf>, PluginError> {
    let mut files = Files::default();
    generate(&world::written(project)?, &mut files).map_err(|why| PluginError::NoBindings(format!("{why:#}")))?;
    let mut written = Vec::new();
    for (name, content) in files.iter() {
        let path = project.made(name);
        write(&path, content)?;
        written.push(path);
    }
    Ok(written)
}

fn generate(interfaces: &Path, files: &mut Files) -> anyhow::Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(interfaces)?;
    let id = resolve.select_world(&[package], Some(WORLD))?;
    let world = &resolve.worlds[id];
    // `log_write`, not `gatewright_plugin_log_write`: an interface is called by its own name alone.
    let names = world.imports.keys().chain(world.exports.keys()).filter_map(|key| {
        let name = resolve.name_world_key(key);
        let short = name.rsplit_once('/')?.1.split('@').next()?.replace('-', "_");
        Some((name, short))
    });
    let rename = names.collect();
    Opts { rename, ..Opts::default() }.build().generate(&mut resolve, id, files)
}
