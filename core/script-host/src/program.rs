//! A compiled script as a program: one run after another until it decides or waits.
//!
//! Each run goes from the hook's first line as far as it gets without waiting, on the thread that asks for it:
//! microseconds as a rule, `time_ms` at most (50 by default). That is short enough to stay on the runtime's own
//! thread: to hand its other tasks to a new one costs more than a whole run. Only a binding that may take longer than
//! the default pays for that (`thread`). Between two runs the program awaits.

use crate::compile::Script;
use crate::coverage::OPERATIONS_FACTOR;
use crate::engine;
use crate::fault::of_error;
use crate::input::input_map;
use crate::slot::{Burst, Slot, Stop, Why};
use crate::stack::with_stack;
use crate::thread::computing;
use crate::{check, decisions};
use async_trait::async_trait;
use gatewright_domain::flow::{FaultKind, HookFault, Host, Pending, Place};
use gatewright_domain::hooks::{HookDecision, HookInput, Limits, Program, Run};
use rhai::{Dynamic, Engine, Scope};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

/// Most seats kept for the next call. Runs never wait, so more are in use only on a machine with more threads.
const SEATS_KEPT_MAX: usize = 64;

/// A script with the seats it runs on.
pub struct RhaiProgram {
    script: Script,
    seats: Mutex<Vec<Seat>>,
}

/// An engine and the slot its native functions look into: one run at a time.
struct Seat {
    engine: Engine,
    slot: Arc<Slot>,
}

/// How one run ended.
enum Ended {
    Decided(HookDecision),
    Pending(Pending, Place),
}

type Wrong = (FaultKind, Option<Place>);

impl RhaiProgram {
    /// A program that runs `script`.
    pub fn new(script: Script) -> Self {
        let program = Self { script, seats: Mutex::new(Vec::new()) };
        // The first call finds one ready.
        program.leave(program.seat());
        program
    }

    fn run_once(&self, input: &HookInput, host: &mut Host<'_>) -> Result<Ended, Wrong> {
        let (seat, limits) = (self.take(), &self.script.limits);
        seat.slot.begin(host.desk(), limits.time_ms);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            computing(limits, || with_stack(limits, || self.evaluate(&seat.engine, input)))
        }));
        let late = seat.slot.was_late();
        host.spent().add_operations(seat.slot.operations());
        let stop = seat.slot.end().and_then(|Burst { desk, stop, .. }| {
            host.resume(desk);
            stop
        });
        let Ok(outcome) = outcome else {
            // Rhai itself panicked (sorting with a comparison that contradicts itself does it): the seat is not
            // used again.
            let message = "the script engine broke off".to_owned();
            return self.end(stop, Err((FaultKind::Threw { message }, None)));
        };
        self.leave(seat);
        let outcome = outcome.map_err(|(kind, place)| {
            let limit = "milliseconds of computing";
            let overrun = FaultKind::Overrun { limit, max: limits.time_ms };
            (if late { overrun } else { kind }, place)
        });
        self.end(stop, outcome)
    }

    /// A run that was stopped ended there, whatever the script made of it.
    fn end(&self, stop: Option<Stop>, outcome: Result<HookDecision, Wrong>) -> Result<Ended, Wrong> {
        let Some(Stop { why, position, file }) = stop else { return outcome.map(Ended::Decided) };
        let place = check::place(file.as_deref().unwrap_or(&self.script.path), position);
        match why {
            Why::Pending(pending) => Ok(Ended::Pending(pending, place)),
            Why::Fault(kind) => Err((kind, Some(place))),
        }
    }

    /// Runs the script. Everything it made is dropped in here, where the stack is large enough for that.
    fn evaluate(&self, engine: &Engine, input: &HookInput) -> Result<HookDecision, Wrong> {
        let Script { hook, path, limits, program, parameter, wanted, .. } = &self.script;
        let mut scope = Scope::new();
        scope.push_dynamic(parameter.as_str(), input_map(input, wanted));
        let returned = engine.eval_ast_with_scope::<Dynamic>(&mut scope, program).and_then(|returned| {
            engine.ensure_data_size_within_limits(&returned)?;
            Ok(returned)
        });
        match returned {
            Ok(returned) => decisions::read(*hook, &returned).map_err(|kind| (kind, None)),
            Err(error) => Err(of_error(&error, path, limits)),
        }
    }

    fn seat(&self) -> Seat {
        let Script { kit, limits, constants, imports, marked, .. } = &self.script;
        // Counting lines is no work of the script's.
        let factor = if marked.is_empty() { 1 } else { OPERATIONS_FACTOR };
        let limits = Limits { operations: limits.operations.saturating_mul(factor), ..*limits };
        let mut engine = engine::build(kit, &limits);
        engine::lend_constants(&mut engine, constants);
        for (alias, module) in imports {
            engine.register_static_module(alias, module.clone());
        }
        let slot = Arc::new(Slot::new());
        engine::watch(&mut engine, &slot);
        Seat { engine, slot }
    }

    /// A place as it is in the author's text.
    fn told(&self, place: Place) -> Place {
        match self.script.marked.get(&place.file) {
            Some(marked) => marked.original(place),
            None => place,
        }
    }

    fn take(&self) -> Seat {
        let kept = self.seats.lock().unwrap_or_else(PoisonError::into_inner).pop();
        kept.unwrap_or_else(|| self.seat())
    }

    fn leave(&self, seat: Seat) {
        let mut seats = self.seats.lock().unwrap_or_else(PoisonError::into_inner);
        if seats.len() < SEATS_KEPT_MAX {
            seats.push(seat);
        }
    }
}

#[async_trait]
impl Program for RhaiProgram {
    async fn run(&self, input: &HookInput, host: &mut Host<'_>) -> Result<Run, HookFault> {
        if input.kind() != self.script.hook {
            let what = format!("run a script of {} for {}", self.script.hook, input.kind());
            return Err(host.fault(FaultKind::Unavailable { what }));
        }
        // Ends: each round adds an entry to the journal, which the host limits.
        loop {
            host.rewind();
            let ended = self.run_once(input, host).map_err(|(kind, place)| {
                let fault = host.fault(kind);
                match place {
                    Some(place) => fault.at(self.told(place)),
                    None => fault,
                }
            })?;
            match ended {
                Ended::Decided(decision) => return Ok(Run::Decided(decision)),
                Ended::Pending(pending, place) => {
                    if let Some(wait) = host.perform(pending).await.map_err(|fault| fault.at(self.told(place)))? {
                        return Ok(Run::Waiting(wait));
                    }
                }
            }
        }
    }
}
