//! Which functions there are: read from the registered modules themselves, so that what the check knows and what
//! a run finds cannot differ.

use rhai::{Engine, Module, Shared};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Functions by name; one in a namespace as `kv::get`.
#[derive(Debug, Clone, Default)]
pub struct Catalogue(BTreeMap<String, Vec<Overload>>);

/// One way to call a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overload {
    /// How many arguments, the one a method is called on included.
    pub arguments: usize,
    /// Which of them is a function, such as that of `filter`.
    pub function_at: Option<usize>,
}

#[derive(Deserialize)]
struct ModuleDocument {
    #[serde(default)]
    functions: Vec<FunctionDocument>,
    #[serde(default)]
    modules: BTreeMap<String, ModuleDocument>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionDocument {
    name: String,
    num_params: usize,
    #[serde(default)]
    params: Vec<ParameterDocument>,
}

#[derive(Deserialize)]
struct ParameterDocument {
    #[serde(rename = "type", default)]
    kind: String,
}

impl Catalogue {
    /// The functions of modules without a namespace, and of those with one.
    pub fn read(bare: &[Shared<Module>], namespaces: &[(&'static str, Shared<Module>)]) -> Self {
        let mut engine = Engine::new_raw();
        for module in bare {
            engine.register_global_module(module.clone());
        }
        for (name, module) in namespaces {
            engine.register_static_module(name, module.clone());
        }
        let json = engine.gen_fn_metadata_to_json(true).unwrap_or_default();
        let mut catalogue = Self::default();
        if let Ok(document) = serde_json::from_str::<ModuleDocument>(&json) {
            catalogue.add(document.functions, "");
            for (namespace, module) in document.modules {
                catalogue.add(module.functions, &format!("{namespace}::"));
            }
        }
        catalogue
    }

    /// These functions and those.
    #[must_use]
    pub fn with(&self, more: Self) -> Self {
        let mut both = self.clone();
        for (name, overloads) in more.0 {
            both.0.entry(name).or_default().extend(overloads);
        }
        both
    }

    /// Every way to call `name`; none when there is no such function.
    pub fn overloads(&self, name: &str) -> &[Overload] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether there is a function of that name.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Every name, namespaces included.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    fn add(&mut self, functions: Vec<FunctionDocument>, prefix: &str) {
        for function in functions {
            let function_at = function.params.iter().position(|parameter| parameter.kind.contains("FnPtr"));
            let overload = Overload { arguments: function.num_params, function_at };
            let overloads = self.0.entry(format!("{prefix}{}", function.name)).or_default();
            if !overloads.contains(&overload) {
                overloads.push(overload);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_knows_what_is_registered() {
        let catalogue = Catalogue::read(&[crate::standard::module().into()], &[]);
        assert!(catalogue.overloads("starts_with").iter().any(|overload| overload.arguments == 2));
        assert!(catalogue.overloads("filter").iter().any(|overload| overload.function_at == Some(1)));
        assert!(catalogue.overloads("reduce").iter().all(|overload| matches!(overload.function_at, None | Some(1))));
        for absent in ["sleep", "timestamp", "exit", "eval", "get_fn_metadata_list"] {
            assert!(!catalogue.has(absent), "{absent}");
        }
    }
}
