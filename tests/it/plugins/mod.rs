//! Plugins in a running server: beside scripts in one chain, refused before they run, contained when they are hostile.

mod chain;
mod checked;
mod factors;
/// How a plugin is written as text: the plugin host's own tests write theirs so.
#[allow(dead_code, reason = "the plugin host's tests use more of it")]
#[path = "../../../core/plugin-host/tests/it/guest.rs"]
pub mod guest;
mod hostile;
mod languages;
mod measured;
mod one_login;
mod pages;
mod projects;
mod reach;
mod risky;
mod shipped;
mod signed;
mod template;
mod workspace;

use crate::world::Server;
use crate::world::server::free_port;
use guest::{Guest, RETURN, manifest, store};
use std::path::Path;

/// Signs in with a password, at two levels.
const PASSWORDS: &str = r#"
name = "plugins"
default_acr = "pwd"

[[authenticate]]
name = "pwd"
acr = "pwd"
level = 10
run = "authentication/password.rhai"
lend = ["users"]
amr = ["pwd"]

[[authenticate]]
name = "strong"
acr = "strong"
level = 20
run = "authentication/password.rhai"
lend = ["users"]
amr = ["pwd", "mca"]
"#;

/// A quickstart whose policy is these bindings beside the passwords, and these files.
fn server(directory: &Path, bindings: &str, files: &[(&str, Vec<u8>)]) -> Server {
    server_with(directory, bindings, files, &[])
}

/// The same with more settings from the environment.
pub fn server_with(directory: &Path, bindings: &str, files: &[(&str, Vec<u8>)], settings: &[(&str, &str)]) -> Server {
    let folder = policy(directory, bindings, files);
    let environment = [&[("GATEWRIGHT__POLICY__DIRECTORY", folder.as_str())], settings].concat();
    Server::quickstart_with(directory, free_port(), &environment)
}

fn policy(directory: &Path, bindings: &str, files: &[(&str, Vec<u8>)]) -> String {
    let folder = directory.join("policy");
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("policy.toml"), format!("{PASSWORDS}\n{bindings}")).unwrap();
    for (path, bytes) in files {
        std::fs::write(folder.join(path), bytes).unwrap();
    }
    folder.to_str().unwrap().to_owned()
}

/// A plugin with these capabilities.
pub fn wanting(capabilities: &str, guest: Guest) -> Vec<u8> {
    Guest { manifest: Some(manifest(guest.hook, capabilities)), ..guest }.component()
}

/// Instructions that return these numbers of 32 bits.
pub fn returning(words: &[usize]) -> String {
    format!("{} (i32.const {RETURN})", store(RETURN, words))
}
