//! What a call of one binding costs: run as the server runs it, each call in a world of its own.

use super::World;
use super::document::usual;
use super::input::{laid_over, parsed, sample};
use crate::Runtimes;
use crate::compile::{Single, alone, compile};
use crate::files::{Files, MANIFEST};
use crate::manifest::Manifest;
use gatewright_domain::flow::{Flow, HookFault};
use gatewright_domain::hooks::{Diagnostic, Given, HookInput, HookKind, Limits, Misuse, Run};
use gatewright_domain::trace::Spent;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A binding under measurement.
pub struct Gauge {
    single: Single,
    inputs: Vec<HookInput>,
    givens: Vec<Given>,
}

/// One call: to its decision, its first page, or its fault.
#[derive(Debug)]
pub struct Call {
    /// How it ended.
    pub ended: Result<Run, HookFault>,
    /// How long it took; what the world did for it is part of it.
    pub took: Duration,
    /// Host calls it made.
    pub host_calls: usize,
}

impl Gauge {
    /// A gauge for each binding of a bundle, stand-ins among them, in the order of the manifest. `inputs` are laid over
    /// the samples of their hooks; `givens` are what is in the world, or nothing for what usually is.
    ///
    /// # Errors
    /// What is wrong with the bundle, or with an input.
    pub fn all(
        files: &Files,
        runtimes: &Runtimes,
        inputs: &BTreeMap<HookKind, Vec<Value>>,
        givens: Option<&[Given]>,
    ) -> Result<Vec<Self>, GaugeError> {
        compile(files, runtimes, World::new().tools()).map_err(GaugeError::Wrong)?;
        let manifest = Manifest::read(files.text(MANIFEST).unwrap_or_default()).0;
        let gauge = |binding| {
            let single = alone(files, (&manifest, binding), runtimes, World::new().tools())?;
            let givens = givens.map_or_else(|| usual(&single.bound.loan.secrets), <[Given]>::to_vec);
            let inputs = inputs_of(&single, inputs)?;
            let gauge = Self { single, inputs, givens };
            gauge.world()?;
            Ok(gauge)
        };
        manifest.bindings.iter().map(gauge).collect()
    }

    /// The binding.
    pub fn binding(&self) -> &str {
        self.single.bound.name.as_str()
    }

    /// Its hook.
    pub fn hook(&self) -> HookKind {
        self.single.bound.hook
    }

    /// Within what it runs.
    pub fn limits(&self) -> &Limits {
        &self.single.bound.limits
    }

    /// How many inputs it is called with in turn.
    pub fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// Calls the binding with one of its inputs, `turn` counting through them.
    ///
    /// # Errors
    /// What is given is not what the world knows.
    pub async fn call(&self, turn: usize) -> Result<Call, Misuse> {
        let tools = self.world()?.tools();
        let mut flow = Flow::default();
        let began = Instant::now();
        let (ended, _) = self.single.bound.run(self.input(turn), &mut flow, &tools).await;
        Ok(Call { ended, took: began.elapsed(), host_calls: flow.journal.entries().len() })
    }

    /// What the last run of such a call takes: the most that any run of it does, for none goes as far.
    ///
    /// # Errors
    /// What is given is not what the world knows.
    pub async fn last_run(&self, turn: usize) -> Result<Spent, Misuse> {
        let tools = self.world()?.tools();
        let (bound, mut flow) = (&self.single.bound, Flow::default());
        let _ = bound.run(self.input(turn), &mut flow, &tools).await;
        // With every answer in its journal the last run is the only one.
        let (_, spent) = bound.run(self.input(turn), &mut flow, &tools).await;
        Ok(spent)
    }

    fn input(&self, turn: usize) -> &HookInput {
        &self.inputs[turn % self.inputs.len()]
    }

    fn world(&self) -> Result<Arc<World>, Misuse> {
        let world = World::new();
        world.belongs_to(self.binding());
        self.givens.iter().try_for_each(|given| world.give(given.clone()))?;
        Ok(world)
    }
}

/// Why nothing can be measured.
#[derive(Debug, thiserror::Error)]
pub enum GaugeError {
    /// The bundle does not compile.
    #[error("the policy has errors")]
    Wrong(Vec<Diagnostic>),
    /// An input, or what is given, is not of its form.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

fn inputs_of(single: &Single, inputs: &BTreeMap<HookKind, Vec<Value>>) -> Result<Vec<HookInput>, Misuse> {
    let (hook, terms) = (single.bound.hook, &single.bound.terms);
    let sample = sample(&single.policy, hook, terms);
    let over = inputs.get(&hook).filter(|over| !over.is_empty());
    let Some(over) = over else { return Ok(vec![parsed(hook, sample)?]) };
    let laid = |over: &Value| {
        let mut whole = sample.clone();
        laid_over(&mut whole, over.clone());
        parsed(hook, whole)
    };
    over.iter().map(laid).collect()
}
