//! What a call of a plugin costs: run as the server runs it, in fresh instances within the default limits, and counted.

use crate::manifest::{Manifest, Wants};
use crate::program::PluginProgram;
use crate::runtime::WasmRuntime;
use gatewright_domain::capabilities::loan::{HttpLoan, Loan};
use gatewright_domain::flow::{Flow, HookFault, Host, Tools};
use gatewright_domain::hooks::{Diagnostic, HookInput, HookKind, Limits, Run, Unit};
use gatewright_domain::identifiers::{BindingName, FactorKind};
use std::collections::BTreeMap;
use std::time::Duration;

const PATH: &str = "plugin.wasm";
/// Lent to a plugin that wants a secret and does not say which.
const ANY_SECRET: &str = "any";
/// The kind of factors of its own that a plugin is lent.
const ANY_KIND: &str = "any";
/// The provider that a plugin is lent.
const ANY_PROVIDER: &str = "any";

/// A plugin under measurement. It is lent all it wants.
pub struct Gauge {
    program: PluginProgram,
    binding: BindingName,
    loan: Loan,
    interactive: bool,
}

/// What one call has cost, all its runs together: a host call that has no answer yet ends a run, and the next begins
/// anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// Runs, each in a fresh instance.
    pub runs: u64,
    /// Time in them, from making an instance to clearing it away; without what the host did between them.
    pub time: Duration,
    /// Operations of the one that took most: `operations` limits a run.
    pub operations: u64,
    /// Instructions of all of them.
    pub fuel: u64,
    /// Memory of the one that took most, in bytes: `memory_mib` limits a run.
    pub memory_bytes: usize,
}

impl Cost {
    /// Adds a run.
    pub(crate) fn add(&mut self, run: Self) {
        self.runs += run.runs;
        self.time += run.time;
        self.operations = self.operations.max(run.operations);
        self.fuel = self.fuel.saturating_add(run.fuel);
        self.memory_bytes = self.memory_bytes.max(run.memory_bytes);
    }
}

impl WasmRuntime {
    /// Compiles a plugin for `hook`, to be measured.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn gauge(&self, plugin: &[u8], hook: HookKind) -> Result<Gauge, Vec<Diagnostic>> {
        let loan = Manifest::read(plugin).map(|manifest| loan_of(&manifest.wants)).unwrap_or_default();
        let files = BTreeMap::from([(PATH.to_owned(), plugin.to_vec())]);
        let binding = BindingName::parse(format!("{hook}/measured"))
            .unwrap_or_else(|_| unreachable!("a hook's name is an identifier"));
        let unit = Unit {
            binding: binding.clone(),
            hook,
            path: PATH.to_owned(),
            files: &files,
            loan: loan.clone(),
            limits: Limits::default(),
        };
        let program = self.compiled(&unit)?;
        Ok(Gauge { program, binding, loan, interactive: hook.is_interactive() })
    }
}

impl Gauge {
    /// Calls the hook: to its decision, its first page, or its fault.
    pub async fn call(&self, input: &HookInput, tools: &Tools) -> (Result<Run, HookFault>, Cost) {
        let (mut flow, mut cost) = (Flow::default(), Cost::default());
        let mut host = Host::new(&self.binding, &self.loan, tools, &mut flow, self.interactive);
        let ended = self.program.go(input, &mut host, &mut cost).await;
        (ended, cost)
    }

    /// What it is lent.
    pub fn loan(&self) -> &Loan {
        &self.loan
    }
}

/// All that a plugin wants.
fn loan_of(wants: &Wants) -> Loan {
    let has = |capability| wants.names().any(|name| name == capability);
    let mut secrets = wants.secrets().clone();
    if has("secrets") && secrets.is_empty() {
        secrets.insert(ANY_SECRET.to_owned());
    }
    let http = HttpLoan { origins: wants.origins().clone(), private_addresses: false };
    Loan {
        log: has("log"),
        users: has("users"),
        kv: has("kv"),
        network: has("network"),
        http: has("http").then_some(http),
        secrets,
        factors: has("factors").then(|| FactorKind::parse(ANY_KIND).ok()).flatten(),
        totp: has("totp"),
        webauthn: has("webauthn"),
        mail: has("mail"),
        recovery: has("recovery"),
        oidc: has("oidc").then(|| ANY_PROVIDER.to_owned()).into_iter().collect(),
    }
}
