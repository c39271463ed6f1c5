//! A released folder of the interfaces is frozen: whoever built a plugin against it built it against these bytes.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::Path;

/// Each released version with the SHA-256 over its files: for each, sorted, its name, a NUL, its length in decimal, a
/// NUL, its bytes. To change an interface, make a folder of a new version.
const RELEASED: [(&str, &str); 1] = [("v0.1", "cb45acb792e7ab23e23936a303ca2b5328a232633ba6b0f2876c349b18088d0d")];

fn digest(folder: &Path) -> String {
    let mut paths: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut hash = Sha256::new();
    for path in paths {
        let (name, bytes) = (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(&path).unwrap());
        hash.update(format!("{name}\0{}\0", bytes.len()));
        hash.update(bytes);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[test]
fn a_released_version_of_the_interfaces_never_changes() {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins/wit");
    let entries = std::fs::read_dir(&wit).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut folders: Vec<_> = folders.map(|folder| folder.file_name().into_string().unwrap()).collect();
    folders.sort();
    assert_eq!(folders, RELEASED.map(|(version, _)| version), "each folder is released; add the new one here");
    for (version, expected) in RELEASED {
        assert_eq!(digest(&wit.join(version)), expected, "{version} is released; make a folder of a new version");
    }
}
