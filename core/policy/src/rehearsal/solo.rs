//! One hook of a bundle, asked without a server around it: page by page, in a world of its own, every run seen.

use super::World;
use super::answer::{Answered, answered, resumed};
use super::ask::ask;
use super::document::usual;
use super::input::{laid_over, parsed, sample};
use super::outcome::Outcome;
use crate::Runtimes;
use crate::bundle::CompiledBundle;
use crate::compile::{alone, compile};
use crate::files::{Files, MANIFEST};
use crate::manifest::{Binding, Manifest};
use crate::nearest::suggestion;
use gatewright_domain::flow::{Entry, Flow, FlowEnd, Wait};
use gatewright_domain::hooks::{Diagnostic, Given, HookInput, HookKind, Misuse, Policy};
use gatewright_domain::identifiers::{BindingName, BundleDigest};
use gatewright_domain::page::Page;
use gatewright_domain::trace::{AfterFault, Asked, HookRun, Observer, RunEnd, Scene, Spent};
use serde_json::{Map, Value};
use std::sync::{Arc, Mutex, PoisonError};

/// A hook that can be asked.
pub struct Solo {
    policy: Arc<CompiledBundle>,
    hook: HookKind,
    sample: Value,
    world: Arc<World>,
}

/// Why nothing can be asked.
#[derive(Debug, thiserror::Error)]
pub enum SoloError {
    /// The bundle does not compile.
    #[error("the policy has errors")]
    Wrong(Vec<Diagnostic>),
    /// What was asked for is not there.
    #[error(transparent)]
    Misuse(#[from] Misuse),
}

/// A hook being asked.
pub struct Asking {
    solo: Solo,
    observed: Arc<dyn Policy>,
    seen: Arc<Seen>,
    input: HookInput,
    flow: Flow,
    waits: Option<Wait>,
}

/// What came of asking it once: a decision, a fault, or what it waits for.
#[derive(Debug, Clone)]
pub struct Turn {
    /// What happened, as a test sees it.
    pub outcome: Value,
    /// The bindings that ran, in order.
    pub runs: Vec<Ran>,
    /// Whether it waits for an answer.
    pub waits: bool,
    /// Whether it failed.
    pub failed: bool,
}

/// One binding that ran.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Which.
    pub binding: BindingName,
    /// The host calls it made that had no answer before, with their answers.
    pub calls: Vec<Entry>,
    /// How it ended, as a test sees it.
    pub end: Value,
    /// What its binding says is to be done after a fault.
    pub then: Option<AfterFault>,
    /// What it took.
    pub spent: Spent,
}

impl From<HookRun> for Ran {
    fn from(run: HookRun) -> Self {
        let HookRun { binding, journal, known, end, spent } = run;
        let (end, then) = match end {
            RunEnd::Decided(decision) => (Outcome::Decided(decision), None),
            RunEnd::Waiting(wait) => (Outcome::Waits(wait), None),
            RunEnd::Fault { fault, then } => (Outcome::Failed(fault), Some(then)),
        };
        let calls = journal.entries().iter().skip(known).cloned().collect();
        Self { binding, calls, end: end.shown(), then, spent }
    }
}

#[derive(Default)]
struct Seen(Mutex<Vec<HookRun>>);

impl Observer for Seen {
    fn asked(&self, asked: &Arc<Asked>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(asked.runs.iter().cloned());
    }
}

impl Solo {
    /// The hook of a bundle with all its bindings, or one binding of it alone.
    ///
    /// # Errors
    /// What is wrong with the bundle; that it has no such binding.
    pub fn open(files: &Files, runtimes: &Runtimes, hook: HookKind, binding: Option<&str>) -> Result<Self, SoloError> {
        let world = World::new();
        let whole = compile(files, runtimes, world.tools()).map_err(SoloError::Wrong)?;
        let (policy, bound) = match binding {
            None => {
                let bound = whole.row(hook).first().cloned();
                let unbound = || Misuse::new(format!("the policy binds nothing to {hook}, so nobody is asked"));
                (Arc::new(whole), bound.ok_or_else(unbound)?)
            }
            Some(name) => {
                let manifest = Manifest::read(files.text(MANIFEST).unwrap_or_default()).0;
                let wanted = named(&manifest, hook, name)?;
                let single = alone(files, (&manifest, wanted), runtimes, world.tools())?;
                (single.policy, single.bound)
            }
        };
        world.belongs_to(bound.name.as_str());
        let sample = sample(&policy, hook, &bound.terms);
        Ok(Self { policy, hook, sample, world })
    }

