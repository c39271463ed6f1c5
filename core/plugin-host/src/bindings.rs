//! What is generated from the published interfaces (`plugins/wit/v0.1`): a trait for each import, a type for each
//! record, and for each hook the way to its export.

#![allow(missing_docs, reason = "the interfaces document themselves in WIT")]

wasmtime::component::bindgen!({
    path: "../../plugins/wit/v0.1",
    world: "plugin",
    imports: { default: trappable },
});
