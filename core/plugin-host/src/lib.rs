//! Runs hooks that are WASM components: [`WasmRuntime`] compiles the `.wasm` files of a policy bundle and runs them.
//!
//! A plugin is straight code against the published interfaces (`plugins/wit`). Each call it makes of the host is met
//! from the flow's journal or, where there is no answer yet, ends the run; the host then performs the call (or shows
//! the page) and a fresh instance runs again from its start. See `gatewright_domain::flow`.
//!
//! **Invariants:** a plugin reaches nothing but what [`imports`] links; of that, only what its own manifest states
//! *and* its binding was lent answers; whatever it does, it ends within its limits and leaves the process standing;
//! nothing of a run is left in the next.

mod bindings;
mod ceiling;
mod engine;
mod epoch;
mod examine;
mod exports;
mod fault;
mod gauge;
mod grants;
mod imports;
mod manifest;
mod pack;
mod program;
mod runtime;
mod surface;
mod turn;
mod value;
mod wasi;

pub use engine::{INSTANCES_MAX, MEMORIES_MAX, RUNS_MAX, STACK_BYTES, TABLE_ELEMENTS_MAX, TABLES_MAX};
pub use exports::interface;
pub use gauge::{Cost, Gauge};
pub use manifest::{MANIFEST_BYTES_MAX, Manifest, NoManifest, SECTION, Wants};
pub use pack::{NotPacked, pack};
pub use program::INSTRUCTIONS_AN_OPERATION;
pub use runtime::WasmRuntime;
pub use surface::Surface;
pub use value::{NESTING_MAX, NODES_MAX};
