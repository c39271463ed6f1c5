//! Running the tests of a bundle: each `x.test.rhai` plays on a stage where the script `x.rhai` is bound as it is live, in
//! a world of its own.

mod answer;
mod ask;
mod document;
mod gauge;
mod input;
mod outcome;
mod solo;
mod stage;
mod world;

pub use document::{givens, usual};
pub use gauge::{Call, Gauge, GaugeError};
pub use outcome::decision_shown;
pub use solo::{Asking, Ran, Solo, SoloError, Turn};
pub use world::BEGIN_S;

pub(crate) use world::World;

use crate::Runtimes;
use crate::aside::aside;
use crate::compile::{broke_off, compile};
use crate::files::{Files, MANIFEST, is_test};
use crate::manifest::Manifest;
use gatewright_domain::flow::{Place, Tools};
use gatewright_domain::hooks::{Diagnostic, Difference, Given, Misuse, TestFailure, TestFile};
use stage::RehearsalStage;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// One test that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Its file.
    pub file: String,
    /// Its name.
    pub test: String,
    /// What failed, and where.
    pub failure: Option<Diagnostic>,
    /// Where two values were compared, all that differs.
    pub differences: Vec<Difference>,
    /// How long it took.
    pub took: Duration,
}

/// A world with nothing in it but what is given, for a hook that is run without a server around it.
///
/// # Errors
/// What is given is not of the form that tests give it in.
pub fn world_of(given: impl IntoIterator<Item = Given>) -> Result<Tools, Misuse> {
    let world = World::new();
    given.into_iter().try_for_each(|given| world.give(given))?;
    Ok(world.tools())
}

/// Compiles a bundle without a server around it, then runs every test, as [`rehearse`] does.
///
/// # Errors
/// What is wrong with the bundle or its test files; then no test was run.
pub async fn rehearse_alone(files: &Files, runtimes: &Runtimes) -> Result<Vec<Played>, Vec<Diagnostic>> {
    rehearse_some(files, runtimes, "").await
}

/// Compiles a bundle without a server around it, then runs the tests in whose file or name `filter` occurs.
///
/// # Errors
/// What is wrong with the bundle or its test files; then no test was run.
pub async fn rehearse_some(files: &Files, runtimes: &Runtimes, filter: &str) -> Result<Vec<Played>, Vec<Diagnostic>> {
    let (bundle, with) = (files.clone(), runtimes.clone());
    let compiling = aside(move || compile(&bundle, &with, World::new().tools()).map(drop));
    compiling.await.unwrap_or_else(|error| Err(vec![broke_off(&error)]))?;
    rehearse_in_background(files, runtimes, filter).await
}

/// Runs every test of a bundle, on threads that may wait. Call it for a bundle that compiles.
///
/// # Errors
/// What is wrong with the test files themselves; then no test was run.
pub async fn rehearse(files: &Files, runtimes: &Runtimes) -> Result<Vec<Played>, Vec<Diagnostic>> {
    rehearse_in_background(files, runtimes, "").await
}

async fn rehearse_in_background(
    files: &Files,
    runtimes: &Runtimes,
    filter: &str,
) -> Result<Vec<Played>, Vec<Diagnostic>> {
    let handle = Handle::current();
    let (files, runtimes, filter) = (files.clone(), runtimes.clone(), filter.to_owned());
    let running = aside(move || rehearse_here(&files, &runtimes, &handle, &filter));
    running.await.unwrap_or_else(|error| {
        let place = Place { file: MANIFEST.to_owned(), line: 1, column: 0 };
        Err(vec![Diagnostic { place, message: format!("the tests broke off: {error}"), hint: None }])
    })
}

fn rehearse_here(
    files: &Files,
    runtimes: &Runtimes,
    handle: &Handle,
    filter: &str,
) -> Result<Vec<Played>, Vec<Diagnostic>> {
    let manifest = Manifest::read(files.text(MANIFEST).unwrap_or_default()).0;
    let mut wrong = Vec::new();
    let mut compiled = Vec::new();
    for path in files.paths().filter(|path| is_test(path)) {
        match compile_tests(path, files, runtimes) {
            Ok(tests) => compiled.push((path, tests)),
            Err(more) => wrong.extend(more),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let mut played = Vec::new();
    for (path, tests) in compiled {
        for test in tests.names().into_iter().filter(|test| path.contains(filter) || test.contains(filter)) {
            let stage = RehearsalStage::new(files, script_of(path, files), &manifest, runtimes, handle);
            let began = Instant::now();
            let failure = tests.play(&test, Box::new(stage)).err();
            let (failure, differences) = match failure {
                Some(TestFailure { diagnostic, differences }) => (Some(diagnostic), differences),
                None => (None, Vec::new()),
            };
            played.push(Played { file: path.to_owned(), test, failure, differences, took: began.elapsed() });
        }
    }
    Ok(played)
}

fn compile_tests(path: &str, files: &Files, runtimes: &Runtimes) -> Result<Arc<dyn TestFile>, Vec<Diagnostic>> {
    let wrong = |message: String, hint: &str| {
        let place = Place { file: path.to_owned(), line: 1, column: 0 };
        Err(vec![Diagnostic { place, message, hint: Some(hint.to_owned()) }])
    };
    let script = script_of(path, files);
    if files.get(&script).is_none() {
        return wrong(format!("there is no `{script}` that it could test"), "a test stands beside its script");
    }
    let extension = path.rsplit('.').next().unwrap_or_default();
    match runtimes.of(extension) {
        Some(runtime) => runtime.compile_tests(path, files.map()),
        None => wrong(format!("nothing here can run `{path}`"), "tests are written in Rhai"),
    }
}

/// The script that a test file tests: `x.rhai` for `x.test.rhai` and for `x.NAME.test.rhai`.
fn script_of(test: &str, files: &Files) -> String {
    let own = test.replacen(".test.", ".", 1);
    if files.get(&own).is_some() {
        return own;
    }
    let parts = own.rsplit_once('.').and_then(|(stem, ending)| Some((stem.rsplit_once('.')?.0, ending)));
    parts.map(|(stem, ending)| format!("{stem}.{ending}")).filter(|script| files.get(script).is_some()).unwrap_or(own)
}

#[cfg(test)]
mod tests;
