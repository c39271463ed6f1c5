//! Tests of scripts: `x.test.rhai` beside `x.rhai`. Each function without parameters is a test, unless it is `private`;
//! what stands outside functions runs before each. A test runs on an engine of its own, with the functions of
//! [`stage`]; the script under test runs as it does live.

mod expect;
mod stage;

use crate::check::place;
use crate::engine::EXPRESSION_DEPTH_MAX;
use crate::stack::with_stack;
use expect::Unmet;
use gatewright_domain::hooks::{Diagnostic, Limits, Stage, TestFailure, TestFile};
use rhai::{AST, Dynamic, Engine, EvalAltResult, FnAccess, Module, OptimizationLevel, Position, Scope, Shared};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};

/// Most operations of one test, the script under test not counted.
const OPERATIONS_MAX: u64 = 1_000_000;
/// Longest message of a failure, in characters.
const MESSAGE_CHARS_MAX: usize = 600;

/// Compiles the tests in the file at `path`; `language` is what every script has.
///
/// # Errors
/// The syntax error, or that there are no tests.
pub fn compile(
    language: &[Shared<Module>],
    path: &str,
    files: &BTreeMap<String, Vec<u8>>,
) -> Result<Arc<dyn TestFile>, Vec<Diagnostic>> {
    let wrong = |position: Position, message: String, hint: Option<&str>| {
        vec![Diagnostic { place: place(path, position), message, hint: hint.map(str::to_owned) }]
    };
    let text = files.get(path).map(Vec::as_slice).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let text = text.ok_or_else(|| wrong(Position::NONE, "the file is not UTF-8".to_owned(), None))?;
    let compiled = with_stack(&Limits::default(), || engine(language).compile(text));
    let ast = compiled.map_err(|error| wrong(error.position(), error.err_type().to_string(), None))?;
    let names = names(&ast, text);
    if names.is_empty() {
        let hint = "write a function without parameters; its name says what must hold";
        return Err(wrong(Position::NONE, "there is no test in it".to_owned(), Some(hint)));
    }
    Ok(Arc::new(RhaiTests { language: language.to_vec(), path: path.to_owned(), ast, names }))
}

/// The tests of a file, in its order.
fn names(ast: &AST, text: &str) -> Vec<String> {
    let functions = ast.iter_functions();
    let tests = functions.filter(|function| function.params.is_empty() && function.access == FnAccess::Public);
    let mut names: Vec<String> = tests.map(|function| function.name.to_owned()).collect();
    names.sort_by_key(|name| text.find(&format!("fn {name}(")).unwrap_or(usize::MAX));
    names
}

/// The language of scripts, without hooks and capabilities, within the default limits.
fn engine(language: &[Shared<Module>]) -> Engine {
    let limits = Limits::default();
    let mut engine = Engine::new_raw();
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_operations(OPERATIONS_MAX)
        .set_max_call_levels(limits.call_depth)
        .set_max_expr_depths(EXPRESSION_DEPTH_MAX, EXPRESSION_DEPTH_MAX)
        .set_max_string_size(limits.string_bytes)
        .set_max_array_size(limits.array_items)
        .set_max_map_size(limits.map_items)
        .disable_symbol("eval");
    for module in language {
        engine.register_global_module(module.clone());
    }
    engine
}

struct RhaiTests {
    language: Vec<Shared<Module>>,
    path: String,
    ast: AST,
    names: Vec<String>,
}

impl TestFile for RhaiTests {
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn play(&self, name: &str, stage: Box<dyn Stage>) -> Result<(), TestFailure> {
        let played = catch_unwind(AssertUnwindSafe(|| with_stack(&Limits::default(), || self.play_here(name, stage))));
        played.unwrap_or_else(|_| Err(self.failed(name, "the script engine broke off", Position::NONE).into()))
    }
}

impl RhaiTests {
    /// Plays one test; everything it made is dropped in here, where the stack is large enough for that.
    fn play_here(&self, name: &str, stage: Box<dyn Stage>) -> Result<(), TestFailure> {
        let mut engine = engine(&self.language);
        let last = stage::register(&mut engine, stage);
        let played = engine.call_fn::<Dynamic>(&mut Scope::new(), &self.ast, name, ());
        let unmet = last.lock().unwrap_or_else(PoisonError::into_inner).take();
        played.map(|_| ()).map_err(|error| self.failure(name, &error, unmet))
    }

    fn failure(&self, test: &str, error: &EvalAltResult, unmet: Option<Unmet>) -> TestFailure {
        let inner = error.unwrap_inner();
        let mut said = match inner {
            EvalAltResult::ErrorRuntime(value, _) => value.to_string(),
            other => other.to_string(),
        };
        // The place is told beside the message.
        if let Some(at) = said.rfind(" (line ") {
            said.truncate(at);
        }
        // A test may catch what it did not expect and fail of something else.
        let differences = unmet.filter(|unmet| unmet.says == said).map(|unmet| unmet.differences);
        let diagnostic = self.failed(test, &said, inner.position());
        TestFailure { diagnostic, differences: differences.unwrap_or_default() }
    }

    fn failed(&self, test: &str, why: &str, position: Position) -> Diagnostic {
        let message = format!("{test}: {why}").chars().take(MESSAGE_CHARS_MAX).collect();
        Diagnostic { place: place(&self.path, position), message, hint: None }
    }
}

#[cfg(test)]
mod tests;
