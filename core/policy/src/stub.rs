//! Programs that unit tests write as closures, and a runtime that serves them.

use crate::bundle::CompiledBundle;
use crate::compile::compile;
use crate::files::{Files, bundle};
use crate::rehearsal::World;
use async_trait::async_trait;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::{FaultKind, HookFault, Host, HostAnswer, HostCall, Met, Place, Wait};
use gatewright_domain::hooks::{
    Diagnostic, HookDecision, HookInput, Misuse, Program, Run, Runtime, Stage, TestFailure, TestFile, Unit,
};
use gatewright_domain::identifiers::{BindingName, BundleDigest};
use gatewright_domain::page::{Form, Page};
use gatewright_domain::store::BundleStore;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

type Deciding = Arc<dyn Fn(&HookInput) -> Result<HookDecision, FaultKind> + Send + Sync>;

/// What a stub does when it is run.
#[derive(Clone)]
pub(crate) enum Stub {
    /// Decides by its input.
    Decide(Deciding),
    /// Asks one page of this title, then decides or fails.
    Ask(&'static str, Arc<dyn Fn() -> Result<HookDecision, FaultKind> + Send + Sync>),
    /// Makes these calls, then decides.
    Call(Vec<HostCall>, HookDecision),
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
    tests: BTreeMap<String, Vec<(&'static str, Test)>>,
}

/// A test, written as a closure.
pub(crate) type Test = Arc<dyn Fn(&mut dyn Stage) -> Result<(), Misuse> + Send + Sync>;

impl StubRuntime {
    pub(crate) fn new(stubs: &[(&str, Stub)]) -> Arc<Self> {
        Self::with_tests(stubs, &[])
    }

    /// With the tests of a file.
    pub(crate) fn with_tests(stubs: &[(&str, Stub)], tests: &[(&str, &'static str, Test)]) -> Arc<Self> {
        let stubs = stubs.iter().map(|(path, stub)| ((*path).to_owned(), stub.clone())).collect();
        let mut by_file: BTreeMap<String, Vec<_>> = BTreeMap::new();
        for (path, name, test) in tests {
            by_file.entry((*path).to_owned()).or_default().push((*name, test.clone()));
        }
        Arc::new(Self { stubs, tests: by_file, ..Self::default() })
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

    fn compile_tests(
        &self,
        path: &str,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Arc<dyn TestFile>, Vec<Diagnostic>> {
        let place = Place { file: path.to_owned(), line: 1, column: 1 };
        if files[path].starts_with(b"bad") {
            return Err(vec![Diagnostic { place, message: "it is bad".into(), hint: None }]);
        }
        Ok(Arc::new(StubTests { place, tests: self.tests.get(path).cloned().unwrap_or_default() }))
    }
}

struct StubTests {
    place: Place,
    tests: Vec<(&'static str, Test)>,
}

impl TestFile for StubTests {
    fn names(&self) -> Vec<String> {
        self.tests.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    fn play(&self, name: &str, mut stage: Box<dyn Stage>) -> Result<(), TestFailure> {
        let (_, test) = self.tests.iter().find(|(known, _)| *known == name).unwrap();
        let place = self.place.clone();
        let failed = |misuse: Misuse| Diagnostic { place, message: misuse.to_string(), hint: None };
        test(stage.as_mut()).map_err(|misuse| failed(misuse).into())
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
            Stub::Call(calls, decision) => {
                if let Some(wait) = made(calls, host).await? {
                    return Ok(Run::Waiting(wait));
                }
                Ok(decision.clone())
            }
            Stub::Hang => {
                tokio::time::sleep(Duration::from_secs(3600)).await;
                Err(thrown())
            }
        };
        decided.map(Run::Decided).map_err(|kind| HookFault::new(self.name.clone(), kind))
    }
}

/// Makes every call, from the start again after each that was performed.
async fn made(calls: &[HostCall], host: &mut Host<'_>) -> Result<Option<Wait>, HookFault> {
    host.rewind();
    let mut next = 0;
    while let Some(call) = calls.get(next) {
        next += 1;
        if let Met::Pending(pending) = host.meet(call.clone())? {
            if let Some(wait) = host.perform(pending).await? {
                return Ok(Some(wait));
            }
            host.rewind();
            next = 0;
        }
    }
    Ok(None)
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
    compile(&files, &runtimes(runtime), World::new().tools()).unwrap()
}

/// A store of bundles that can be told to fail, and counts how often it was read.
#[derive(Default)]
pub(crate) struct MemoryBundles {
    pub(crate) kept: Mutex<BTreeMap<BundleDigest, Vec<u8>>>,
    pub(crate) reads: AtomicUsize,
    pub(crate) broken: std::sync::atomic::AtomicBool,
}

#[async_trait]
impl BundleStore for MemoryBundles {
    async fn keep(&self, digest: &BundleDigest, files: &[u8], _now: Timestamp) -> Result<(), Fault> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(Fault::new("store.bundles", "broken"));
        }
        self.kept.lock().unwrap().insert(digest.clone(), files.to_vec());
        Ok(())
    }

    async fn find(&self, digest: &BundleDigest) -> Result<Option<Vec<u8>>, Fault> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        Ok(self.kept.lock().unwrap().get(digest).cloned())
    }
}

/// This runtime alone.
pub(crate) fn runtimes(runtime: &Arc<StubRuntime>) -> crate::Runtimes {
    vec![runtime.clone() as Arc<dyn Runtime>].into()
}

/// A workshop of these.
pub(crate) fn workshop(runtime: &Arc<StubRuntime>, store: &Arc<MemoryBundles>) -> crate::live::Workshop {
    crate::live::Workshop { runtimes: runtimes(runtime), tools: World::new().tools(), store: store.clone() }
}
