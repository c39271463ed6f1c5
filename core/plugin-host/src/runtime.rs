//! The runtime for `.wasm` files.

use crate::engine::{EngineError, Machine};
use crate::examine;
use crate::exports::Entry;
use crate::grants::Grants;
use crate::imports;
use crate::manifest::Manifest;
use crate::program::{PluginProgram, Terms};
use crate::turn::Turn;
use crate::wasi;
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, Program, Runtime, Unit};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::Cache;
use wasmtime::component::{Component, Linker};

/// Compiles hooks that are WASM components. Build one and share it: the memory for running plugins is set aside once,
/// when the first of them is compiled.
pub struct WasmRuntime {
    cache: Option<PathBuf>,
    started: Mutex<Option<Arc<Started>>>,
}

/// The machine, and what plugins are linked to.
struct Started {
    machine: Arc<Machine>,
    linker: Linker<Turn>,
}

impl WasmRuntime {
    /// A runtime that keeps compiled code in the directory `cache`, or nowhere.
    pub fn new(cache: Option<PathBuf>) -> Self {
        Self { cache, started: Mutex::new(None) }
    }

    /// How many plugins were not compiled by this runtime, but found compiled where code is kept.
    pub fn found_compiled(&self) -> usize {
        let started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        let cache = started.as_ref().and_then(|started| started.machine.cache.as_ref());
        cache.map_or(0, Cache::cache_hits)
    }

    fn start(&self) -> Result<Arc<Started>, EngineError> {
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(started) = &*started {
            return Ok(started.clone());
        }
        let machine = Machine::start(self.cache.as_deref())?;
        let mut linker = Linker::new(&machine.engine);
        imports::link(&mut linker).map_err(|error| EngineError::Unfit(format!("{error:#}")))?;
        Ok(started.insert(Arc::new(Started { machine, linker })).clone())
    }

    /// Compiles a unit.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub(crate) fn compiled(&self, unit: &Unit<'_>) -> Result<PluginProgram, Vec<Diagnostic>> {
        let program = match unit.files.get(&unit.path) {
            Some(bytes) => self.program(unit, bytes),
            None => Err(vec![("there is no such file in the bundle".to_owned(), None)]),
        };
        let place = Place { file: unit.path.clone(), line: 1, column: 0 };
        let diagnostic = |(message, hint)| Diagnostic { place: place.clone(), message, hint };
        program.map_err(|wrong| wrong.into_iter().map(diagnostic).collect())
    }

    fn program(&self, unit: &Unit<'_>, bytes: &[u8]) -> Result<PluginProgram, Vec<Wrong>> {
        let manifest = Manifest::read(bytes).map_err(|error| vec![examine::no_manifest(bytes, &error)])?;
        let grants = Grants::new(manifest.wants.clone(), unit.loan.clone());
        let mut wrong = examine::terms(&manifest, unit.hook, &grants);
        let started = self.start().map_err(|error| vec![(error.to_string(), None)])?;
        let Started { machine, linker } = &*started;
        let component = match Component::new(&machine.engine, bytes) {
            Ok(component) => component,
            Err(error) => {
                wrong.push(examine::not_compiled(&error));
                return Err(wrong);
            }
        };
        wrong.extend(examine::interfaces(&machine.engine, &component, &manifest, unit.hook));
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mistyped = |error: wasmtime::Error| vec![examine::mistyped(&error)];
        let mut linker = linker.clone();
        wasi::link(&mut linker, &machine.engine, &component).map_err(mistyped)?;
        let pre = linker.instantiate_pre(&component).map_err(mistyped)?;
        let entry = Entry::of(unit.hook, &pre).map_err(mistyped)?;
        let terms = Terms { hook: unit.hook, path: unit.path.clone(), limits: unit.limits, grants: Arc::new(grants) };
        let program = PluginProgram::new(machine.clone(), pre, entry, terms);
        program.rehearse().map_err(|kind| vec![examine::not_set_up(&kind)])?;
        Ok(program)
    }
}

/// What is wrong, and what to do about it.
pub type Wrong = (String, Option<String>);

impl Runtime for WasmRuntime {
    fn extension(&self) -> &'static str {
        "wasm"
    }

    fn compile(&self, unit: &Unit<'_>) -> Result<Arc<dyn Program>, Vec<Diagnostic>> {
        Ok(Arc::new(self.compiled(unit)?))
    }
}
