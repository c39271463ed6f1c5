//! What every test here needs: one plugin, compiled for a hook and run on a host.

use crate::guest::Guest;
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::{FaultKind, Flow, HookFault, Host, HostAnswer, Journal, Wait};
use gatewright_domain::hooks::{Diagnostic, HookDecision, HookInput, HookKind, Limits, Program, Run, Runtime, Unit};
use gatewright_domain::identifiers::BindingName;
use gatewright_domain::page::{Form, Page, Submission};
use gatewright_domain::secret::SecretText;
use gatewright_domain::trace::Spent;
use gatewright_plugin_host::WasmRuntime;
use gatewright_testing::capabilities::{StubTools, everything};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static RUNTIME: LazyLock<WasmRuntime> = LazyLock::new(|| WasmRuntime::new(None));

/// The path of the plugin under test.
pub const PATH: &str = "hook.wasm";

/// The default limits, but for the time: how long an instruction takes is not what these tests are about.
pub const PATIENT: Limits = Limits { time_ms: 60_000, ..DEFAULT };
const DEFAULT: Limits = Limits {
    operations: 200_000,
    time_ms: 50,
    total_ms: 10_000,
    call_depth: 32,
    string_bytes: 64 * 1024,
    array_items: 4_096,
    map_items: 1_024,
    memory_mib: 32,
    output_bytes: 256 * 1024,
};

/// How a plugin is compiled.
#[derive(Clone)]
pub struct Setting {
    pub hook: HookKind,
    pub loan: Loan,
    pub limits: Limits,
}

impl Setting {
    /// Everything lent.
    pub fn of(hook: HookKind) -> Self {
        Self { hook, loan: everything(), limits: PATIENT }
    }

    pub fn compile(&self, component: &[u8]) -> Result<Arc<dyn Program>, Vec<Diagnostic>> {
        let files = BTreeMap::from([(PATH.to_owned(), component.to_vec())]);
        RUNTIME.compile(&Unit {
            binding: binding(),
            hook: self.hook,
            path: PATH.to_owned(),
            files: &files,
            loan: self.loan.clone(),
            limits: self.limits,
        })
    }
}

pub fn binding() -> BindingName {
    BindingName::parse("test").unwrap()
}

/// A plugin with its flow, across the requests of one trip.
pub struct Stage {
    pub stub: StubTools,
    pub flow: Flow,
    pub input: HookInput,
    /// What the last call took.
    pub spent: Spent,
    setting: Setting,
    program: Arc<dyn Program>,
}

impl Stage {
    /// # Panics
    /// When the plugin does not compile.
    #[track_caller]
    pub fn new(guest: &Guest) -> Self {
        Self::set(Setting::of(guest.hook), guest)
    }

    /// # Panics
    /// When the plugin does not compile.
    #[track_caller]
    pub fn set(setting: Setting, guest: &Guest) -> Self {
        let program = setting.compile(&guest.component()).unwrap_or_else(|wrong| panic!("{wrong:#?}"));
        Self::with(setting, program)
    }

    /// A program that was compiled so.
    pub fn with(setting: Setting, program: Arc<dyn Program>) -> Self {
        let input = HookInput::sample(setting.hook);
        Self { stub: StubTools::new(), flow: Flow::default(), input, spent: Spent::default(), setting, program }
    }

    pub fn run(&mut self) -> Result<Run, HookFault> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (binding, interactive) = (binding(), self.setting.hook.is_interactive());
        let mut host = Host::new(&binding, &self.setting.loan, &self.stub.tools, &mut self.flow, interactive);
        let ended = runtime.block_on(self.program.run(&self.input, &mut host));
        self.spent = *host.spent();
        ended
    }

    /// The form it shows.
    #[track_caller]
    pub fn form(&mut self) -> Form {
        match self.run().unwrap() {
            Run::Waiting(Wait::Page(Page::Form(form))) => form,
            other => panic!("{other:?}"),
        }
    }

    /// Another request: the journal was stored and read back, and secrets typed before are gone.
    pub fn next_request(&mut self) {
        let stored = serde_json::to_string(&self.flow.journal).unwrap();
        let journal: Journal = serde_json::from_str(&stored).unwrap();
        self.flow = Flow { journal, ..Flow::default() };
    }

    /// Answers the form it waits for, in a request of its own.
    #[track_caller]
    pub fn submit(&mut self, values: &[(&str, &str)]) {
        self.next_request();
        let entry = self.flow.journal.entries().len();
        let Some(gatewright_domain::flow::HostCall::Ask(Page::Form(form))) = self.flow.journal.waiting().cloned()
        else {
            panic!("it waits for no form");
        };
        let typed = values.iter().map(|(name, text)| ((*name).to_owned(), SecretText::new(*text))).collect();
        let (answer, secrets) = form.read(Submission { values: typed, action: None }).unwrap();
        self.flow.live.keep(entry, secrets);
        assert!(self.flow.journal.answer(HostAnswer::Form(answer)));
    }
}

/// The decision of a plugin on its sample input.
#[track_caller]
pub fn decide(guest: &Guest) -> HookDecision {
    match Stage::new(guest).run().unwrap() {
        Run::Decided(decision) => decision,
        other => panic!("{other:?}"),
    }
}

/// The fault of a plugin on its sample input.
#[track_caller]
pub fn fault(guest: &Guest) -> FaultKind {
    let fault = Stage::new(guest).run().unwrap_err();
    assert_eq!(fault.place.unwrap().file, PATH);
    fault.kind
}

/// What is wrong with a plugin: message, hint.
#[track_caller]
pub fn wrong(setting: &Setting, component: &[u8]) -> Vec<(String, String)> {
    let found = setting.compile(component).err().unwrap_or_else(|| panic!("it compiles"));
    assert!(found.iter().all(|found| found.place.file == PATH && found.place.line == 1));
    found.into_iter().map(|found| (found.message, found.hint.unwrap_or_default())).collect()
}
