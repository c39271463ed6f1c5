//! Tests of scripts: `x.test.rhai` beside `x.rhai`. Each function without parameters is a test, unless it is `private`;
//! what stands outside functions runs before each. A test runs on an engine of its own, with the functions of
//! [`stage`]; the script under test runs as it does live.

mod expect;
mod stage;

use gatewright_domain::flow::Place;
use gatewright_domain::hooks::{Diagnostic, Stage, TestFile};
use rhai::{AST, Dynamic, Engine, EvalAltResult, FnAccess, OptimizationLevel, Position, Scope};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Most operations of one test, the script under test not counted.
const OPERATIONS_MAX: u64 = 1_000_000;
/// Deepest calls in a test.
const CALL_DEPTH_MAX: usize = 32;
/// Longest string, array or map a test makes.
const SIZE_MAX: usize = 64 * 1024;
/// Longest message of a failure, in characters.
const MESSAGE_CHARS_MAX: usize = 600;

/// Compiles the tests in the file at `path`.
///
/// # Errors
/// The syntax error, or that there are no tests.
pub fn compile(path: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Arc<dyn TestFile>, Vec<Diagnostic>> {
    let wrong = |position: Position, message: String, hint: Option<&str>| {
        vec![Diagnostic { place: place(path, position), message, hint: hint.map(str::to_owned) }]
    };
    let text = files.get(path).map(Vec::as_slice).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let text = text.ok_or_else(|| wrong(Position::NONE, "the file is not UTF-8".to_owned(), None))?;
    let ast = engine().compile(text).map_err(|error| wrong(error.position(), error.err_type().to_string(), None))?;
    let names = names(&ast, text);
    if names.is_empty() {
        let hint = "write a function without parameters; its name says what must hold";
        return Err(wrong(Position::NONE, "there is no test in it".to_owned(), Some(hint)));
    }
    Ok(Arc::new(RhaiTests { path: path.to_owned(), ast, names }))
}

/// The tests of a file, in its order.
fn names(ast: &AST, text: &str) -> Vec<String> {
    let functions = ast.iter_functions();
    let tests = functions.filter(|function| function.params.is_empty() && function.access == FnAccess::Public);
    let mut names: Vec<String> = tests.map(|function| function.name.to_owned()).collect();
    names.sort_by_key(|name| text.find(&format!("fn {name}(")).unwrap_or(usize::MAX));
    names
}

/// The language of tests, without the stage.
fn engine() -> Engine {
    let mut engine = Engine::new();
    engine
        .set_optimization_level(OptimizationLevel::None)
        .set_max_operations(OPERATIONS_MAX)
        .set_max_call_levels(CALL_DEPTH_MAX)
        .set_max_string_size(SIZE_MAX)
        .set_max_array_size(SIZE_MAX)
        .set_max_map_size(SIZE_MAX)
        .disable_symbol("eval")
        .on_print(|_| {})
        .on_debug(|_, _, _| {});
    engine.set_module_resolver(rhai::module_resolvers::DummyModuleResolver::new());
    engine
}

struct RhaiTests {
    path: String,
    ast: AST,
    names: Vec<String>,
}

impl TestFile for RhaiTests {
    fn names(&self) -> Vec<String> {
        self.names.clone()
    }

    fn play(&self, name: &str, stage: Box<dyn Stage>) -> Result<(), Diagnostic> {
        let mut engine = engine();
        stage::register(&mut engine, stage);
        let played = engine.call_fn::<Dynamic>(&mut Scope::new(), &self.ast, name, ());
        played.map(|_| ()).map_err(|error| self.failure(name, &error))
    }
}

impl RhaiTests {
    fn failure(&self, test: &str, error: &EvalAltResult) -> Diagnostic {
        let inner = error.unwrap_inner();
        let said = match inner {
            EvalAltResult::ErrorRuntime(value, _) => value.to_string(),
            other => {
                let mut other = other.to_string();
                // The place is told beside the message.
                if let Some(at) = other.rfind(" (line ") {
                    other.truncate(at);
                }
                other
            }
        };
        let message: String = format!("{test}: {said}").chars().take(MESSAGE_CHARS_MAX).collect();
        Diagnostic { place: place(&self.path, inner.position()), message, hint: None }
    }
}

fn place(path: &str, position: Position) -> Place {
    let (line, column) = (position.line().unwrap_or(1), position.position().unwrap_or(0));
    Place { file: path.to_owned(), line, column }
}

#[cfg(test)]
mod tests;
