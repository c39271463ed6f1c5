//! A hostile plugin is contained within its limit, logged once with its file, and answered as its binding says, while
//! other requests go on.

use super::guest::Guest;
use super::{server, wanting};
use crate::world::relying_party::response_of;
use crate::world::{Browser, RelyingParty};
use gatewright_domain::hooks::HookKind;

const BINDINGS: &str = r#"
[[select_acr]]
name = "loops"
run = "loops.wasm"
when = { scope = ["email"] }
on_error = "deny"

[[select_acr]]
name = "skipped"
run = "grabs.wasm"
on_error = "skip"
"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_plugin_is_contained_logged_once_and_answered_as_its_binding_says() {
    let directory = tempfile::tempdir().unwrap();
    let plugin = |body| wanting("[]", Guest::that(HookKind::SelectAcr, body));
    let files = [
        ("loops.wasm", plugin("(loop $again (br $again)) unreachable")),
        ("grabs.wasm", plugin("(loop $again (drop (memory.grow (i32.const 16))) (br $again)) unreachable")),
    ];
    let server = server(directory.path(), BINDINGS, &files);
    let client = RelyingParty::demo(&server);
    let answer = Browser::new().open(&client.authorization_url(&[])).await;
    assert_eq!(response_of(&answer)["error"], "access_denied");
    let log = server.log();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("the hook select_acr/loops failed")).collect();
    assert_eq!(lines.len(), 1, "{log}");
    // By its instructions or, on a slow machine, by its time.
    assert!(lines[0].contains("loops.wasm:1") && lines[0].contains("it reached its limit of"), "{}", lines[0]);
    // Others go on; what is skipped is logged too.
    client.asking("openid profile").tokens().await;
    let log = server.log();
    let skipped = log.lines().find(|line| line.contains("the hook select_acr/skipped failed")).unwrap_or_default();
    assert!(skipped.contains("grabs.wasm:1") && skipped.contains("32 MiB of memory"), "{log}");
}
