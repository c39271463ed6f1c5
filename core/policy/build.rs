//! Lists the shipped policies (`scripts/` at the top of the repository), so that the binary carries them.

use std::io;
use std::path::{Path, PathBuf};

const SHIPPED: &str = "../../scripts";

fn main() -> io::Result<()> {
    let root = std::fs::canonicalize(SHIPPED)?;
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut list = String::from("[\n");
    for file in &files {
        let name = file.strip_prefix(&root).map_err(io::Error::other)?.to_string_lossy().replace('\\', "/");
        list.push_str(&format!("    ({name:?}, include_bytes!({:?})),\n", file.display().to_string()));
    }
    list.push_str("]\n");
    let out = std::env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    std::fs::write(Path::new(&out).join("shipped.rs"), list)
}

/// Editors read them; no policy is made of them.
fn is_definitions(path: &Path) -> bool {
    path.to_string_lossy().ends_with(".d.rhai")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    println!("cargo:rerun-if-changed={}", folder.display());
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rhai" || extension == "toml")
            && !is_definitions(&path)
        {
            println!("cargo:rerun-if-changed={}", path.display());
            files.push(path);
        }
    }
    Ok(())
}
