//! What can be known to be wrong with a plugin before it runs, said so that its operator or its author can mend it.

use crate::exports::interface;
use crate::grants::Grants;
use crate::manifest::{Manifest, NoManifest};
use crate::runtime::Wrong;
use crate::wasi;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::HookKind;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The version of the interfaces that this host has.
pub const VERSION: &str = "0.1";
const PACKAGE: &str = "gatewright:plugin/";
const BUILD: &str = "build it with `gatewright plugin build`";

/// The file has no manifest that can be read.
pub fn no_manifest(bytes: &[u8], error: &NoManifest) -> Wrong {
    if bytes.starts_with(b"\0asm\x01\0\0\0") {
        let hint = "make a component of it: `gatewright plugin build` does, and adds the manifest";
        return ("this is a core WASM module, not a component".to_owned(), Some(hint.to_owned()));
    }
    let hint = match error {
        NoManifest::Missing => format!("{BUILD}: that adds it"),
        NoManifest::Unreadable(_) => "a plugin is a WASM component; build it anew".to_owned(),
        NoManifest::Twice | NoManifest::Invalid(_) => format!("mend the manifest's text and {BUILD}"),
    };
    (error.to_string(), Some(hint))
}

/// What the manifest says against what the binding says.
pub fn terms(manifest: &Manifest, hook: HookKind, grants: &Grants) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    if !manifest.hooks.contains(&hook) {
        let stated: Vec<&str> = manifest.hooks.iter().map(|hook| hook.name()).collect();
        let message = format!("the plugin `{}` is not made for {hook}", manifest.name);
        wrong.push((message, Some(format!("bind it to {}", stated.join(" or ")))));
    }
    if let Some(lend) = grants.missing() {
        let message = format!("the plugin `{}` wants more than its binding is lent", manifest.name);
        wrong.push((message, Some(format!("if it may have that, say in its binding: {lend}"))));
    }
    wrong
}

/// The file is no component that can be compiled.
pub fn not_compiled(error: &wasmtime::Error) -> Wrong {
    let why = error.root_cause().to_string();
    let hint = if why.contains("exceeds") { "it is larger than a plugin may be" } else { "build it anew" };
    (format!("the plugin cannot be compiled: {why}"), Some(hint.to_owned()))
}

/// What the component imports and exports against what there is and what it must have.
pub fn interfaces(engine: &Engine, component: &Component, manifest: &Manifest, hook: HookKind) -> Vec<Wrong> {
    let types = component.component_type();
    let mut wrong: Vec<Wrong> = types.imports(engine).filter_map(|(name, _)| foreign(name)).collect();
    let exported: Vec<&str> = types.exports(engine).map(|(name, _)| name).collect();
    for stated in manifest.hooks.iter().filter(|stated| !exports(&exported, **stated)) {
        let name = format!("{PACKAGE}{}@{VERSION}.0", interface(*stated));
        let message = format!("the plugin's manifest states {stated}, but the plugin does not export `{name}`");
        wrong.push((
            message,
            Some(
                other_version(&exported, *stated)
                    .unwrap_or_else(|| format!("export it, or take \"{stated}\" out of `hooks`")),
            ),
        ));
    }
    for other in HookKind::ALL.into_iter().filter(|other| *other != hook && !manifest.hooks.contains(other)) {
        if exports(&exported, other) {
            let message = format!("the plugin answers {other}, which its manifest does not state");
            wrong.push((message, Some(format!("add \"{other}\" to `hooks` in the plugin's manifest and {BUILD}"))));
        }
    }
    wrong
}

/// An import that there is not.
fn foreign(name: &str) -> Option<Wrong> {
    let own = name.strip_prefix(PACKAGE).and_then(version_of);
    if own.is_some_and(|(_, version)| fits(version)) || wasi::has(name) {
        return None;
    }
    let message = format!("the plugin imports `{name}`, which there is not");
    let hint = if name.starts_with(PACKAGE) {
        format!("this server has version {VERSION} of the interfaces; build the plugin against that")
    } else if name.starts_with("wasi:") {
        "plugins have clocks and randomness of WASI 0.2, no network and no threads; build it without (for Rust: target \
         wasm32-unknown-unknown)"
            .to_owned()
    } else {
        format!("a plugin may import `{PACKAGE}…` alone")
    };
    Some((message, Some(hint)))
}

fn version_of(name: &str) -> Option<(&str, &str)> {
    name.split_once('@')
}

/// Before 1.0 the second number says what is compatible.
fn fits(version: &str) -> bool {
    version.strip_prefix(VERSION).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn exports(exported: &[&str], hook: HookKind) -> bool {
    exported.iter().any(|name| {
        let named = name.strip_prefix(PACKAGE).and_then(version_of);
        named.is_some_and(|(name, version)| name == interface(hook) && fits(version))
    })
}

fn other_version(exported: &[&str], hook: HookKind) -> Option<String> {
    let named =
        |name: &&&str| name.strip_prefix(PACKAGE).and_then(version_of).is_some_and(|(name, _)| name == interface(hook));
    let other = exported.iter().find(named)?;
    Some(format!("it exports `{other}`; this server has version {VERSION} of the interfaces: build it against that"))
}

/// An interface has another type than the published one.
pub fn mistyped(error: &wasmtime::Error) -> Wrong {
    let message = format!("the plugin does not fit the interfaces: {error:#}");
    (message, Some(format!("build it against version {VERSION} of the interfaces as they were published")))
}

/// It cannot be set up.
pub fn not_set_up(kind: &FaultKind) -> Wrong {
    let hint = match kind {
        FaultKind::Overrun { limit: "MiB of memory", .. } => {
            Some("give its binding more: limit = { memory_mib = … }".to_owned())
        }
        _ => None,
    };
    (format!("the plugin cannot be set up: {kind}"), hint)
}
