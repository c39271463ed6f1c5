//! The stage of one test.

use super::World;
use super::answer::{Answered, answered, resumed};
use super::ask::ask;
use super::input::{parsed, sample};
use super::outcome::Outcome;
use crate::Runtimes;
use crate::compile::{Single, single, told};
use crate::files::Files;
use crate::manifest::Manifest;
use crate::trial::record_of;
use gatewright_domain::flow::{Flow, FlowEnd, Wait};
use gatewright_domain::hooks::{Given, HookInput, Misuse, Stage};
use gatewright_domain::page::Page;
use gatewright_domain::trace::{Answer, Recording};
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::runtime::Handle;

/// A script, bound, in a world.
pub(super) struct RehearsalStage {
    files: Files,
    script: String,
    manifest: Manifest,
    piece: Option<Manifest>,
    runtimes: Runtimes,
    handle: Handle,
    world: Arc<World>,
    bound: Option<Single>,
    running: Option<Running>,
}

/// A hook between two of its runs.
struct Running {
    input: HookInput,
    flow: Flow,
    waits: Option<Wait>,
    shown: Value,
}

impl RehearsalStage {
    pub(super) fn new(
        files: &Files,
        script: String,
        manifest: &Manifest,
        runtimes: &Runtimes,
        handle: &Handle,
    ) -> Self {
        Self {
            files: files.clone(),
            script,
            manifest: manifest.clone(),
            piece: None,
            runtimes: runtimes.clone(),
            handle: handle.clone(),
            world: World::new(),
            bound: None,
            running: None,
        }
    }

    /// The binding, compiled when it is first needed.
    fn bound(&mut self) -> Result<&Single, Misuse> {
        if self.bound.is_none() {
            let manifests = (&self.manifest, self.piece.as_ref());
            let single = single(&self.files, &self.script, manifests, &self.runtimes, self.world.tools())?;
            self.world.belongs_to(single.bound.name.as_str());
            self.bound = Some(single);
        }
        self.bound.as_ref().ok_or_else(|| Misuse::new("the script is not bound"))
    }

    /// Runs the hook as far as it gets.
    fn go(&mut self, mut running: Running) -> Result<Value, Misuse> {
        let handle = self.handle.clone();
        let single = self.bound()?;
        let outcome = if single.policy.is_asked(&running.input) {
            let ended = handle.block_on(ask(single.policy.as_ref(), running.input.clone(), &mut running.flow));
            match ended {
                Ok(FlowEnd::Decided(decision)) => Outcome::Decided(decision),
                Ok(FlowEnd::Waiting(wait)) => Outcome::Waits(wait),
                Err(fault) => Outcome::Failed(fault),
            }
        } else {
            Outcome::NotAsked
        };
        running.waits = match &outcome {
            Outcome::Waits(wait) => Some(wait.clone()),
            _ => None,
        };
        running.shown = outcome.shown();
        let shown = running.shown.clone();
        self.running = Some(running);
        Ok(shown)
    }
}

impl Stage for RehearsalStage {
    fn bind(&mut self, manifest: &str) -> Result<(), Misuse> {
        let (piece, wrong) = Manifest::read(manifest);
        if !wrong.is_empty() {
            return Err(told(&wrong));
        }
        self.piece = Some(piece);
        self.bound = None;
        self.running = None;
        Ok(())
    }

    fn sample(&mut self) -> Result<Value, Misuse> {
        self.bound().map(|single| sample(&single.policy, single.bound.hook, &single.bound.terms))
    }

    fn given(&mut self, given: Given) -> Result<(), Misuse> {
        if matches!(given, Given::Value { .. }) {
            // Its namespace is the binding's name.
            self.bound()?;
        }
        self.world.give(given)
    }

    fn run(&mut self, input: Value) -> Result<Value, Misuse> {
        let hook = self.bound()?.bound.hook;
        let input = parsed(hook, input)?;
        self.go(Running { input, flow: Flow::default(), waits: None, shown: Value::Null })
    }

    fn recorded(&mut self, case: &str) -> Result<Value, Misuse> {
        let text =
            self.files.text(case).ok_or_else(|| Misuse::new(format!("there is no case `{case}` in the bundle")))?;
        let unreadable = |why: String| Misuse::new(format!("`{case}` is no recorded case: {why}"));
        let recording: Recording = serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let asked = recording.asked().map_err(|fault| unreadable(fault.to_string()))?;
        let handle = self.handle.clone();
        let single = self.bound()?;
        if single.bound.hook != asked.hook() {
            return Err(Misuse::new(format!(
                "`{case}` is a case of {}; the script answers {}",
                asked.hook(),
                single.bound.hook
            )));
        }
        let tried = handle.block_on(single.policy.ask_on_record(asked.input.clone(), record_of(&asked)));
        let outcome = match tried.answer {
            _ if tried.runs.is_empty() => Outcome::NotAsked,
            Answer::Decided(decision) => Outcome::Decided(decision),
            Answer::Waiting(wait) => Outcome::Waits(wait),
            Answer::Fault(fault) => Outcome::Failed(fault),
        };
        Ok(outcome.shown())
    }

    fn answer(&mut self, answer: Map<String, Value>) -> Result<Value, Misuse> {
        let Some(mut running) = self.running.take() else {
            return Err(Misuse::new("it was not run, so there is nothing to answer"));
        };
        let Some(waits) = running.waits.clone() else {
            let ended = format!("it shows no page and visits nothing; it ended with {}", running.shown);
            return Err(Misuse::new(ended));
        };
        let (answer, typed) = match answered(waits, answer)? {
            Answered::Goes(answer, typed) => (answer, typed),
            Answered::ShownAgain(form) => {
                let shown = Outcome::Waits(Wait::Page(Page::Form(*form))).shown();
                self.running = Some(running);
                return Ok(shown);
            }
        };
        running.flow = resumed(&running.flow, answer, typed)?;
        self.go(running)
    }

    fn requests(&self) -> Value {
        self.world.requests()
    }

    fn mails(&self) -> Value {
        self.world.mails()
    }
}
