//! Projects of plugins, built once: what is built lies under `target`, beside what it was built of. A second run builds
//! nothing, and compiles no component again.

use crate::world::server::program;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Mutex, PoisonError};

/// Where projects are built.
const FOLDER: &str = "plugin-projects";
/// What a project was built of, in it.
const BUILT_OF: &str = "built-of";
/// What a tool makes, which is no source.
const MADE: [&str; 3] = ["build", "node_modules", "__pycache__"];
/// What is said when a tool, or the registry that it installs from, is missing.
const MISSING: [&str; 5] = ["`python3`", "`pip`", "`npm`", "`node` cannot be started", "`npm test` cannot be started"];

/// One at a time: they are slow, and two would be slower.
static BUILDING: Mutex<()> = Mutex::new(());

/// The folder in which servers of these tests keep compiled plugins, whatever else they keep apart.
pub fn compiled_plugins() -> String {
    made("compiled-plugins").to_str().unwrap().to_owned()
}

/// A project whose sources are written by `write`, tested and built: the component. `None`, and it is said why, where
/// its tools are missing.
pub fn built(name: &str, write: impl FnOnce(&Path)) -> Option<Vec<u8>> {
    let _alone = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let fresh = tempfile::tempdir().unwrap();
    write(fresh.path());
    let sources = fresh.path().join(name);
    let of = format!("{}{}", digest(fresh.path()), digest(&repository().join("core/server/src/command/plugin")));
    let of = of + &digest(&repository().join("plugins/wit"));

    let folder = made(FOLDER).join(name);
    let (project, product, stamp) =
        (folder.join(name), folder.join(name).join(format!("{name}.wasm")), folder.join(BUILT_OF));
    if fs::read_to_string(&stamp).is_ok_and(|built_of| built_of == of) && product.exists() {
        return Some(fs::read(product).unwrap());
    }
    let _ = fs::remove_file(&stamp);
    copy(sources.parent().unwrap(), &folder);
    for command in ["test", "build"] {
        let output = plugin(&[command], &project);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if let Some(missing) = MISSING.into_iter().find(|missing| said.contains(missing)) {
            let last = said.lines().rev().find(|line| line.starts_with("error")).unwrap_or(missing);
            eprintln!("left out: the plugin {name}: {last}");
            return None;
        }
        assert!(output.status.success(), "{name}: plugin {command}:\n{said}");
    }
    fs::write(&stamp, of).unwrap();
    Some(fs::read(product).unwrap())
}

/// `gatewright plugin`, in a folder.
pub fn plugin(arguments: &[&str], folder: &Path) -> Output {
    Command::new(program()).arg("plugin").args(arguments).current_dir(folder).output().unwrap()
}

/// The top of the repository.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Copies a folder over another: what is made there stays.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if MADE.iter().any(|made| entry.file_name() == *made) {
            continue;
        }
        if from.is_dir() { copy(&from, &to) } else { fs::copy(from, to).map(drop).unwrap() }
    }
}

fn made(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Of everything below a folder.
fn digest(folder: &Path) -> String {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let mut sum = Sha256::new();
    for path in entries.iter().filter(|path| !MADE.iter().any(|made| path.ends_with(made))) {
        sum.update(path.file_name().unwrap().as_encoded_bytes());
        if path.is_dir() {
            sum.update(digest(path));
        } else {
            sum.update(fs::read(path).unwrap());
        }
    }
    sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
