//! A login whose ACR a script chooses, and whose claims and tokens plugins and scripts make together.

use super::guest::Guest;
use super::{returning, server, wanting};
use crate::world::{RelyingParty, jwt};
use gatewright_domain::hooks::HookKind;

const BINDINGS: &str = r#"
[[select_acr]]
run = "choose.rhai"

[[claims]]
name = "plugin"
scopes = ["profile"]
claims = ["employer"]
run = "employer.wasm"

[[claims]]
name = "script"
scopes = ["profile"]
claims = ["employee"]
run = "employee.rhai"

[[customize_token]]
name = "plugin"
run = "tier.wasm"
when = { token = ["access"] }
limit = { time_ms = 1000, memory_mib = 8, output_bytes = 4096 }
lend = ["log"]

[[customize_token]]
name = "script"
run = "tier.rhai"
when = { token = ["access"] }
"#;

/// One claim of text: its name, the case `text`, what fills up to 8 bytes, the text.
fn claim(guest: &mut Guest, name: &str, text: &str) -> usize {
    let (name, text) = (guest.span(name), guest.span(text));
    guest.words(&[&name[..], &[3, 0], &text].concat())
}

fn employer() -> Vec<u8> {
    let mut guest = Guest::of(HookKind::Claims);
    let claim = claim(&mut guest, "employer", "Wonderland");
    guest.body = returning(&[claim, 1]);
    wanting("[]", guest)
}

/// A claim and a lifetime of 77 seconds, and a line in the log.
fn tier() -> Vec<u8> {
    let mut guest = Guest::of(HookKind::CustomizeToken);
    let claim = claim(&mut guest, "tier", "gold");
    let line = guest.text("the tier is gold");
    let changes = returning(&[0, 0, claim, 1, 1, 0, 77, 0, 0, 0, 0, 0, 0, 0]);
    guest.body = format!("(call $log.write (i32.const 1) {line}) {changes}");
    wanting("[\"log\"]", guest)
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_and_plugins_decide_together() {
    let directory = tempfile::tempdir().unwrap();
    let files = [
        ("choose.rhai", b"fn select_acr(login) { use_acr(\"strong\") }".to_vec()),
        ("employer.wasm", employer()),
        ("employee.rhai", b"fn claims(about) { #{ employee: about.user.username } }".to_vec()),
        ("tier.wasm", tier()),
        (
            "tier.rhai",
            b"fn customize_token(token) { keep().claim(\"seen\", `${token.claims.tier} for ${token.lifetime_s}`) }"
                .to_vec(),
        ),
    ];
    let server = server(directory.path(), BINDINGS, &files);
    let client = RelyingParty::demo(&server);
    let tokens = client.tokens().await;
    assert_eq!(jwt::claims(tokens["id_token"].as_str().unwrap())["acr"], "strong");
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(tokens["expires_in"], 77);
    let claims = jwt::claims(access_token);
    assert_eq!((claims["tier"].as_str(), claims["seen"].as_str()), (Some("gold"), Some("gold for 77")));
    let userinfo = client.userinfo(access_token).await.json();
    assert_eq!((userinfo["employer"].as_str(), userinfo["employee"].as_str()), (Some("Wonderland"), Some("alice")));
    let log = server.log();
    assert!(log.contains("the tier is gold") && log.contains("customize_token/plugin"), "{log}");
    assert!(directory.path().join("data/compiled-plugins").is_dir());
}
