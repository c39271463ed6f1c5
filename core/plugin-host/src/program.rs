//! A compiled plugin as a program: one run after another until it decides or waits.
//!
//! Each run is a fresh instance with a store of its own, from the hook's start as far as it gets without waiting, on
//! the thread that asks for it: tens of microseconds as a rule, `time_ms` at most. Nothing of it outlives it but the
//! journal.

use crate::engine::{Machine, STACK_BYTES};
use crate::exports::{Entry, Undecided};
use crate::fault;
use crate::gauge::Cost;
use crate::grants::Grants;
use crate::turn::{End, Stop, Turn};
use async_trait::async_trait;
use gatewright_domain::flow::{Desk, FaultKind, HookFault, Host, Pending, Place};
use gatewright_domain::hooks::{HookDecision, HookInput, HookKind, Limits, Program, Run};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;
use wasmtime::component::InstancePre;
use wasmtime::{Store, UpdateDeadline};

/// Instructions that count as one operation: about what a script's operation takes.
pub const INSTRUCTIONS_AN_OPERATION: u64 = 100;
/// Stack that the host's own functions may need on top of the plugin's.
const HOST_STACK_BYTES: usize = 512 * 1024;

/// A plugin that can run.
pub struct PluginProgram {
    machine: Arc<Machine>,
    pre: InstancePre<Turn>,
    entry: Entry,
    terms: Terms,
}

/// On what terms it runs.
pub struct Terms {
    /// Its hook.
    pub hook: HookKind,
    /// Its file.
    pub path: String,
    /// Its limits.
    pub limits: Limits,
    /// What it may call.
    pub grants: Arc<Grants>,
}

/// How one run ended.
enum Ended {
    Decided(HookDecision),
    Pending(Pending),
}

impl PluginProgram {
    /// A program that runs what `pre` was made of.
    pub fn new(machine: Arc<Machine>, pre: InstancePre<Turn>, entry: Entry, terms: Terms) -> Self {
        Self { machine, pre, entry, terms }
    }

    /// Makes an instance and drops it.
    ///
    /// # Errors
    /// It cannot be set up within its limits.
    pub fn rehearse(&self) -> Result<(), FaultKind> {
        let (_, ended) = self
            .run(None, &mut Cost::default(), |store| self.pre.instantiate(store).map(|_| ()).map_err(Undecided::Broke));
        ended.map_err(|stop| match stop {
            Stop::Fault(kind) => kind,
            Stop::Pending(_) => FaultKind::Unavailable { what: "answer a plugin that is only tried".to_owned() },
        })
    }

    fn run_once(&self, input: &HookInput, host: &mut Host<'_>, cost: &mut Cost) -> Result<Ended, FaultKind> {
        let before = cost.fuel;
        let (desk, ended) = self.run(Some(host.desk()), cost, |store| self.decide(store, input));
        if let Some(desk) = desk {
            host.resume(desk);
        }
        host.spent().add_fuel(cost.fuel.saturating_sub(before));
        match ended {
            Ok(decision) => Ok(Ended::Decided(decision)),
            Err(Stop::Pending(pending)) => Ok(Ended::Pending(pending)),
            Err(Stop::Fault(kind)) => Err(kind),
        }
    }

    fn decide(&self, store: &mut Store<Turn>, input: &HookInput) -> Result<HookDecision, Undecided> {
        let instance = self.pre.instantiate(&mut *store)?;
        store.data_mut().open();
        self.entry.call(store, &instance, input)
    }

    /// Does something in a fresh store, on stack enough, while time is noticed. Answers the desk back, and why the
    /// run was stopped if it was; what it cost is added to `cost`.
    fn run<T>(
        &self,
        desk: Option<Desk>,
        cost: &mut Cost,
        act: impl FnOnce(&mut Store<Turn>) -> Result<T, Undecided>,
    ) -> (Option<Desk>, Result<T, Stop>) {
        let began = Instant::now();
        let _noticed = self.machine.epoch.notice();
        let limits = &self.terms.limits;
        let mut store = self.store(desk);
        let needed = STACK_BYTES + HOST_STACK_BYTES;
        let outcome = catch_unwind(AssertUnwindSafe(|| stacker::maybe_grow(needed, needed, || act(&mut store))));
        let fuel = self.spent(&store);
        let operations = fuel.div_ceil(INSTRUCTIONS_AN_OPERATION);
        let End { desk, stop, warned, memory_bytes } = store.into_data().end();
        cost.add(Cost { runs: 1, time: began.elapsed(), operations, fuel, memory_bytes });
        let ended = match (stop, outcome) {
            (Some(stop), _) => Err(stop),
            (None, Ok(Ok(done))) => Ok(done),
            (None, Ok(Err(Undecided::Broke(error)))) => Err(Stop::Fault(fault::of_error(&error, limits, warned))),
            (None, Ok(Err(Undecided::Fault(kind)))) => Err(Stop::Fault(kind)),
            (None, Err(_)) => Err(Stop::Fault(FaultKind::Threw { message: "the plugin runtime broke off".to_owned() })),
        };
        (desk, ended)
    }

    /// Instructions that a run may take.
    fn instructions_max(&self) -> u64 {
        self.terms.limits.operations.saturating_mul(INSTRUCTIONS_AN_OPERATION)
    }

    /// Instructions that a run has taken.
    fn spent(&self, store: &Store<Turn>) -> u64 {
        // Fuel is always counted; were it not, a run could not begin.
        self.instructions_max().saturating_sub(store.get_fuel().unwrap_or(0))
    }

    fn store(&self, desk: Option<Desk>) -> Store<Turn> {
        let limits = &self.terms.limits;
        let mut store = Store::new(&self.machine.engine, Turn::begin(limits, &self.terms.grants, desk));
        store.limiter(|turn| &mut turn.ceiling);
        store.set_hostcall_fuel(limits.output_bytes);
        if let Err(error) = store.set_fuel(self.instructions_max()) {
            // It runs with none then, and ends at once.
            tracing::error!("instructions of a plugin cannot be counted: {error}");
        }
        store.epoch_deadline_callback(|mut store| {
            let late = store.data_mut().watch.is_late();
            Ok(if late { UpdateDeadline::Interrupt } else { UpdateDeadline::Continue(1) })
        });
        store.set_epoch_deadline(1);
        store
    }

    /// Runs the hook to its decision or to where it waits; what that cost is added to `cost`.
    ///
    /// # Errors
    /// A fault of the hook, with its place.
    pub async fn go(&self, input: &HookInput, host: &mut Host<'_>, cost: &mut Cost) -> Result<Run, HookFault> {
        if input.kind() != self.terms.hook {
            let what = format!("run a plugin of {} for {}", self.terms.hook, input.kind());
            return Err(host.fault(FaultKind::Unavailable { what }));
        }
        let place = || Place { file: self.terms.path.clone(), line: 1, column: 0 };
        // Ends: each round adds an entry to the journal, which the host limits.
        loop {
            host.rewind();
            match self.run_once(input, host, cost).map_err(|kind| host.fault(kind).at(place()))? {
                Ended::Decided(decision) => return Ok(Run::Decided(decision)),
                Ended::Pending(pending) => {
                    if let Some(wait) = host.perform(pending).await.map_err(|fault| fault.at(place()))? {
                        return Ok(Run::Waiting(wait));
                    }
                }
            }
        }
    }
}

#[async_trait]
impl Program for PluginProgram {
    async fn run(&self, input: &HookInput, host: &mut Host<'_>) -> Result<Run, HookFault> {
        self.go(input, host, &mut Cost::default()).await
    }
}
