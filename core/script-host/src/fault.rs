//! What went wrong in a run, as a fault with its place.

use crate::failure::Failure;
use crate::values::{describe, to_json};
use gatewright_domain::flow::{FaultKind, Place};
use gatewright_domain::hooks::Limits;
use rhai::{Dynamic, EvalAltResult, Position};

/// Longest message of a fault, in characters; the rest is cut.
pub const MESSAGE_CHARS_MAX: usize = 300;

/// The fault that an uncaught error is, and where it was raised.
pub fn of_error(error: &EvalAltResult, path: &str, limits: &Limits) -> (FaultKind, Option<Place>) {
    let (error, file) = unwrap(error, path);
    let position = error.position();
    let place = (!position.is_none()).then(|| crate::check::place(file, position));
    (kind(error, limits), place)
}

/// Where an error was raised, and what it says.
pub fn innermost(error: &EvalAltResult) -> (Position, String) {
    let (error, _) = unwrap(error, "");
    (error.position(), said(error))
}

/// The error inside the calls it came through, and the file it was raised in.
fn unwrap<'e>(error: &'e EvalAltResult, path: &'e str) -> (&'e EvalAltResult, &'e str) {
    match error {
        EvalAltResult::ErrorInFunctionCall(_, source, inner, _) => {
            unwrap(inner, if source.is_empty() { path } else { source })
        }
        EvalAltResult::ErrorInModule(module, inner, _) => unwrap(inner, if module.is_empty() { path } else { module }),
        other => (other, path),
    }
}

fn kind(error: &EvalAltResult, limits: &Limits) -> FaultKind {
    let overrun = |limit, max: u64| FaultKind::Overrun { limit, max };
    match error {
        EvalAltResult::ErrorTooManyOperations(_) => overrun("operations", limits.operations),
        EvalAltResult::ErrorStackOverflow(_) => overrun("nested calls", limits.call_depth as u64),
        EvalAltResult::ErrorTooManyVariables(_) => overrun("variables", crate::engine::VARIABLES_MAX as u64),
        EvalAltResult::ErrorDataTooLarge(what, _) if what.contains("string") => {
            overrun("bytes of text", limits.string_bytes as u64)
        }
        EvalAltResult::ErrorDataTooLarge(what, _) if what.contains("map") => {
            overrun("map items", limits.map_items as u64)
        }
        EvalAltResult::ErrorDataTooLarge(..) => overrun("array items", limits.array_items as u64),
        EvalAltResult::ErrorRuntime(thrown, _) if thrown.is::<Failure>() => {
            let failure = thrown.read_lock::<Failure>().map(|failure| failure.0.clone());
            failure.map_or_else(|| threw(said(error)), FaultKind::Capability)
        }
        _ => threw(said(error)),
    }
}

fn threw(message: String) -> FaultKind {
    FaultKind::Threw { message }
}

/// What an error says, without its place.
fn said(error: &EvalAltResult) -> String {
    let message = match error {
        EvalAltResult::ErrorRuntime(thrown, _) => thrown_text(thrown),
        EvalAltResult::ErrorFunctionNotFound(signature, _) => not_callable(signature),
        // Its value may be nested deeper than can be printed.
        EvalAltResult::ErrorIndexNotFound(..) => "there is nothing under this index".to_owned(),
        other => without_place(&other.to_string()),
    };
    message.chars().take(MESSAGE_CHARS_MAX).collect()
}

fn thrown_text(thrown: &Dynamic) -> String {
    if let Ok(text) = thrown.as_immutable_string_ref() {
        return text.to_string();
    }
    if let Some(failure) = thrown.read_lock::<Failure>() {
        return failure.0.to_string();
    }
    to_json(thrown).map_or_else(|_| describe(thrown).to_owned(), |json| json.to_string())
}

/// Names and numbers of arguments were checked, so it is their kinds that do not fit.
fn not_callable(signature: &str) -> String {
    match signature.split_once(" (") {
        Some((name, kinds)) => format!("`{name}` cannot be called with ({kinds}"),
        None => format!("`{signature}` cannot be called like this"),
    }
}

fn without_place(text: &str) -> String {
    text.rfind(" (line ").map_or(text, |at| &text[..at]).to_owned()
}
