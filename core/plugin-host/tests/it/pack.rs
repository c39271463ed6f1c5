//! What a compiler made becomes a plugin.

use crate::guest::fail_with;
use crate::guest::{Guest, RETURN};
use gatewright_domain::hooks::HookKind;
use gatewright_plugin_host::{Manifest, NotPacked, Surface, pack};

const MANIFEST: &str = "name = \"door\"\nversion = \"1.0.0\"\nhooks = [\"authenticate\"]\n";

fn component() -> Vec<u8> {
    Guest { manifest: None, ..Guest::that(HookKind::Authenticate, &fail_with(RETURN)) }.component()
}

#[test]
fn a_component_gets_its_manifest_and_keeps_its_surface() {
    let component = component();
    let plugin = pack(&component, MANIFEST).unwrap();
    assert_eq!(Manifest::read(&plugin).unwrap().name, "door");
    let surface = Surface::read(&plugin).unwrap();
    assert_eq!(surface, Surface::read(&component).unwrap());
    assert!(surface.exports.iter().any(|name| name == "gatewright:plugin/authentication@0.1.0"), "{surface:?}");
}

#[test]
fn a_plugin_is_not_packed_twice_nor_without_a_sound_manifest() {
    let plugin = pack(&component(), MANIFEST).unwrap();
    assert!(matches!(pack(&plugin, MANIFEST), Err(NotPacked::PackedAlready)));
    assert!(matches!(pack(&component(), "name = 1"), Err(NotPacked::Manifest(_))));
}

#[test]
fn a_module_of_something_else_is_refused() {
    let module = wat::parse_str("(module (func (export \"main\")))").unwrap();
    assert!(matches!(pack(&module, MANIFEST), Err(NotPacked::NoHook { hook: HookKind::Authenticate, .. })));
    for bytes in [&b""[..], b"\0asm", b"PK\x03\x04 not wasm at all"] {
        assert!(matches!(pack(bytes, MANIFEST), Err(NotPacked::Module(_))), "{bytes:?}");
    }
}
