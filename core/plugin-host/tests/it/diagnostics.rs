//! What is wrong with a plugin is said before it runs, with what to do about it.

use crate::guest::{Guest, RETURN, append_section, manifest, store};
use crate::stage::{Setting, wrong};
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::hooks::{HookKind, Limits};
use gatewright_plugin_host::{INSTANCES_MAX, MEMORIES_MAX, TABLES_MAX};

const HOOK: HookKind = HookKind::Claims;

fn good() -> Guest {
    Guest::that(HOOK, &format!("{} (i32.const {RETURN})", store(RETURN, &[0, 0])))
}

#[track_caller]
fn one(setting: &Setting, component: &[u8], message: &str, hint: &str) {
    let found = wrong(setting, component);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].0.contains(message) && found[0].1.contains(hint), "{found:#?}");
}

#[test]
fn a_file_that_is_no_component_is_refused() {
    let setting = Setting::of(HOOK);
    one(&setting, b"fn claims(about) {}", "cannot be read as a WASM component", "build it anew");
    one(&setting, b"(component)", "cannot be read as a WASM component", "build it anew");
    one(&setting, b"\0asm\x01\0\0\0", "a core WASM module", "gatewright plugin build");
    let mut cut = good().component();
    cut.truncate(cut.len() / 2);
    one(&setting, &cut, "cannot be read", "build it anew");
}

#[test]
fn a_plugin_without_a_manifest_is_refused() {
    let guest = Guest { manifest: None, ..good() };
    one(&Setting::of(HOOK), &guest.component(), "has no manifest", "gatewright plugin build");
    let guest = Guest { manifest: Some("name = 5".to_owned()), ..good() };
    one(&Setting::of(HOOK), &guest.component(), "the plugin's manifest:", "mend");
    let mut twice = good().component();
    append_section(&mut twice, gatewright_plugin_host::SECTION, b"");
    one(&Setting::of(HOOK), &twice, "two manifests", "mend");
}

#[test]
fn what_it_wants_and_is_not_lent_is_written_out() {
    let setting = Setting { loan: Loan { users: true, ..Loan::default() }, ..Setting::of(HOOK) };
    let guest = Guest {
        manifest: Some(manifest(HOOK, "{ users = true, http = [\"https://a.example\"], secrets = [\"k\"] }")),
        ..good()
    };
    let lend = "lend = { users = true, http = [\"https://a.example\"], secrets = [\"k\"] }";
    one(&setting, &guest.component(), "the plugin `test` wants more than its binding is lent", lend);
    let modest = Guest { manifest: Some(manifest(HOOK, "[\"users\"]")), ..good() };
    let modest = setting.compile(&modest.component()).unwrap();
    assert_eq!(modest.study().calls, Some(["users".to_owned()].into()), "what it states is all that it can call");
}

#[test]
fn a_plugin_bound_to_a_hook_it_does_not_state_is_refused() {
    let found = wrong(&Setting::of(HookKind::SelectAcr), &good().component());
    assert!(
        found[0].0.contains("is not made for select_acr") && found[0].1.contains("bind it to claims"),
        "{found:#?}"
    );
}

#[test]
fn a_lying_manifest_is_found_out() {
    let both = manifest(HOOK, "[]").replace("[\"claims\"]", "[\"claims\", \"consent\"]");
    let guest = Guest { manifest: Some(both), ..good() };
    let message = "states consent, but the plugin does not export `gatewright:plugin/consent@0.1.0`";
    one(&Setting::of(HOOK), &guest.component(), message, "take \"consent\" out of `hooks`");
    let other = Guest { manifest: Some(manifest(HookKind::Consent, "[]")), ..good() };
    let found = wrong(&Setting::of(HookKind::Consent), &other.component());
    assert!(found.iter().any(|(message, _)| message.contains("answers claims, which its manifest does not state")));
}

