//! What the host calls, one hook a file: how its input is handed over and how its decision is read.

mod after_authentication;
mod authenticate;
mod claims;
mod consent;
mod customize_token;
mod login;
mod select_acr;

pub use login::{claims, user};

use crate::bindings::exports::gatewright::plugin as exported;
use crate::bindings::gatewright::plugin::types::{Failure, Fault};
use crate::turn::Turn;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::{HookDecision, HookInput, HookKind};
use gatewright_protocol::acr::Acr;
use gatewright_protocol::scope::{Scope, ScopeValue};
use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

/// Longest reason, in characters; the rest is cut.
pub const REASON_CHARS_MAX: usize = 300;
/// Most claims that one hook adds or changes.
pub const CLAIMS_MAX: usize = 128;

/// The way to the export of one hook.
pub enum Entry {
    /// Of `select_acr`.
    SelectAcr(exported::select_acr::GuestIndices),
    /// Of `authenticate`.
    Authenticate(exported::authentication::GuestIndices),
    /// Of `after_authentication`.
    AfterAuthentication(exported::after_authentication::GuestIndices),
    /// Of `consent`.
    Consent(exported::consent::GuestIndices),
    /// Of `claims`.
    Claims(exported::claims::GuestIndices),
    /// Of `customize_token`.
    CustomizeToken(exported::customize_token::GuestIndices),
}

/// Why a call brought no decision.
pub enum Undecided {
    /// The run broke off.
    Broke(wasmtime::Error),
    /// What it returned breaks a rule.
    Fault(FaultKind),
}

impl From<wasmtime::Error> for Undecided {
    fn from(error: wasmtime::Error) -> Self {
        Self::Broke(error)
    }
}

/// A decision that keeps the rules, or the fault of one that does not.
pub type Decided<T> = Result<T, FaultKind>;

/// The interface that a component exports for a hook.
pub fn interface(hook: HookKind) -> &'static str {
    match hook {
        HookKind::SelectAcr => "select-acr",
        HookKind::Authenticate => "authentication",
        HookKind::AfterAuthentication => "after-authentication",
        HookKind::Consent => "consent",
        HookKind::Claims => "claims",
        HookKind::CustomizeToken => "customize-token",
    }
}

impl Entry {
    /// The way to the hook's export.
    ///
    /// # Errors
    /// The component does not export it, or with another type.
    pub fn of(hook: HookKind, pre: &InstancePre<Turn>) -> wasmtime::Result<Self> {
        Ok(match hook {
            HookKind::SelectAcr => Self::SelectAcr(exported::select_acr::GuestIndices::new(pre)?),
            HookKind::Authenticate => Self::Authenticate(exported::authentication::GuestIndices::new(pre)?),
            HookKind::AfterAuthentication => {
                Self::AfterAuthentication(exported::after_authentication::GuestIndices::new(pre)?)
            }
            HookKind::Consent => Self::Consent(exported::consent::GuestIndices::new(pre)?),
            HookKind::Claims => Self::Claims(exported::claims::GuestIndices::new(pre)?),
            HookKind::CustomizeToken => Self::CustomizeToken(exported::customize_token::GuestIndices::new(pre)?),
        })
    }

    /// Calls the hook.
    ///
    /// # Errors
    /// It broke off, or what it returned is no decision.
    pub fn call(
        &self,
        store: &mut Store<Turn>,
        instance: &Instance,
        input: &HookInput,
    ) -> Result<HookDecision, Undecided> {
        let decided = match (self, input) {
            (Self::SelectAcr(way), HookInput::SelectAcr(input)) => {
                let input = select_acr::lower(input);
                select_acr::lift(told(way.load(&mut *store, instance)?.call_select_acr(store, &input)?)?)
            }
            (Self::Authenticate(way), HookInput::Authenticate(input)) => {
                let input = authenticate::lower(input);
                authenticate::lift(told(way.load(&mut *store, instance)?.call_authenticate(store, &input)?)?)
            }
            (Self::AfterAuthentication(way), HookInput::AfterAuthentication(input)) => {
                let input = after_authentication::lower(input);
                after_authentication::lift(told(
                    way.load(&mut *store, instance)?.call_after_authentication(store, &input)?,
                )?)
            }
            (Self::Consent(way), HookInput::Consent(input)) => {
                store.data_mut().may_ask_consent();
                let input = consent::lower(input);
                consent::lift(told(way.load(&mut *store, instance)?.call_consent(store, &input)?)?)
            }
            (Self::Claims(way), HookInput::Claims(input)) => {
                let input = claims::lower(input);
                claims::lift(told(way.load(&mut *store, instance)?.call_claims(store, &input)?)?)
            }
            (Self::CustomizeToken(way), HookInput::CustomizeToken(input)) => {
                let input = customize_token::lower(input);
                customize_token::lift(told(way.load(&mut *store, instance)?.call_customize_token(store, &input)?)?)
            }
            _ => Err(FaultKind::Unavailable { what: "hand a plugin the input of another hook".to_owned() }),
        };
        decided.map_err(Undecided::Fault)
    }
}

/// What a hook answers, or why it does not.
fn told<T>(answer: Result<T, Fault>) -> Result<T, Undecided> {
    answer.map_err(|fault| {
        Undecided::Fault(match fault {
            Fault::Capability(failure) => failed(failure),
            Fault::Unexpected(why) => FaultKind::Threw { message: reason(&why) },
        })
    })
}

/// A failure that the hook could not go on without. What it says is the plugin's word.
fn failed(failure: Failure) -> FaultKind {
    FaultKind::Capability(match failure {
        Failure::NotLent(what) => CapabilityError::NotLent { what: reason(&what) },
        Failure::Invalid(why) | Failure::Unreachable(why) => CapabilityError::Invalid { why: reason(&why) },
        Failure::TooLarge(bytes) => {
            CapabilityError::TooLarge { bytes_max: usize::try_from(bytes).unwrap_or(usize::MAX) }
        }
    })
}

fn not_allowed(why: impl Into<String>) -> FaultKind {
    FaultKind::NotAllowed { why: why.into() }
}

fn reason(text: &str) -> String {
    text.chars().take(REASON_CHARS_MAX).collect()
}

fn acr(decision: &str, text: &str) -> Decided<Acr> {
    Acr::try_from(text).map_err(|_| not_allowed(format!("{decision}: `{}` is no ACR", reason(text))))
}

/// A scope from a list of scope values (RFC 6749 3.3).
///
/// # Errors
/// One that is none, or too many.
pub fn scope(decision: &str, values: &[String]) -> Decided<Scope> {
    let mut scope = Scope::empty();
    for text in values {
        let value = ScopeValue::try_from(text.as_str())
            .map_err(|_| not_allowed(format!("{decision}: `{}` is no scope value", reason(text))))?;
        if !scope.contains(text) && !scope.insert(value) {
            return Err(not_allowed(format!("{decision}: these are too many scope values")));
        }
    }
    Ok(scope)
}
