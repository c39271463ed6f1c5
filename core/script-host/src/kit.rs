//! What the scripts of one hook with one loan can call: built once and shared by all their engines.

use crate::catalogue::Catalogue;
use crate::decisions;
use crate::modules::Lent;
use crate::standard;
use gatewright_domain::hooks::HookKind;
use rhai::{Module, Shared};

/// The language's own functions, the same for every script.
pub struct Standard {
    module: Shared<Module>,
    catalogue: Catalogue,
}

/// Every function that a hook's scripts with one loan have.
pub struct Kit {
    /// Without a namespace; of two of one name the last counts.
    pub bare: Vec<Shared<Module>>,
    /// By namespace.
    pub namespaces: Vec<(&'static str, Shared<Module>)>,
    /// All of them by name.
    pub catalogue: Catalogue,
    /// The functions that make the hook's decisions, by name.
    pub decisions: Vec<String>,
}

impl Standard {
    /// Builds it.
    pub fn new() -> Self {
        let module: Shared<Module> = indexed(standard::module(), "standard");
        let catalogue = Catalogue::read(std::slice::from_ref(&module), &[]);
        Self { module, catalogue }
    }

    /// The kit of a hook's scripts.
    pub fn kit(&self, hook: HookKind, lent: Lent) -> Kit {
        let mut own = Module::new();
        decisions::register(&mut own, hook);
        lent.register_bare(&mut own);
        let own = indexed(own, hook.name());
        let namespaces: Vec<_> =
            lent.namespaces().into_iter().map(|(name, module)| (name, indexed(module, name))).collect();
        let catalogue = self.catalogue.with(Catalogue::read(std::slice::from_ref(&own), &namespaces));
        Kit { bare: vec![self.module.clone(), own], namespaces, catalogue, decisions: decision_names(hook) }
    }

    /// The kit in which constants are computed: the language alone.
    pub fn bare_kit(&self) -> Kit {
        Kit {
            bare: vec![self.module.clone()],
            namespaces: vec![],
            catalogue: self.catalogue.clone(),
            decisions: vec![],
        }
    }
}

/// The functions that make a hook's decisions, changes to one included.
pub fn decision_names(hook: HookKind) -> Vec<String> {
    let mut module = Module::new();
    decisions::register_decisions(&mut module, hook);
    let catalogue = Catalogue::read(&[module.into()], &[]);
    catalogue.names().map(str::to_owned).collect()
}

/// Every function without a namespace that a hook's scripts have beside the language's own.
pub fn own_names(hook: HookKind) -> Vec<String> {
    let mut module = Module::new();
    decisions::register(&mut module, hook);
    let catalogue = Catalogue::read(&[module.into()], &[]);
    catalogue.names().map(str::to_owned).collect()
}

fn indexed(mut module: Module, name: &'static str) -> Shared<Module> {
    module.set_id(name);
    module.build_index();
    module.into()
}
