//! What is built for `wasm32-unknown-unknown` becomes a component that exports the hooks it serves and imports the
//! interfaces it calls, and nothing else.
//!
//! Where the target is not installed (`rustup target add wasm32-unknown-unknown`) these tests say so and are skipped.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod project;

use project::{Project, interfaces};
use std::collections::BTreeSet;

/// Largest component of the template, in bytes: above the 52 KiB it has, far below what a language's runtime brings.
const TEMPLATE_BYTES_MAX: usize = 96 * 1024;
/// The stack that the template asks for, in bytes.
const STACK_BYTES: i32 = 64 * 1024;
/// What can be lent.
const CAPABILITIES: [&str; 12] =
    ["log", "users", "kv", "network", "http", "secrets", "factors", "totp", "webauthn", "mail", "recovery", "oidc"];
/// Hooks by their names in manifests, with the interfaces that plugins export.
const HOOKS: [(&str, &str); 6] = [
    ("select_acr", "select-acr"),
    ("authenticate", "authentication"),
    ("after_authentication", "after-authentication"),
    ("consent", "consent"),
    ("claims", "claims"),
    ("customize_token", "customize-token"),
];
/// The plugins in Rust that we ship.
const SHIPPED: [&str; 7] =
    ["email-domain-claims", "email-otp", "passkey", "push-approval", "risk", "totp", "upstream-oidc"];
/// A plugin that serves two hooks.
const TWO_HOOKS: &str = include_str!("two_hooks.rs");
/// A plugin that serves all.
const ALL_HOOKS: &str = include_str!("all_hooks.rs");

#[test]
fn the_template_becomes_a_component_of_its_hook_and_its_capabilities() {
    let Some(project) = Project::of_the_template("template") else { return };
    let component = project.component();
    let found = interfaces(&component);
    assert_eq!(found.exports, set(["authentication"]));
    assert_eq!(found.imports, set(["types", "pages", "log", "users"]));
    assert!(component.len() < TEMPLATE_BYTES_MAX, "the component has {} bytes", component.len());
}

#[test]
fn a_manifest_states_the_hooks_that_are_served_and_the_capabilities_that_are_called() {
    let shipped = SHIPPED.into_iter().map(Project::shipped);
    for project in shipped.chain([Project::of_the_template("manifest")]).flatten() {
        let found = interfaces(&project.component());
        let called = CAPABILITIES.into_iter().filter(|name| found.imports.contains(*name)).map(Into::into).collect();
        assert_eq!(project.stated("capabilities", &CAPABILITIES), called);
        let served = HOOKS.into_iter().filter(|(_, export)| found.exports.contains(*export));
        let served: BTreeSet<_> = served.map(|(hook, _)| hook.to_owned()).collect();
        assert_eq!(project.stated("hooks", &HOOKS.map(|(hook, _)| hook)), served);
        assert_eq!(served.len(), found.exports.len());
    }
}

#[test]
fn the_plugin_of_the_readme_passes_its_tests_and_becomes_a_component() {
    let Some(project) = Project::of_the_template("readme") else { return };
    let project = project.with_files_of(include_str!("../../../README.md"));
    project.test();
    let found = interfaces(&project.component());
    assert_eq!(found.exports, set(["authentication"]));
    assert_eq!(found.imports, set(["types", "pages", "log", "users"]));
}

#[test]
fn the_template_has_the_stack_it_asks_for() {
    let Some(project) = Project::of_the_template("stack") else { return };
    // Here this workspace asks for it too.
    let own = include_str!("../../../template/rust/.cargo/config.toml");
    assert!(own.contains(&format!("-zstack-size={STACK_BYTES}")));
    assert_eq!(project.stack_bytes(), STACK_BYTES);
}

#[test]
fn the_template_passes_its_own_tests() {
    let Some(project) = Project::of_the_template("tests") else { return };
    project.test();
}

#[test]
fn a_plugin_exports_the_hooks_it_names_and_no_others() {
    let Some(project) = Project::of_the_template("two-hooks") else { return };
    let found = interfaces(&project.with_source(TWO_HOOKS).component());
    assert_eq!(found.exports, set(["claims", "customize-token"]));
    // `log` tells why a plugin failed.
    assert_eq!(found.imports, set(["types", "log", "kv"]));
}

#[test]
fn one_plugin_can_serve_all_hooks_and_call_all_capabilities() {
    let Some(project) = Project::of_the_template("all-hooks") else { return };
    let found = interfaces(&project.with_source(ALL_HOOKS).component());
    let hooks = ["select-acr", "authentication", "after-authentication", "consent", "claims", "customize-token"];
    assert_eq!(found.exports, set(hooks));
    let always = ["types", "pages", "clock", "random"];
    assert_eq!(found.imports, always.into_iter().chain(CAPABILITIES).map(Into::into).collect());
}

fn set<const N: usize>(names: [&str; N]) -> BTreeSet<String> {
    names.map(Into::into).into()
}
