//! What every test here needs: one script, compiled for a hook and run on a host.

use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::flow::{FaultKind, Flow, HookFault, Host, HostAnswer, Journal, Wait};
use gatewright_domain::hooks::{
    AfterAuthenticationInput, AuthenticateInput, ClaimsInput, ConsentInput, CustomizeTokenInput, Diagnostic,
    HookDecision, HookInput, HookKind, Limits, Program, Run, Runtime, SelectAcrInput, Unit,
};
use gatewright_domain::identifiers::BindingName;
use gatewright_domain::page::{Form, Page, Submission};
use gatewright_domain::secret::SecretText;
use gatewright_domain::trace::Spent;
use gatewright_script_host::RhaiRuntime;
use gatewright_testing::capabilities::{StubTools, everything};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

static RUNTIME: LazyLock<RhaiRuntime> = LazyLock::new(RhaiRuntime::new);

/// The path of the script under test.
pub const PATH: &str = "hook.rhai";

/// How a script is compiled.
#[derive(Clone)]
pub struct Setting {
    pub hook: HookKind,
    pub loan: Loan,
    pub limits: Limits,
    /// Other files of the bundle.
    pub files: Vec<(&'static str, &'static str)>,
}

impl Setting {
    /// Everything lent, default limits.
    pub fn of(hook: HookKind) -> Self {
        Self { hook, loan: everything(), limits: Limits::default(), files: vec![] }
    }

    pub fn compile(&self, script: &str) -> Result<Arc<dyn Program>, Vec<Diagnostic>> {
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (path, text) in &self.files {
            files.insert((*path).to_owned(), text.as_bytes().to_vec());
        }
        files.insert(PATH.to_owned(), script.as_bytes().to_vec());
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

/// The sample input of a hook.
pub fn sample(hook: HookKind) -> HookInput {
    match hook {
        HookKind::SelectAcr => HookInput::SelectAcr(SelectAcrInput::sample()),
        HookKind::Authenticate => HookInput::Authenticate(AuthenticateInput::sample()),
        HookKind::AfterAuthentication => HookInput::AfterAuthentication(AfterAuthenticationInput::sample()),
        HookKind::Consent => HookInput::Consent(ConsentInput::sample()),
        HookKind::Claims => HookInput::Claims(ClaimsInput::sample()),
        HookKind::CustomizeToken => HookInput::CustomizeToken(CustomizeTokenInput::sample()),
    }
}

/// A script with its flow, across the requests of one trip.
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
    /// When the script does not compile.
    #[track_caller]
    pub fn new(setting: Setting, script: &str) -> Self {
        let program = setting.compile(script).unwrap_or_else(|wrong| panic!("{script}\n{wrong:#?}"));
        let input = sample(setting.hook);
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

/// Runs a script once on its sample input.
#[track_caller]
pub fn run(hook: HookKind, script: &str) -> Result<Run, HookFault> {
    Stage::new(Setting::of(hook), script).run()
}

/// The decision of a script on its sample input.
#[track_caller]
pub fn decide(hook: HookKind, script: &str) -> HookDecision {
    match run(hook, script).unwrap() {
        Run::Decided(decision) => decision,
        other => panic!("{other:?}"),
    }
}

/// The fault of a script on its sample input.
#[track_caller]
pub fn fault(hook: HookKind, script: &str) -> HookFault {
    run(hook, script).unwrap_err()
}

/// What a script throws on its sample input.
#[track_caller]
pub fn thrown(hook: HookKind, script: &str) -> String {
    match fault(hook, script).kind {
        FaultKind::Threw { message } => message,
        other => panic!("{other:?}"),
    }
}

/// What is wrong with a script: line, message, hint.
#[track_caller]
pub fn wrong(setting: &Setting, script: &str) -> Vec<(usize, String, String)> {
    let found = setting.compile(script).err().unwrap_or_else(|| panic!("compiles: {script}"));
    found.into_iter().map(|found| (found.place.line, found.message, found.hint.unwrap_or_default())).collect()
}
