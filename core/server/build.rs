//! Lists what `gatewright plugin new` writes (`plugins/` at the top of the repository: the templates, the SDK, the
//! interfaces), so that the binary carries it.

use std::io;
use std::path::{Path, PathBuf};

const PLUGINS: &str = "../../plugins";
/// What is carried, below `plugins/`.
const CARRIED: [&str; 4] = ["Cargo.toml", "sdk", "template", "wit"];
/// Folders that are made, not written.
const MADE: [&str; 4] = ["target", "node_modules", "build", "__pycache__"];

fn main() -> io::Result<()> {
    let root = std::fs::canonicalize(PLUGINS)?;
    let mut files = Vec::new();
    for name in CARRIED {
        collect(&root.join(name), &mut files)?;
    }
    files.sort();
    let mut list = String::from("[\n");
    for file in &files {
        let name = file.strip_prefix(&root).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        list.push_str(&format!("    ({name:?}, include_str!({:?})),\n", file.display().to_string()));
    }
    list.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    std::fs::write(Path::new(&out).join("plugin_files.rs"), list)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", path.display());
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if !MADE.iter().any(|made| entry.file_name() == *made) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}
