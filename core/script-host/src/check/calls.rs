//! Every function that is called, and every variable that is read, must be known.

use super::names::nearest;
use super::walk::{Step, Walk, steps};
use crate::catalogue::Overload;
use crate::sources::Sheet;
use rhai::{Expr, FnCallExpr, Namespace, Position};

/// Functions of Rhai's that no script has, with what to do instead.
const WITHHELD: [(&str, &str); 8] = [
    ("eval", "scripts are compiled before they run; write the code itself"),
    ("Fn", "pass the function itself, as in list.map(|item| …)"),
    ("call", "call the function by its name"),
    ("curry", "write a closure where it is used, as in list.map(|item| …)"),
    ("is_shared", "nothing here is shared"),
    ("exit", "return a decision from the hook's function"),
    ("sleep", "a script cannot wait; a page or a request waits for it"),
    ("timestamp", "use clock::now() or clock::now_ms()"),
];

/// Functions that are part of the language, with the number of their arguments.
const WORDS: [(&str, usize); 3] = [("type_of", 1), ("is_def_var", 1), ("is_def_fn", 2)];

impl Walk<'_> {
    /// Walks a call `name(…)` or `namespace::name(…)`.
    pub(super) fn call(&mut self, call: &FnCallExpr, position: Position) {
        let arguments = call.args.len();
        let takes_function;
        self.secret_in_call(call);
        let found = self.found.len();
        if !rhai::is_valid_identifier(&call.name) {
            takes_function = None;
        } else if call.namespace.is_empty() {
            takes_function = self.bare_call(&call.name, arguments, position);
            if !self.is_own_function(&call.name) {
                self.note_bare(call);
            }
        } else {
            takes_function = self.namespaced_call(&call.namespace, &call.name, arguments, position);
            self.configured_name(&call.namespace, call);
            self.note_namespaced(&call.namespace.to_string(), call);
        }
        let takes = Takes { first: 0, function_at: takes_function, is_known: found == self.found.len() };
        self.arguments(&call.args, takes);
    }

    /// Walks a chain `a.b[c].d(…)`.
    pub(super) fn chain(&mut self, chain: &Expr) {
        let (root, steps) = steps(chain);
        self.decision_chain(root, &steps);
        if !self.input_chain(root, &steps) {
            self.expression(root);
        }
        for step in steps {
            match step {
                Step::Property(..) => {}
                Step::Index(index) => self.expression(index),
                Step::Method(call, position) => {
                    self.secret_in_method(call);
                    let found = self.found.len();
                    let function_at = self.method(&call.name, call.args.len(), position);
                    let takes = Takes { first: 1, function_at, is_known: found == self.found.len() };
                    self.arguments(&call.args, takes);
                }
            }
        }
    }

    fn arguments(&mut self, arguments: &[Expr], takes: Takes) {
        for (place, argument) in arguments.iter().enumerate() {
            // What an unknown function takes nobody knows: that it is unknown was said.
            let may_be_function = !takes.is_known || takes.function_at == Some(place + takes.first);
            if may_be_function && self.passes_function(argument) {
                continue;
            }
            self.expression(argument);
        }
    }

    fn bare_call(&mut self, name: &str, arguments: usize, position: Position) -> Option<usize> {
        let own = self.own_arities(self.sheet, name, true);
        if own.contains(&arguments) {
            return None;
        }
        if let Some((_, hint)) = WITHHELD.iter().find(|(withheld, _)| *withheld == name) {
            self.report(position, format!("`{name}` is not for scripts"), Some((*hint).to_owned()));
            return None;
        }
        if WORDS.contains(&(name, arguments)) {
            return None;
        }
        let overloads = self.known.kit.catalogue.overloads(name);
        if let Some(found) = find(overloads, arguments) {
            return found.function_at;
        }
        let mut arities: Vec<usize> = overloads.iter().map(|overload| overload.arguments).collect();
        arities.extend(own);
        if arities.is_empty() {
            self.unknown_function(name, position)
        } else {
            self.arity(name, arities, arguments, position)
        }
        None
    }

    fn method(&mut self, name: &str, arguments: usize, position: Position) -> Option<usize> {
        if let Some((_, hint)) = WITHHELD.iter().find(|(withheld, _)| *withheld == name) {
            self.report(position, format!("`{name}` is not for scripts"), Some((*hint).to_owned()));
            return None;
        }
        let overloads = self.known.kit.catalogue.overloads(name);
        if let Some(found) = find(overloads, arguments + 1) {
            return found.function_at;
        }
        if self.own_arities(self.sheet, name, true).contains(&arguments) || WORDS.contains(&(name, arguments + 1)) {
            return None;
        }
        let mut arities: Vec<usize> = overloads.iter().map(|overload| overload.arguments.saturating_sub(1)).collect();
        if self.own_arities(self.sheet, name, true).contains(&(arguments + 1)) {
            let hint = format!("write {name}(…) with the value as its first argument");
            self.report(position, format!("`{name}` is a function of this file, not a method"), Some(hint));
        } else if arities.is_empty() {
            self.unknown_function(name, position);
        } else {
            arities.extend(self.own_arities(self.sheet, name, true));
            self.arity(name, arities, arguments, position);
        }
        None
    }

    fn namespaced_call(
        &mut self,
        namespace: &Namespace,
        name: &str,
        arguments: usize,
        position: Position,
    ) -> Option<usize> {
        let space = namespace.to_string();
        let full = format!("{space}::{name}");
        if let Some(sheet) = self.imported(&space) {
            let arities = self.own_arities(sheet, name, false);
            if arities.is_empty() {
                let names = sheet.functions.iter().filter(|function| !function.private && !function.closure);
                let near = nearest(name, names.map(|function| function.name.as_str()));
                let hint = near.map_or_else(
                    || format!("`{}` has no such function, or it is private", sheet.path),
                    |near| format!("did you mean `{space}::{near}`?"),
                );
                self.report(position, format!("there is no function `{full}`"), Some(hint));
            } else if !arities.contains(&arguments) {
                self.arity(&full, arities, arguments, position);
            }
            return None;
        }
        let overloads = self.known.kit.catalogue.overloads(&full);
        if let Some(found) = find(overloads, arguments) {
            return found.function_at;
        }
        if !overloads.is_empty() {
            let arities = overloads.iter().map(|overload| overload.arguments).collect();
            self.arity(&full, arities, arguments, position);
        } else if !self.not_lent(&space, namespace.position()) {
            self.unknown_in_namespace(&space, &full, position);
        }
        None
    }

    fn unknown_in_namespace(&mut self, space: &str, full: &str, position: Position) {
        let names = || self.known.kit.catalogue.names().filter(|name| name.contains("::"));
        let aliases = self.sheet.imports.iter().map(|import| import.alias.as_str());
        let spaces = names().filter_map(|name| name.split("::").next()).chain(aliases);
        let hint = match nearest(full, names()) {
            Some(near) => Some(format!("did you mean `{near}`?")),
            None => nearest(space, spaces).map(|near| format!("did you mean `{near}::`?")),
        };
        self.report(position, format!("there is no function `{full}`"), hint);
    }

    fn unknown_function(&mut self, name: &str, position: Position) {
        if self.of_another_hook(name, position) {
            return;
        }
        let catalogue = &self.known.kit.catalogue;
        let suffix = format!("::{name}");
        let own = self.sheet.functions.iter().filter(|function| !function.closure);
        let own = own.map(|function| function.name.as_str());
        let hint = match catalogue.names().find(|known| known.ends_with(&suffix)) {
            Some(inside) => Some(inside),
            None => nearest(name, catalogue.names().filter(|known| !known.contains(['$', ':'])).chain(own)),
        };
        let hint = hint.map(|near| format!("did you mean `{near}`?"));
        self.report(position, format!("there is no function `{name}`"), hint);
    }

    fn arity(&mut self, name: &str, mut arities: Vec<usize>, given: usize, position: Position) {
        arities.sort_unstable();
        arities.dedup();
        let last = arities.pop().unwrap_or_default();
        let counts: Vec<String> = arities.iter().map(ToString::to_string).collect();
        let takes = if counts.is_empty() { last.to_string() } else { format!("{} or {last}", counts.join(", ")) };
        let noun = if takes == "1" { "argument" } else { "arguments" };
        self.report(position, format!("`{name}` takes {takes} {noun}, not {given}"), None);
    }

    /// Walks a variable, perhaps of a namespace.
    pub(super) fn variable(&mut self, expression: &Expr) {
        let Expr::Variable(variable, _, position) = expression else { return };
        let (name, namespace) = (variable.1.as_str(), &variable.2);
        if !namespace.is_empty() {
            return self.namespaced_variable(namespace, name, *position);
        }
        if self.scope.iter().any(|known| known == name) {
            return self.input_escapes(name);
        }
        if self.is_constant(name) {
            return;
        }
        if self.is_own_function(name) || self.known.kit.catalogue.has(name) {
            let message = format!("`{name}` is a function");
            return self.report(*position, message, Some(format!("call it: {name}(…)")));
        }
        let constants = self.sheet.constants.iter().map(|constant| constant.name.as_str());
        let near = nearest(name, self.scope.iter().map(String::as_str).chain(constants));
        let hint =
            near.map_or_else(|| format!("declare it: let {name} = …;"), |near| format!("did you mean `{near}`?"));
        self.report(*position, format!("there is no variable `{name}`"), Some(hint));
    }

    fn namespaced_variable(&mut self, namespace: &Namespace, name: &str, position: Position) {
        let space = namespace.to_string();
        let sheet = if space == "global" { Some(self.sheet) } else { self.imported(&space) };
        let Some(sheet) = sheet else {
            let hint = "only imported files and `global` have constants".to_owned();
            return self.report(position, format!("there is no `{space}::{name}`"), Some(hint));
        };
        let constant = sheet.constants.iter().find(|constant| constant.name == name);
        let hint = match constant {
            Some(constant) if space == "global" || constant.exported => return,
            Some(_) => Some(format!("write `export const {name}` in `{}`", sheet.path)),
            None => {
                let near = nearest(name, sheet.constants.iter().map(|constant| constant.name.as_str()));
                near.map(|near| format!("did you mean `{space}::{near}`?"))
            }
        };
        self.report(position, format!("there is no constant `{space}::{name}`"), hint);
    }

    pub(super) fn is_own_function(&self, name: &str) -> bool {
        self.sheet.functions.iter().any(|function| !function.closure && function.name == name)
    }

    fn imported(&self, alias: &str) -> Option<&'_ Sheet> {
        let import = self.sheet.imports.iter().find(|import| import.alias == alias)?;
        self.known.sheets.iter().find(|sheet| sheet.path == import.path)
    }

    fn own_arities(&self, sheet: &Sheet, name: &str, private: bool) -> Vec<usize> {
        let fits = |function: &&crate::sources::Function| {
            !function.closure && function.name == name && (private || !function.private)
        };
        sheet.functions.iter().filter(fits).map(|function| function.parameters.len()).collect()
    }
}

/// What a function takes.
struct Takes {
    /// Which of the function's arguments the first one written is.
    first: usize,
    /// Which one is a function.
    function_at: Option<usize>,
    /// Whether there is such a function at all.
    is_known: bool,
}

fn find(overloads: &[Overload], arguments: usize) -> Option<&Overload> {
    // One that takes a function, where there is one, so that a closure finds its place.
    let fits = || overloads.iter().filter(|overload| overload.arguments == arguments);
    fits().find(|overload| overload.function_at.is_some()).or_else(|| fits().next())
}
