//! The runtime for `.rhai` files.

use crate::check::Fields;
use crate::compile::{Workshop, compile};
use crate::coverage::Coverage;
use crate::kit::{Kit, Standard, own_names};
use crate::modules::Lent;
use crate::program::RhaiProgram;
use crate::stack::with_stack;
use crate::test_bench;
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, HookKind, Limits, Program, Runtime, TestFile, Unit};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// Compiles hooks written in Rhai. Build one and share it: what scripts can call is built once for each hook and
/// set of lent capabilities.
pub struct RhaiRuntime {
    standard: Standard,
    bare_kit: Kit,
    kits: Mutex<BTreeMap<(HookKind, Lent), Arc<Kit>>>,
    of_hooks: BTreeMap<String, Vec<HookKind>>,
    fields: Fields,
    coverage: Option<Coverage>,
}

impl RhaiRuntime {
    /// A runtime without any kit yet.
    pub fn new() -> Self {
        let standard = Standard::new();
        let mut of_hooks: BTreeMap<String, Vec<HookKind>> = BTreeMap::new();
        for hook in HookKind::ALL {
            for name in own_names(hook) {
                of_hooks.entry(name).or_default().push(hook);
            }
        }
        Self {
            bare_kit: standard.bare_kit(),
            standard,
            kits: Mutex::new(BTreeMap::new()),
            of_hooks,
            fields: Fields::of_samples(),
            coverage: None,
        }
    }

    /// A runtime for tests that counts which lines of its scripts run, in `coverage`.
    pub fn covering(coverage: Coverage) -> Self {
        let mut runtime = Self::new();
        runtime.bare_kit.bare.push(coverage.module());
        runtime.coverage = Some(coverage);
        runtime
    }

    fn kit(&self, hook: HookKind, lent: Lent) -> Arc<Kit> {
        let mut kits = self.kits.lock().unwrap_or_else(PoisonError::into_inner);
        let kit = || {
            let mut kit = self.standard.kit(hook, lent);
            kit.bare.extend(self.coverage.as_ref().map(Coverage::module));
            Arc::new(kit)
        };
        kits.entry((hook, lent)).or_insert_with(kit).clone()
    }
}

impl Default for RhaiRuntime {
    fn default() -> Self {
        Self::new()
    }
}

impl Runtime for RhaiRuntime {
    fn extension(&self) -> &'static str {
        "rhai"
    }

    fn compile(&self, unit: &Unit<'_>) -> Result<Arc<dyn Program>, Vec<Diagnostic>> {
        let workshop = Workshop {
            kit: self.kit(unit.hook, Lent::from(&unit.loan)),
            bare_kit: &self.bare_kit,
            of_hooks: &self.of_hooks,
            fields: &self.fields,
            coverage: self.coverage.as_ref(),
        };
        // The deepest expression a file may hold needs as much stack as the deepest run.
        let compiled = catch_unwind(AssertUnwindSafe(|| with_stack(&Limits::default(), || compile(&workshop, unit))));
        let script = compiled.unwrap_or_else(|_| {
            let place = Place { file: unit.path.clone(), line: 1, column: 0 };
            let message = "the script engine broke off while it read this file".to_owned();
            Err(vec![Diagnostic { place, message, hint: None }])
        })?;
        Ok(Arc::new(RhaiProgram::new(script)))
    }

    fn compile_tests(
        &self,
        path: &str,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Arc<dyn TestFile>, Vec<Diagnostic>> {
        test_bench::compile(&self.bare_kit.bare, path, files)
    }
}
