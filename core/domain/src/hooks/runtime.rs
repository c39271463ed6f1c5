//! What a runtime (Rhai, WASM) offers: compile a file for a hook, run it.

use super::{
    AfterAuthenticationDecision, AfterAuthenticationInput, AuthenticateDecision, AuthenticateInput, ClaimsDecision,
    ClaimsInput, ConsentDecision, ConsentInput, CustomizeTokenDecision, CustomizeTokenInput, HookKind, Limits,
    SelectAcrDecision, SelectAcrInput, Study, TestFile,
};
use crate::capabilities::loan::Loan;
use crate::flow::{HookFault, Host, Place, Wait};
use crate::identifiers::BindingName;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file to be compiled for one binding.
#[derive(Clone)]
pub struct Unit<'b> {
    /// The binding.
    pub binding: BindingName,
    /// Its hook.
    pub hook: HookKind,
    /// Path of the file in the bundle.
    pub path: String,
    /// All files of the bundle, for imports.
    pub files: &'b BTreeMap<String, Vec<u8>>,
    /// What it was lent.
    pub loan: Loan,
    /// Its limits.
    pub limits: Limits,
}

/// Something wrong in a bundle, with its place and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub place: Place,
    /// What.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Compiles files of one kind.
pub trait Runtime: Send + Sync {
    /// The file name extension it serves, such as `rhai`.
    fn extension(&self) -> &'static str;

    /// Compiles a unit, checking everything that can be known before it runs: that the hook's function is
    /// there, that every name is known, that every capability used is lent.
    ///
    /// # Errors
    /// Everything that is wrong, never an empty list.
    fn compile(&self, unit: &Unit<'_>) -> Result<Arc<dyn Program>, Vec<Diagnostic>>;

    /// Compiles the tests in the file at `path`.
    ///
    /// # Errors
    /// Everything that is wrong, never an empty list; for a runtime whose language has no tests, just that.
    fn compile_tests(
        &self,
        path: &str,
        _files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<Arc<dyn TestFile>, Vec<Diagnostic>> {
        let place = Place { file: path.to_owned(), line: 1, column: 0 };
        let message = format!("there are no tests in .{} files", self.extension());
        Err(vec![Diagnostic { place, message, hint: None }])
    }
}

/// A compiled binding.
#[async_trait]
pub trait Program: Send + Sync {
    /// Runs the hook to its decision or to where it waits, performing host calls on the way.
    ///
    /// # Errors
    /// A fault of the hook, with its place.
    async fn run(&self, input: &HookInput, host: &mut Host<'_>) -> Result<Run, HookFault>;

    /// What is known of it without running it; nothing, where the runtime cannot look inside.
    fn study(&self) -> Study {
        Study::default()
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Run {
    /// It decided.
    Decided(HookDecision),
    /// It waits.
    Waiting(Wait),
}

/// A hook's input, whichever hook it is.
#[derive(Debug, Clone, PartialEq)]
pub enum HookInput {
    /// Of `select_acr`.
    SelectAcr(SelectAcrInput),
    /// Of `authenticate`.
    Authenticate(AuthenticateInput),
    /// Of `after_authentication`.
    AfterAuthentication(AfterAuthenticationInput),
    /// Of `consent`.
    Consent(ConsentInput),
    /// Of `claims`.
    Claims(ClaimsInput),
    /// Of `customize_token`.
    CustomizeToken(CustomizeTokenInput),
}

/// A hook's decision, whichever hook it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "hook", content = "decision", rename_all = "snake_case")]
pub enum HookDecision {
    /// Of `select_acr`.
    SelectAcr(SelectAcrDecision),
    /// Of `authenticate`.
    Authenticate(AuthenticateDecision),
    /// Of `after_authentication`.
    AfterAuthentication(AfterAuthenticationDecision),
    /// Of `consent`.
    Consent(ConsentDecision),
    /// Of `claims`.
    Claims(ClaimsDecision),
    /// Of `customize_token`.
    CustomizeToken(CustomizeTokenDecision),
}

impl HookDecision {
    /// Its name, as a script says it.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SelectAcr(SelectAcrDecision::Use(_)) => "use_acr",
            Self::SelectAcr(SelectAcrDecision::Enrol(_)) => "enrol",
            Self::SelectAcr(SelectAcrDecision::Pass) => "pass",
            Self::Authenticate(AuthenticateDecision::Authenticated { .. }) => "authenticated",
            Self::Authenticate(AuthenticateDecision::Fail { .. }) => "fail",
            Self::Authenticate(AuthenticateDecision::Delegate { .. }) => "delegate",
            Self::AfterAuthentication(AfterAuthenticationDecision::Proceed) => "proceed",
            Self::AfterAuthentication(AfterAuthenticationDecision::AskConsent) => "ask_consent",
            Self::AfterAuthentication(AfterAuthenticationDecision::StepUp { .. }) => "step_up",
            Self::Consent(ConsentDecision::Grant { .. }) => "grant",
            Self::Consent(ConsentDecision::BuiltIn) => "built_in",
            Self::Claims(_) => "claims",
            Self::CustomizeToken(CustomizeTokenDecision::Change(_)) => "keep",
            Self::SelectAcr(SelectAcrDecision::Deny { .. })
            | Self::AfterAuthentication(AfterAuthenticationDecision::Deny { .. })
            | Self::Consent(ConsentDecision::Deny { .. })
            | Self::CustomizeToken(CustomizeTokenDecision::Deny { .. }) => "deny",
        }
    }
}

impl HookInput {
    /// The sample input of a hook.
    pub fn sample(hook: HookKind) -> Self {
        match hook {
            HookKind::SelectAcr => Self::SelectAcr(SelectAcrInput::sample()),
            HookKind::Authenticate => Self::Authenticate(AuthenticateInput::sample()),
            HookKind::AfterAuthentication => Self::AfterAuthentication(AfterAuthenticationInput::sample()),
            HookKind::Consent => Self::Consent(ConsentInput::sample()),
            HookKind::Claims => Self::Claims(ClaimsInput::sample()),
            HookKind::CustomizeToken => Self::CustomizeToken(CustomizeTokenInput::sample()),
        }
    }

    /// Which hook it is for.
    pub fn kind(&self) -> HookKind {
        match self {
            Self::SelectAcr(_) => HookKind::SelectAcr,
            Self::Authenticate(_) => HookKind::Authenticate,
            Self::AfterAuthentication(_) => HookKind::AfterAuthentication,
            Self::Consent(_) => HookKind::Consent,
            Self::Claims(_) => HookKind::Claims,
            Self::CustomizeToken(_) => HookKind::CustomizeToken,
        }
    }
}
