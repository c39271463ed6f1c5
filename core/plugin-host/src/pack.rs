//! Makes a plugin of what a compiler made: a component with its manifest in it.

use crate::examine::VERSION;
use crate::exports::interface;
use crate::manifest::{Manifest, NoManifest, SECTION};
use crate::surface::Surface;
use gatewright_domain::hooks::HookKind;
use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::ComponentEncoder;

/// How a core WASM module begins.
const CORE_MODULE: &[u8] = b"\0asm\x01\0\0\0";

/// Why no plugin can be made of it.
#[derive(Debug, thiserror::Error)]
pub enum NotPacked {
    /// The manifest's text breaks a rule.
    #[error("{0}")]
    Manifest(NoManifest),
    /// The file has a manifest of its own.
    #[error("the file has a manifest already; pack what the compiler made")]
    PackedAlready,
    /// A hook that the manifest states is not there.
    #[error("the manifest states {hook}, but nothing exports `{export}`")]
    NoHook {
        /// The hook.
        hook: HookKind,
        /// What would have to be exported.
        export: String,
    },
    /// The module was not built against the interfaces.
    #[error("the module cannot be made a component: {0}")]
    Module(String),
}

/// A plugin of `module` (a core module built against `plugins/wit`, or a component) with the manifest `text`.
///
/// # Errors
/// The manifest or the module is not as it must be.
pub fn pack(module: &[u8], text: &str) -> Result<Vec<u8>, NotPacked> {
    let manifest = Manifest::parse(text).map_err(NotPacked::Manifest)?;
    let mut component = if module.starts_with(CORE_MODULE) { component_of(module)? } else { module.to_vec() };
    match Manifest::read(&component) {
        Err(NoManifest::Missing) => {}
        Err(NoManifest::Unreadable(why)) => return Err(NotPacked::Module(why)),
        Ok(_) | Err(NoManifest::Twice | NoManifest::Invalid(_)) => return Err(NotPacked::PackedAlready),
    }
    let surface = Surface::read(&component).map_err(NotPacked::Module)?;
    for hook in manifest.hooks {
        let export = format!("gatewright:plugin/{}@{VERSION}", interface(hook));
        if !surface.exports.iter().any(|name| name.starts_with(&export)) {
            return Err(NotPacked::NoHook { hook, export });
        }
    }
    CustomSection { name: SECTION.into(), data: text.as_bytes().into() }.append_to_component(&mut component);
    Ok(component)
}

fn component_of(module: &[u8]) -> Result<Vec<u8>, NotPacked> {
    let encoded = ComponentEncoder::default().validate(true).module(module).and_then(|mut encoder| encoder.encode());
    encoded.map_err(|error| NotPacked::Module(format!("{error:#}")))
}
