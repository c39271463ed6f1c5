//! From nothing to a plugin that decides about a token, in every language that has a template. That of Rust is in
//! `template`.

use super::projects::{built, compiled_plugins, plugin};
use super::server_with;
use crate::world::server::program;
use crate::world::{RelyingParty, jwt};
use std::process::Command;

/// How long a run may take: a debug build on a busy machine is slow.
const BINDING: &str = r#"
[[customize_token]]
run = "shorter.wasm"
lend = ["log"]
limit = { time_ms = 1000 }
"#;

/// The template of `language`, in a running server, at a sign-in.
async fn decides_about_a_token(language: &str, says: &str) {
    let name = format!("shorter-{language}");
    let project = built(&name, |folder| {
        let made = plugin(&["new", "--lang", language, &name], folder);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    });
    let Some(component) = project else { return };
    let directory = tempfile::tempdir().unwrap();
    let kept = compiled_plugins();
    let files = [("shorter.wasm", component)];
    let server =
        server_with(directory.path(), BINDING, &files, &[("GATEWRIGHT__POLICY__COMPILED_PLUGINS", kept.as_str())]);
    let client = RelyingParty::demo(&server);

    let tokens = client.asking("openid email phone").tokens().await;
    assert_eq!(tokens["expires_in"], 60, "{}", server.log());
    let claims = jwt::claims(tokens["access_token"].as_str().unwrap());
    assert_eq!(claims["personal_data"].to_string(), "[\"email\",\"phone\"]");
    assert!(jwt::claims(tokens["id_token"].as_str().unwrap()).get("personal_data").is_none());
    assert!(server.log().contains(says), "{}", server.log());

    let tokens = client.asking("openid").tokens().await;
    assert!(tokens["expires_in"].as_u64() > Some(60), "{tokens}");
    assert!(jwt::claims(tokens["access_token"].as_str().unwrap()).get("personal_data").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_in_javascript_is_built_and_decides_about_a_token() {
    decides_about_a_token("js", "demo gets a token to email, phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_in_python_is_built_and_decides_about_a_token() {
    decides_about_a_token("python", "demo gets a token to email, phone").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_project_in_c_is_built_and_decides_about_a_token() {
    decides_about_a_token("c", "a token to personal data lives a minute").await;
}

/// A project of `language`, built where there is no program at all.
fn built_without_tools(language: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    assert!(plugin(&["new", "--lang", language, "bare"], directory.path()).status.success());
    let (project, nothing) = (directory.path().join("bare"), directory.path().join("nothing"));
    let mut build = Command::new(program());
    let output = build.args(["plugin", "build"]).current_dir(project).env("PATH", nothing).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{language}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_missing_tool_is_told_with_what_to_install() {
    for (language, tool, install) in [
        ("rust", "`cargo` cannot be started", "rustup target add wasm32-unknown-unknown"),
        ("js", "`npm` cannot be started", "Node.js 20 or newer with npm"),
        ("python", "`python3` cannot be started", "Python 3.11 or newer with venv"),
        ("c", "`python3` cannot be started", "Python 3.11 or newer with venv"),
    ] {
        let told = built_without_tools(language);
        assert!(told.contains(tool) && told.contains(install), "{told}");
    }
}