    /// What is in the world of who gives nothing: the end-user of the samples, and every secret that is lent.
    pub fn usual(&self) -> Vec<Given> {
        let secrets = self.policy.row(self.hook).iter().flat_map(|bound| bound.chain().collect::<Vec<_>>());
        usual(secrets.flat_map(|bound| &bound.loan.secrets))
    }

    /// Puts something into the world.
    ///
    /// # Errors
    /// When what is given is not what the world knows.
    pub fn give(&self, given: Given) -> Result<(), Misuse> {
        self.world.give(given)
    }

    /// Which bundle it is of.
    pub fn digest(&self) -> &BundleDigest {
        &self.policy.digest
    }

    /// Asks with the sample, `input` laid over it.
    ///
    /// # Errors
    /// A member that the input of the hook does not have.
    pub fn asked(self, input: Value) -> Result<Asking, Misuse> {
        let mut whole = self.sample.clone();
        laid_over(&mut whole, input);
        let input = parsed(self.hook, whole)?;
        let seen = Arc::new(Seen::default());
        let observed = self.policy.clone().observed(Scene { observer: seen.clone() });
        Ok(Asking { solo: self, observed, seen, input, flow: Flow::default(), waits: None })
    }
}

impl Asking {
    /// What it is told.
    pub fn input(&self) -> &HookInput {
        &self.input
    }

    /// Goes on as far as it gets.
    pub async fn go(&mut self) -> Turn {
        let outcome = if self.solo.policy.is_asked(&self.input) {
            match ask(self.observed.as_ref(), self.input.clone(), &mut self.flow).await {
                Ok(FlowEnd::Decided(decision)) => Outcome::Decided(decision),
                Ok(FlowEnd::Waiting(wait)) => Outcome::Waits(wait),
                Err(fault) => Outcome::Failed(fault),
            }
        } else {
            Outcome::NotAsked
        };
        self.waits = match &outcome {
            Outcome::Waits(wait) => Some(wait.clone()),
            _ => None,
        };
        let runs = std::mem::take(&mut *self.seen.0.lock().unwrap_or_else(PoisonError::into_inner));
        let failed = matches!(outcome, Outcome::Failed(_));
        let runs = runs.into_iter().map(Ran::from).collect();
        Turn { outcome: outcome.shown(), runs, waits: self.waits.is_some(), failed }
    }

    /// Answers what it waits for. Where the page comes back because of what was typed, that page is the answer, and it
    /// waits still.
    ///
    /// # Errors
    /// It waits for nothing, or the page has no such field.
    pub fn answer(&mut self, answer: Map<String, Value>) -> Result<Option<Value>, Misuse> {
        let waits = self.waits.clone().ok_or_else(|| Misuse::new("it waits for nothing"))?;
        match answered(waits, answer)? {
            Answered::ShownAgain(form) => Ok(Some(Outcome::Waits(Wait::Page(Page::Form(*form))).shown())),
            Answered::Goes(answer, typed) => {
                self.flow = resumed(&self.flow, answer, typed)?;
                self.waits = None;
                Ok(None)
            }
        }
    }

    /// The requests it has sent so far.
    pub fn requests(&self) -> Value {
        self.solo.world.requests()
    }

    /// The mail it has sent so far.
    pub fn mails(&self) -> Value {
        self.solo.world.mails()
    }
}

/// The binding of that name, with its hook before it or without.
fn named<'m>(manifest: &'m Manifest, hook: HookKind, name: &str) -> Result<&'m Binding, Misuse> {
    let full = if name.contains('/') { name.to_owned() } else { format!("{hook}/{name}") };
    let of_hook = || manifest.bindings.iter().filter(|binding| binding.hook == hook);
    let Some(found) = of_hook().find(|binding| binding.name.value.as_str() == full) else {
        let names: Vec<&str> = of_hook().map(|binding| binding.name.value.as_str()).collect();
        let hint = suggestion(&full, &names).unwrap_or_else(|| format!("the policy binds nothing to {hook}"));
        return Err(Misuse::new(format!("no binding of {hook} is called `{full}`; {hint}")));
    };
    if found.stand_in {
        let why = format!("`{full}` stands in for another and runs only after that has failed; ask for the other");
        return Err(Misuse::new(why));
    }
    Ok(found)
}
