//! From nothing to a plugin that signs someone in, with the commands that `plugins/README.md` shows.

use super::server;
use crate::world::server::program;
use crate::world::{Browser, RelyingParty, jwt};
use std::path::Path;
use std::process::{Command, Output};

/// What Rust plugins are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

const BINDING: &str = r#"
[[authenticate]]
acr = "door"
level = 30
run = "door.wasm"
lend = { log = true, users = true }

[[select_acr]]
run = "choose.rhai"
"#;

/// `gatewright plugin`, in a folder.
pub(super) fn plugin(arguments: &[&str], folder: &Path) -> Output {
    // One folder for all runs: the second compiles nothing but the project.
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin-projects");
    let mut command = Command::new(program());
    command.arg("plugin").args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", made);
    command.output().unwrap()
}

/// What it said, when it was done.
pub(super) fn done(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    said
}

/// Whether Rust for plugins is installed.
pub fn has_target() -> bool {
    let answer = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    let folder = answer.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    !folder.is_empty() && Path::new(&folder).exists()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_from_the_template_is_built_and_signs_an_end_user_in() {
    if !has_target() {
        eprintln!("left out: building a plugin in Rust: `rustup target add {TARGET}` was not run on this machine");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    assert!(done(&plugin(&["new", "door"], directory.path())).contains("gatewright plugin build"));
    let project = directory.path().join("door");
    done(&plugin(&["build"], &project));
    let inspected = done(&plugin(&["inspect", "door.wasm"], &project));
    assert!(inspected.contains("hooks   authenticate") && inspected.contains("wants   log, users"), "{inspected}");
    let files = [
        ("door.wasm", std::fs::read(project.join("door.wasm")).unwrap()),
        ("choose.rhai", b"fn select_acr(login) { use_acr(\"door\") }".to_vec()),
    ];
    let server = server(directory.path(), BINDING, &files);
    let client = RelyingParty::demo(&server);
    let refused = Browser::new().sign_in(&client.authorization_url(&[]), "alice", "not it").await;
    let refused = refused.location().unwrap();
    assert!(refused.as_str().contains("error=access_denied"), "{refused}");
    let tokens = client.tokens().await;
    let claims = jwt::claims(tokens["id_token"].as_str().unwrap());
    assert_eq!((claims["acr"].as_str(), claims["amr"][0].as_str()), (Some("door"), Some("pwd")));
}

#[test]
fn what_is_no_project_and_no_plugin_is_told_with_what_to_do() {
    let directory = tempfile::tempdir().unwrap();
    let refused = |arguments: &[&str]| {
        let output = plugin(arguments, directory.path());
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    std::fs::create_dir(directory.path().join("taken")).unwrap();
    std::fs::write(directory.path().join("text.wasm"), "not wasm").unwrap();
    assert!(refused(&["new", "taken"]).contains("choose another name"));
    assert!(refused(&["new", "2fa"]).contains("a letter first"));
    assert!(refused(&["build"]).contains("`gatewright plugin new NAME` makes one"));
    assert!(refused(&["test", "taken"]).contains("there is no plugin.toml"));
    assert!(refused(&["inspect", "text.wasm"]).contains("cannot be read as a WASM component"));
    assert!(refused(&["inspect", "nowhere.wasm"]).contains("No such file"));
}