/// A component that imports and exports under these names, with a manifest.
fn component(text: &str) -> Vec<u8> {
    let mut bytes = wat::parse_str(text).unwrap();
    append_section(&mut bytes, gatewright_plugin_host::SECTION, manifest(HOOK, "[]").as_bytes());
    bytes
}

#[test]
fn what_it_imports_must_be_there() {
    for (import, hint) in [
        ("gatewright:plugin/clock@0.2.0", "version 0.1 of the interfaces"),
        ("gatewright:plugin/clock", "version 0.1 of the interfaces"),
        ("wasi:http/outgoing-handler@0.2.3", "without"),
        ("wasi:random/random@0.3.0", "without"),
        ("acme:secrets/all@1.0.0", "alone"),
    ] {
        let text = format!("(component (import \"{import}\" (instance)))");
        let found = wrong(&Setting::of(HOOK), &component(&text));
        let named = found.iter().find(|(message, _)| message.contains(&format!("imports `{import}`")));
        assert!(named.is_some_and(|(_, told)| told.contains(hint)), "{found:#?}");
    }
}

#[test]
fn a_plugin_of_too_many_parts_is_refused() {
    let (setting, refused) = (Setting::of(HOOK), "cannot be compiled");
    let parts = |part: &str, count: u32| part.repeat(usize::try_from(count).unwrap());
    for count in [MEMORIES_MAX, MEMORIES_MAX + 1] {
        // One it has anyway.
        let guest = Guest { more: parts("(memory 1)", count - 1), ..good() };
        match setting.compile(&guest.component()) {
            Ok(_) => assert_eq!(count, MEMORIES_MAX),
            Err(wrong) => assert!(count > MEMORIES_MAX && wrong[0].message.contains(refused), "{wrong:#?}"),
        }
    }
    let guest = Guest { more: parts("(table 1 funcref)", TABLES_MAX + 1), ..good() };
    one(&setting, &guest.component(), refused, "larger than a plugin may be");
    let instances = parts("(core instance (instantiate $m))", INSTANCES_MAX + 1);
    one(
        &setting,
        &component(&format!("(component (core module $m) {instances})")),
        refused,
        "larger than a plugin may be",
    );
}

#[test]
fn an_interface_of_another_version_is_told_apart() {
    let text = "(component (instance $i) (export \"gatewright:plugin/claims@0.2.0\" (instance $i)))";
    one(&Setting::of(HOOK), &component(text), "does not export", "version 0.1 of the interfaces");
}

#[test]
fn an_interface_of_another_type_is_refused() {
    let text = "(component (instance $i) (export \"gatewright:plugin/claims@0.1.0\" (instance $i)))";
    one(&Setting::of(HOOK), &component(text), "does not fit the interfaces", "as they were published");
}

#[test]
fn a_plugin_that_cannot_be_set_up_is_refused() {
    let hungry = Guest { memory: "32".to_owned(), ..good() };
    let limits = Limits { memory_mib: 1, ..Limits::default() };
    let setting = Setting { limits, ..Setting::of(HOOK) };
    one(&setting, &hungry.component(), "cannot be set up", "memory_mib");
    let traps = Guest { more: "(func $start unreachable) (start $start)".to_owned(), ..good() };
    one(&Setting::of(HOOK), &traps.component(), "cannot be set up: it threw: wasm trap", "");
    let loops = Guest { more: "(func $start (loop $l (br $l))) (start $start)".to_owned(), ..good() };
    one(&Setting::of(HOOK), &loops.component(), "its limit of 200000 operations", "");
}

#[test]
fn a_plugin_that_calls_the_host_before_its_hook_is_called_is_refused() {
    let guest = Guest { more: "(func $start (drop (call $clock.now-ms))) (start $start)".to_owned(), ..good() };
    one(&Setting::of(HOOK), &guest.component(), "cannot be set up", "");
}

#[test]
fn everything_wrong_is_said_at_once() {
    let setting = Setting { loan: Loan::default(), ..Setting::of(HookKind::SelectAcr) };
    let found = wrong(&setting, &good().component());
    assert!(found.len() >= 2, "{found:#?}");
}
