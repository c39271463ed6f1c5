//! The machine that all plugins run on: how code is compiled, kept and stopped, and how many runs fit at once.

use crate::epoch::Epoch;
use gatewright_domain::hooks::Limits;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use wasmtime::{Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// Most runs at once. A run never waits, so it is more than the threads that can run.
pub const RUNS_MAX: u32 = 128;
/// Most core instances of one plugin: its own, and those that the tools of its language put around it (some 40 for
/// Python).
pub const INSTANCES_MAX: u32 = 64;
/// Most memories of one plugin.
pub const MEMORIES_MAX: u32 = 4;
/// Most tables of one plugin.
pub const TABLES_MAX: u32 = 16;
/// Most elements of one table: an interpreter compiled to WASM has some tens of thousands of functions.
pub const TABLE_ELEMENTS_MAX: usize = 100_000;
/// Stack of one run, in bytes.
pub const STACK_BYTES: usize = 512 * 1024;
/// What one instance may occupy beside its memories and tables, in bytes.
const INSTANCE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What of a memory stays resident between two runs, in bytes: zeroing it costs less than mapping it anew.
const KEPT_MEMORY_BYTES: usize = 256 * 1024;
/// What of a table stays resident between two runs, in bytes.
const KEPT_TABLE_BYTES: usize = 64 * 1024;
/// Runs for which memory is kept ready.
const WARM_RUNS: u32 = 64;

/// The machine, and the thread that lets it notice time.
pub struct Machine {
    /// wasmtime's engine.
    pub engine: Engine,
    /// Its epochs.
    pub epoch: Epoch,
    /// Where compiled code is kept, if anywhere.
    pub cache: Option<Cache>,
}

/// Why there can be no machine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The directory for compiled plugins cannot be used.
    #[error("the directory for compiled plugins {} cannot be used: {error}", path.display())]
    Cache {
        /// Which.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Others may write into the directory for compiled plugins: what lies there is run as it is.
    #[error("other users may write to the directory for compiled plugins {}; let only this server's do", path.display())]
    OpenCache {
        /// Which.
        path: PathBuf,
    },
    /// wasmtime does not run here.
    #[error("plugins cannot be run on this machine: {0}")]
    Unfit(String),
}

impl Machine {
    /// Builds it. Compiled code is kept in `cache`, so that a second start does not compile again.
    ///
    /// # Errors
    /// The directory cannot be used, or the system has not the address space that is set aside for plugins.
    pub fn start(cache: Option<&Path>) -> Result<Arc<Self>, EngineError> {
        let mut config = config();
        let cache = cache.map(open_cache).transpose()?;
        config.cache(cache.clone());
        let engine = Engine::new(&config).map_err(|error| EngineError::Unfit(format!("{error:#}")))?;
        let epoch = Epoch::start(&engine).map_err(|error| EngineError::Unfit(error.to_string()))?;
        Ok(Arc::new(Self { engine, epoch, cache }))
    }
}

fn config() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    // The same run must take the same path on every node.
    config.cranelift_nan_canonicalization(true).relaxed_simd_deterministic(true);
    config.wasm_memory64(false);
    config.consume_fuel(true).epoch_interruption(true);
    config.max_wasm_stack(STACK_BYTES);
    config.wasm_backtrace_max_frames(None);
    config.memory_init_cow(true);
    config.concurrency_support(false);
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool()));
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(RUNS_MAX)
        .total_core_instances(RUNS_MAX * INSTANCES_MAX)
        .total_memories(RUNS_MAX * MEMORIES_MAX)
        .total_tables(RUNS_MAX * TABLES_MAX)
        .max_core_instances_per_component(INSTANCES_MAX)
        .max_memories_per_component(MEMORIES_MAX)
        .max_memories_per_module(MEMORIES_MAX)
        .max_tables_per_module(TABLES_MAX)
        .max_tables_per_component(TABLES_MAX)
        .max_component_instance_size(INSTANCE_BYTES_MAX)
        .max_core_instance_size(INSTANCE_BYTES_MAX)
        .max_memory_size(Limits::MAX.memory_mib << 20)
        .table_elements(TABLE_ELEMENTS_MAX)
        .max_unused_warm_slots(WARM_RUNS)
        .linear_memory_keep_resident(KEPT_MEMORY_BYTES)
        // Where the kernel can say which pages a run has written to, only those are zeroed: a tenth of a call.
        .pagemap_scan(Enabled::Auto)
        .table_keep_resident(KEPT_TABLE_BYTES);
    pool
}

fn open_cache(directory: &Path) -> Result<Cache, EngineError> {
    let unusable = |error| EngineError::Cache { path: directory.to_owned(), error };
    create_private(directory).map_err(unusable)?;
    if others_may_write(directory).map_err(unusable)? {
        return Err(EngineError::OpenCache { path: directory.to_owned() });
    }
    let mut config = CacheConfig::new();
    config.with_directory(directory.canonicalize().map_err(unusable)?);
    Cache::new(config).map_err(|error| unusable(io::Error::other(format!("{error:#}"))))
}

#[cfg(unix)]
fn create_private(directory: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)
}

#[cfg(unix)]
fn others_may_write(directory: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::metadata(directory)?.permissions().mode() & 0o022 != 0)
}

#[cfg(not(unix))]
fn create_private(directory: &Path) -> io::Result<()> {
    std::fs::create_dir_all(directory)
}

#[cfg(not(unix))]
fn others_may_write(_directory: &Path) -> io::Result<bool> {
    Ok(false)
}
