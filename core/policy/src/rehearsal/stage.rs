//! The stage of one test.

use super::World;
use super::input::{parsed, sample};
use super::outcome::Outcome;
use crate::compile::{Single, single, told};
use crate::files::Files;
use crate::manifest::Manifest;
use crate::nearest::suggestion;
use gatewright_domain::flow::{Flow, FlowEnd, HookFault, HostAnswer, Wait};
use gatewright_domain::hooks::{Given, HookDecision, HookInput, Misuse, Policy as _, Runtime, Stage};
use gatewright_domain::page::{Form, Page, Submission, WAIT_ACTION};
use gatewright_domain::secret::SecretText;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::runtime::Handle;

/// A script, bound, in a world.
pub(super) struct RehearsalStage {
    files: Files,
    script: String,
    manifest: Manifest,
    piece: Option<Manifest>,
    runtimes: Vec<Arc<dyn Runtime>>,
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
        runtimes: &[Arc<dyn Runtime>],
        handle: &Handle,
    ) -> Self {
        Self {
            files: files.clone(),
            script,
            manifest: manifest.clone(),
            piece: None,
            runtimes: runtimes.to_vec(),
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
            let ended = handle.block_on(ask(single, running.input.clone(), &mut running.flow));
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

async fn ask(single: &Single, input: HookInput, flow: &mut Flow) -> Result<FlowEnd<HookDecision>, HookFault> {
    let policy = &single.policy;
    let decision = match input {
        HookInput::SelectAcr(input) => HookDecision::SelectAcr(policy.select_acr(input).await?),
        HookInput::AfterAuthentication(input) => {
            HookDecision::AfterAuthentication(policy.after_authentication(input).await?)
        }
        HookInput::Claims(input) => HookDecision::Claims(policy.claims(input).await?),
        HookInput::CustomizeToken(input) => HookDecision::CustomizeToken(policy.customize_token(input).await?),
        HookInput::Authenticate(input) => match policy.authenticate(input, flow).await? {
            FlowEnd::Decided(decision) => HookDecision::Authenticate(decision),
            FlowEnd::Waiting(wait) => return Ok(FlowEnd::Waiting(wait)),
        },
        HookInput::Consent(input) => match policy.consent(input, flow).await? {
            FlowEnd::Decided(decision) => HookDecision::Consent(decision),
            FlowEnd::Waiting(wait) => return Ok(FlowEnd::Waiting(wait)),
        },
    };
    Ok(FlowEnd::Decided(decision))
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
        self.bound().map(sample)
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

    fn answer(&mut self, answer: Map<String, Value>) -> Result<Value, Misuse> {
        let Some(mut running) = self.running.take() else {
            return Err(Misuse::new("it was not run, so there is nothing to answer"));
        };
        let Some(waits) = running.waits.clone() else {
            let ended = format!("it shows no page and visits nothing; it ended with {}", running.shown);
            return Err(Misuse::new(ended));
        };
        let (answer, typed) = match waits {
            Wait::Visit(_) => (HostAnswer::Returned(texts(answer)?), BTreeMap::new()),
            Wait::Page(Page::Consent(_)) => (consent(&answer)?, BTreeMap::new()),
            Wait::Page(Page::Form(form)) => match form.read(submission(&form, answer)?) {
                Ok((answer, typed)) => (HostAnswer::Form(answer), typed),
                // As in a browser: the page comes back with what is wrong at its field, and the hook does not run.
                Err(again) => {
                    let shown = Outcome::Waits(Wait::Page(Page::Form(*again))).shown();
                    self.running = Some(running);
                    return Ok(shown);
                }
            },
        };
        let place = running.flow.journal.entries().len();
        running.flow = stored(&running.flow)?;
        running.flow.live.keep(place, typed);
        running.flow.journal.answer(answer);
        self.go(running)
    }

    fn requests(&self) -> Value {
        self.world.requests()
    }

    fn mails(&self) -> Value {
        self.world.mails()
    }
}

/// The flow as it comes back from storage, without the secrets of the request before.
fn stored(flow: &Flow) -> Result<Flow, Misuse> {
    let broken = |error: serde_json::Error| Misuse::new(format!("the journal cannot be stored: {error}"));
    let stored = serde_json::to_string(&flow.journal).map_err(broken)?;
    Ok(Flow { journal: serde_json::from_str(&stored).map_err(broken)?, ..Flow::default() })
}

fn submission(form: &Form, answer: Map<String, Value>) -> Result<Submission, Misuse> {
    let mut submission = Submission::default();
    for (name, text) in texts(answer)? {
        if name == "action" {
            let waits = form.wait_s.map(|_| WAIT_ACTION);
            let actions: Vec<&str> = form.actions.iter().map(|action| action.name.as_str()).chain(waits).collect();
            known("button", &text, &actions)?;
            submission.action = Some(text);
        } else {
            let answered = form.fields.iter().filter(|field| field.kind.is_answered());
            let fields: Vec<&str> = answered.map(|field| field.name.as_str()).collect();
            known("field", &name, &fields)?;
            submission.values.insert(name, SecretText::new(text));
        }
    }
    Ok(submission)
}

fn known(what: &str, name: &str, all: &[&str]) -> Result<(), Misuse> {
    if all.contains(&name) {
        return Ok(());
    }
    let hint = suggestion(name, all).map(|hint| format!("; {hint}")).unwrap_or_default();
    Err(Misuse::new(format!("the page has no {what} `{name}`{hint}")))
}

fn consent(answer: &Map<String, Value>) -> Result<HostAnswer, Misuse> {
    match (answer.get("allowed"), answer.len()) {
        (Some(Value::Bool(allowed)), 1) => Ok(HostAnswer::Consent { allowed: *allowed }),
        _ => Err(Misuse::new("answer the consent page with #{ allowed: true } or #{ allowed: false }")),
    }
}

/// What a browser sends: texts, and a ticked box as one.
fn texts(answer: Map<String, Value>) -> Result<BTreeMap<String, String>, Misuse> {
    let text = |(name, value): (String, Value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Bool(ticked) => Ok((name, if ticked { "on".to_owned() } else { String::new() })),
        Value::Number(number) => Ok((name, number.to_string())),
        _ => Err(Misuse::new(format!("`{name}` is answered with a text, a number, true or false"))),
    };
    answer.into_iter().map(text).collect()
}
