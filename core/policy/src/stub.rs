//! Programs that unit tests write as closures, and a runtime that serves them.

use crate::bundle::CompiledBundle;
use crate::compile::compile;
use crate::files::{Files, bundle};
use crate::rehearsal::World;
use async_trait::async_trait;
use gatewright_domain::flow::{FaultKind, HookFault, Host, HostAnswer, HostCall, Met, Place};
use gatewright_domain::hooks::{Diagnostic, HookDecision, HookInput, Program, Run, Runtime, Unit};
use gatewright_domain::identifiers::BindingName;
use gatewright_domain::page::{Form, Page};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a stub does when it is run.
#[derive(Clone)]
pub(crate) enum Stub {
    /// Decides by its input.
    Decide(Arc<dyn Fn(&HookInput) -> Result<HookDecision, FaultKind> + Send + Sync>),
    /// Asks one page of this title, then decides or fails.
    Ask(&'static str, Arc<dyn Fn() -> Result<HookDecision, FaultKind> + Send + Sync>),
    /// Never comes back.
    Hang,
}

pub(crate) fn decide(with: impl Fn(&HookInput) -> Result<HookDecision, FaultKind> + Send + Sync + 'static) -> Stub {
    Stub::Decide(Arc::new(with))
}

pub(crate) fn always(decision: HookDecision) -> Stub {
    decide(move |_| Ok(decision.clone()))
}

pub(crate) fn fails() -> Stub {
    decide(|_| Err(thrown()))
}

pub(crate) fn thrown() -> FaultKind {
    FaultKind::Threw { message: "boom".into() }
}

/// A runtime of stubs, by path. A file of which the text begins with `bad` does not compile.
#[derive(Default)]
pub(crate) struct StubRuntime {
    stubs: BTreeMap<String, Stub>,
    pub(crate) compiled: AtomicUsize,
    pub(crate) ran: Arc<Mutex<Vec<String>>>,
}

impl StubRuntime {
    pub(crate) fn new(stubs: &[(&str, Stub)]) -> Arc<Self> {
        let stubs = stubs.iter().map(|(path, stub)| ((*path).to_owned(), stub.clone())).collect();
        Arc::new(Self { stubs, ..Self::default() })
    }

    /// The bindings that ran so far, in order.
    pub(crate) fn ran(&self) -> Vec<String> {
        self.ran.lock().unwrap().clone()
    }
}

impl Runtime for StubRuntime {
    fn extension(&self) -> &'static str {
        "rhai"
    }

    fn compile(&self, unit: &Unit<'_>) -> Result<Arc<dyn Program>, Vec<Diagnostic>> {
        self.compiled.fetch_add(1, Ordering::SeqCst);
        if unit.files[&unit.path].starts_with(b"bad") {
            let place = Place { file: unit.path.clone(), line: 1, column: 1 };
            return Err(vec![Diagnostic { place, message: "it is bad".into(), hint: None }]);
        }
        let stub = self.stubs.get(&unit.path).cloned().unwrap_or_else(fails);
        Ok(Arc::new(StubProgram { name: unit.binding.clone(), stub, ran: self.ran.clone() }))
    }
}

struct StubProgram {
    name: BindingName,
    stub: Stub,
    ran: Arc<Mutex<Vec<String>>>,
}

#[async_trait]
impl Program for StubProgram {
    async fn run(&self, input: &HookInput, host: &mut Host<'_>) -> Result<Run, HookFault> {
        self.ran.lock().unwrap().push(self.name.as_str().to_owned());
        let decided = match &self.stub {
            Stub::Decide(decide) => decide(input),
            Stub::Ask(title, decide) => {
                host.rewind();
                let page = Page::Form(Form { title: (*title).into(), ..Form::default() });
                match host.meet(HostCall::Ask(page))? {
                    Met::Pending(pending) => match host.perform(pending).await? {
                        Some(wait) => return Ok(Run::Waiting(wait)),
                        None => Err(thrown()),
                    },
                    Met::Answered(HostAnswer::Form(_)) => decide(),
                    Met::Answered(_) => Err(thrown()),
                }
            }
            Stub::Hang => {
                tokio::time::sleep(Duration::from_secs(3600)).await;
                Err(thrown())
            }
        };
        decided.map(Run::Decided).map_err(|kind| HookFault::new(self.name.clone(), kind))
    }
}

/// What every manifest of these tests begins with.
pub(crate) const PWD: &str = "\
default_acr = \"pwd\"
[[authenticate]]
acr = \"pwd\"
level = 10
amr = [\"pwd\"]
run = \"pwd.rhai\"
";

/// The files of a manifest: it itself, and an empty file for every path it runs.
pub(crate) fn files_of(manifest: &str) -> Files {
    let runs = manifest.lines().filter_map(|line| line.trim().strip_prefix("run = \"")?.strip_suffix('"'));
    let mut files = vec![("policy.toml", manifest)];
    files.extend(runs.map(|path| (path, "")));
    bundle(&files)
}

/// The policy of a manifest that begins with [`PWD`], its files being these stubs.
pub(crate) fn policy(manifest: &str, runtime: &Arc<StubRuntime>) -> CompiledBundle {
    let files = files_of(&format!("{PWD}{manifest}"));
    compile(&files, &[runtime.clone() as Arc<dyn Runtime>], World::new().tools()).unwrap()
}
