//! The check: everything that can be known of a script before it runs, and all of it at once.
//!
//! It walks the syntax tree as the author wrote it, with the names in scope at each place.

mod calls;
mod capabilities;
mod closures;
mod decided;
mod dropped;
mod fields;
mod names;
mod notes;
mod results;
mod secrets;
mod variables;
mod walk;

pub use fields::Fields;
pub use names::nearest;
pub use notes::Notes;

use crate::input::Wanted;
use crate::kit::Kit;
use crate::sources::Sheet;
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, HookKind, NamedClaim};
use rhai::Position;
use std::collections::BTreeMap;
use walk::Walk;

/// What the check knows beside the script.
pub struct Known<'k> {
    /// The functions there are.
    pub kit: &'k Kit,
    /// The hook.
    pub hook: HookKind,
    /// What was lent.
    pub loan: &'k Loan,
    /// Functions that hooks have, by name: which hooks.
    pub of_hooks: &'k BTreeMap<String, Vec<HookKind>>,
    /// The fields of the hook's input.
    pub fields: &'k Fields,
    /// Every file of the script.
    pub sheets: &'k [Sheet],
}

/// What was found in a file, or in its hook's function.
#[derive(Default)]
pub struct Found {
    /// What is wrong.
    pub wrong: Vec<Diagnostic>,
    /// What is not, but probably not meant.
    pub warnings: Vec<Diagnostic>,
}

/// What is known of the hook's function.
pub struct HookFunction {
    /// Which members of the input it reads.
    pub wanted: Wanted,
    /// Whether it always ends its hook's row.
    pub never_passes: bool,
    /// The claims in the maps that it certainly returns.
    pub claims: Vec<NamedClaim>,
}

/// Checks one file of a script.
pub fn file(known: &Known<'_>, sheet: &Sheet) -> (Found, Notes) {
    let mut walk = Walk::new(known, sheet);
    walk.statements_outside();
    for function in &sheet.functions {
        walk.function(function);
    }
    (Found { wrong: walk.found, warnings: walk.warnings }, walk.notes)
}

/// Checks that the hook's function is in the script's own file, its use of the input, and what it comes to.
pub fn hook(known: &Known<'_>, sheet: &Sheet) -> (HookFunction, Found) {
    let name = known.hook.name();
    let named = || sheet.functions.iter().filter(|function| !function.closure);
    if let Some(function) = named().find(|function| function.name == name && function.parameters.len() == 1) {
        let (wanted, mut wrong) = Walk::new(known, sheet).input(function);
        let results = results::read(known, sheet, function);
        wrong.extend(results.wrong);
        let function = HookFunction { wanted, never_passes: results.never_passes, claims: results.claims };
        return (function, Found { wrong, warnings: results.warnings });
    }
    let example = format!("fn {name}(input) {{ … }}");
    let (position, message, hint) = if let Some(other) = named().find(|function| function.name == name) {
        let message = format!("`{name}` takes one parameter, not {}", other.parameters.len());
        (other.position, message, format!("write {example}"))
    } else {
        let near = nearest(name, named().map(|function| function.name.as_str()));
        let near = near.and_then(|near| named().find(|function| function.name == near));
        let message = format!("there is no function `{name}`");
        match near {
            Some(near) => (near.position, message, format!("did you mean `{name}` instead of `{}`?", near.name)),
            None => (Position::new(1, 1), message, format!("add {example}")),
        }
    };
    let wrong = vec![Diagnostic { place: sheet.place(position), message, hint: Some(hint) }];
    (
        HookFunction { wanted: Wanted::All, never_passes: false, claims: Vec::new() },
        Found { wrong, warnings: Vec::new() },
    )
}

/// A place in a file.
pub fn place(file: &str, position: Position) -> Place {
    Place { file: file.to_owned(), line: position.line().unwrap_or(1), column: position.position().unwrap_or(0) }
}
