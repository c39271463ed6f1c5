//! Which lines of scripts run while their tests do.
//!
//! Rhai tells of each statement it begins only when its debugger is compiled in, and that would slow every script on a
//! live server. So a script under test is compiled from a text in which a call stands before every statement
//! ([`statements`] finds them, [`marked`] writes the text), on the line of the statement; places in faults are told as
//! they are in the author's text. A script is otherwise compiled as it is live, and a live one never has such a call.

mod marked;
mod statements;
#[cfg(test)]
mod tests;

pub use marked::Marked;

use crate::engine::read_tokens;
use crate::sources::Sheet;
use marked::mark;
use rhai::{AST, Engine, INT, Module, Shared, Token};
use statements::{Mark, marks};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The call that stands before each statement.
const RAN: &str = "gatewright_line_ran";
/// Operations that a marked script may take for each that it may take live: a call costs less than three.
pub const OPERATIONS_FACTOR: u64 = 4;

/// Lines of scripts, and how often each ran. Cheap to clone; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Coverage(Arc<Mutex<Table>>);

#[derive(Debug, Default)]
struct Table {
    /// How often each ran, by the number that its call says.
    ran: Vec<u64>,
    numbers: BTreeMap<String, BTreeMap<usize, usize>>,
    unmeasured: BTreeSet<String>,
}

/// The lines of one script on which a statement begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CoveredScript {
    /// Its path in the bundle.
    pub path: String,
    /// How often each line ran; nothing for a script whose statements could not be told apart.
    pub lines: Option<BTreeMap<usize, u64>>,
}

impl Coverage {
    /// Every script that was compiled to be tested, by path.
    pub fn scripts(&self) -> Vec<CoveredScript> {
        let table = self.table();
        let measured = table.numbers.iter().map(|(path, numbers)| {
            let times = |(line, number): (&usize, &usize)| (*line, table.ran.get(*number).copied().unwrap_or(0));
            CoveredScript { path: path.clone(), lines: Some(numbers.iter().map(times).collect()) }
        });
        let unmeasured = table.unmeasured.iter().map(|path| CoveredScript { path: path.clone(), lines: None });
        let mut scripts: Vec<_> = measured.chain(unmeasured).collect();
        scripts.sort_by(|a, b| a.path.cmp(&b.path));
        scripts
    }

    /// What marked scripts call.
    pub(crate) fn module(&self) -> Shared<Module> {
        let (mut module, coverage) = (Module::new(), self.clone());
        module.set_native_fn(RAN, move |number: INT| {
            coverage.ran(number);
            Ok(())
        });
        module.set_id("coverage");
        module.build_index();
        module.into()
    }

    /// The sheet's tree with marks, and the text it is of; nothing where that is no script any more.
    pub(crate) fn marked(&self, engine: &Engine, sheet: &Sheet, text: &str) -> Option<(AST, Marked)> {
        let marks = marks(&tokens(engine, text));
        let marked = mark(text, &marks, |mark| self.call(&sheet.path, mark));
        let tree = engine.compile(&marked.text).ok().filter(|tree| is_same_file(tree, sheet));
        if tree.is_none() {
            let mut table = self.table();
            table.numbers.remove(&sheet.path);
            table.unmeasured.insert(sheet.path.clone());
        }
        let mut tree = tree?;
        tree.set_source(sheet.path.as_str());
        Some((tree, marked))
    }

    fn call(&self, path: &str, mark: &Mark) -> String {
        let number = self.table().number(path, mark.line);
        format!("{RAN}({number});")
    }

    fn ran(&self, number: INT) {
        let mut table = self.table();
        if let Some(times) = usize::try_from(number).ok().and_then(|number| table.ran.get_mut(number)) {
            *times = times.saturating_add(1);
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    /// The number of a line: the same however often its script is compiled.
    fn number(&mut self, path: &str, line: usize) -> usize {
        let next = self.ran.len();
        let number = *self.numbers.entry(path.to_owned()).or_default().entry(line).or_insert(next);
        if number == next {
            self.ran.push(0);
        }
        number
    }
}

/// The tokens of a text that is a script.
fn tokens(engine: &Engine, text: &str) -> Vec<(Token, rhai::Position)> {
    let read = Arc::new(Mutex::new(Vec::new()));
    let seen = read.clone();
    let mut reader = Engine::new_raw();
    reader
        .set_max_expr_depths(engine.max_expr_depth(), engine.max_function_expr_depth())
        .set_optimization_level(rhai::OptimizationLevel::None);
    read_tokens(&mut reader, move |token, position| {
        seen.lock().unwrap_or_else(PoisonError::into_inner).push((token.clone(), position));
    });
    // It was read before; were it not, its marks would make no script.
    let _ = reader.compile(text);
    std::mem::take(&mut *read.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Whether the functions are those of the author's text: no mark may have become a part of something else.
fn is_same_file(tree: &AST, sheet: &Sheet) -> bool {
    let functions = |tree: &AST| {
        let functions = tree.iter_functions().filter(|function| !function.name.starts_with("anon$"));
        functions.map(|function| (function.name.to_owned(), function.params.len())).collect::<BTreeSet<_>>()
    };
    functions(tree) == functions(&sheet.ast) && tree.iter_functions().count() == sheet.ast.iter_functions().count()
}
