//! The plugins in Rust that we ship, built from a copy of their workspace, in which a service that they call is one of
//! these tests.

use super::projects::{plugin, repository};
use super::template::{TARGET, has_target};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// What of the workspace is no plugin in Rust, or is made.
const ELSEWHERE: [&str; 5] = ["target", "template", "group-roles", "sms-otp", "README.md"];
/// Where push-approval's service is in these tests.
pub const APPROVALS_PORT: u16 = 47_614;

/// One at a time: they share a folder.
static BUILDING: Mutex<()> = Mutex::new(());

/// The component of a plugin. `None`, and it is said why, where it cannot be built.
pub fn component(name: &str) -> Option<Vec<u8>> {
    if !has_target() {
        eprintln!("left out: the plugin {name}: `rustup target add {TARGET}` was not run on this machine");
        return None;
    }
    let _alone = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder: PathBuf = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-projects/rust");
    refresh(&repository().join("plugins"), &folder);
    let built = plugin(&["build"], &folder.join(name));
    assert!(built.status.success(), "{name}: {}", String::from_utf8_lossy(&built.stderr));
    Some(fs::read(folder.join(name).join(format!("{name}.wasm"))).unwrap())
}

/// Writes what has changed and nothing else, so that nothing else is compiled again.
fn refresh(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if ELSEWHERE.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if from.is_dir() {
            refresh(&from, &to);
            continue;
        }
        let text = fs::read_to_string(&from).unwrap();
        let text = text.replace("https://push.example.com", &format!("http://127.0.0.1:{APPROVALS_PORT}"));
        if fs::read_to_string(&to).ok().as_ref() != Some(&text) {
            fs::write(&to, text).unwrap();
        }
    }
}
