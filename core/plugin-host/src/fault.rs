//! What went wrong in a run, as a fault that its author can mend.

use crate::engine::STACK_BYTES;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::Limits;
use std::str::Utf8Error;
use wasmtime::{Error, PoolConcurrencyLimitError, Trap};

/// Longest message of a fault, in characters; the rest is cut.
pub const MESSAGE_CHARS_MAX: usize = 300;

/// How wasmtime begins to say that a plugin hands over more than it may. It has no type of its own that could be
/// asked for; a test reaches it.
const HANDED_TOO_MUCH: &str = "too much data is being copied";

/// The fault that an error of wasmtime is. What a plugin warned of last is why it gave itself up.
pub fn of_error(error: &Error, limits: &Limits, warned: Option<String>) -> FaultKind {
    let overrun = |limit, max: u64| FaultKind::Overrun { limit, max };
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return match trap {
            Trap::OutOfFuel => overrun("operations", limits.operations),
            Trap::Interrupt => overrun("milliseconds of computing", limits.time_ms),
            Trap::StackOverflow => overrun("bytes of stack", STACK_BYTES as u64),
            Trap::UnreachableCodeReached => threw(&warned.unwrap_or_else(|| trap.to_string())),
            trap => threw(&trap.to_string()),
        };
    }
    if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
        return FaultKind::Unavailable { what: "run another plugin: all places for them are taken".to_owned() };
    }
    let cause = error.root_cause();
    if cause.downcast_ref::<Utf8Error>().is_some() {
        return threw("it handed over text that is not UTF-8");
    }
    let said = cause.to_string();
    if said.starts_with(HANDED_TOO_MUCH) {
        return overrun("bytes handed over at once", limits.output_bytes as u64);
    }
    threw(&said)
}

fn threw(message: &str) -> FaultKind {
    FaultKind::Threw { message: message.chars().take(MESSAGE_CHARS_MAX).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Machine, RUNS_MAX};
    use wasmtime::Store;
    use wasmtime::component::{Component, Linker};

    #[test]
    fn one_run_more_than_there_is_room_for_is_not_the_plugins_fault() {
        let machine = Machine::start(None).unwrap();
        let text = "(component (core module $m) (core instance (instantiate $m)))";
        let component = Component::new(&machine.engine, wat::parse_str(text).unwrap()).unwrap();
        let pre = Linker::new(&machine.engine).instantiate_pre(&component).unwrap();
        let run = |_| {
            let mut store = Store::new(&machine.engine, ());
            pre.instantiate(&mut store).map(|_| store)
        };
        let running: Vec<_> = (0..RUNS_MAX).map(run).collect::<Result<_, _>>().unwrap();
        let error = run(RUNS_MAX).err().unwrap();
        assert!(matches!(of_error(&error, &Limits::default(), None), FaultKind::Unavailable { .. }), "{error:#}");
        drop(running);
        assert!(run(0).is_ok());
    }
}
