//! What a plugin can call, one capability a file. All of it is always there to be linked; what was not lent answers
//! `not-lent`, or ends the run where the interface has no answer for that.

mod clock;
mod factors;
mod http;
mod kv;
mod log;
mod mail;
mod network;
mod oidc;
mod pages;
mod random;
mod recovery;
mod secrets;
mod totp;
mod users;
mod webauthn;

use crate::bindings::gatewright::plugin::types;
use crate::turn::Turn;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::flow::{HostAnswer, HostCall};
use gatewright_domain::identifiers::Subject;
use wasmtime::Result;
use wasmtime::component::{HasSelf, Linker};

/// What an import answers that can fail without ending the run.
type Answered<T> = Result<std::result::Result<T, types::Failure>>;

/// Lets plugins be linked to everything they may call.
///
/// # Errors
/// A name is there twice.
pub fn link(linker: &mut Linker<Turn>) -> Result<()> {
    crate::bindings::Plugin::add_to_linker::<_, HasSelf<Turn>>(linker, |turn| turn)
}

impl types::Host for Turn {}

impl From<CapabilityError> for types::Failure {
    fn from(error: CapabilityError) -> Self {
        match error {
            CapabilityError::NotLent { what } => Self::NotLent(what),
            CapabilityError::Invalid { why } => Self::Invalid(why),
            CapabilityError::Unreachable { .. } => Self::Unreachable(error.to_string()),
            CapabilityError::TooLarge { bytes_max } => Self::TooLarge(bytes_max as u64),
        }
    }
}

impl Turn {
    /// What a call is made of. That its capability was not lent is said before anything else.
    fn lent_for<T>(&self, capability: &str, asked: Asked<T>) -> Asked<T> {
        self.lent(capability)?;
        asked
    }

    /// Calls a capability, if it was lent, and reads its answer; none where the answer is none to this call.
    fn ask<T>(
        &mut self,
        capability: &'static str,
        call: HostCall,
        read: impl FnOnce(&mut Self, HostAnswer) -> Option<T>,
    ) -> Answered<T> {
        if let Err(error) = self.lent(capability) {
            return Ok(Err(error.into()));
        }
        match self.meet(call)? {
            HostAnswer::Failed(error) => Ok(Err(error.into())),
            answer => match read(self, answer) {
                Some(read) => Ok(Ok(read)),
                None => Err(self.wrong_answer(capability)),
            },
        }
    }
}

/// What a call is made of, or why it cannot be made.
type Asked<T> = std::result::Result<T, types::Failure>;

/// Whose it is, where a text can be a subject.
///
/// # Errors
/// It cannot.
fn subject(text: String) -> Asked<Subject> {
    Subject::parse(text).map_err(|error| types::Failure::Invalid(error.to_string()))
}

fn invalid<T>(why: impl Into<String>) -> Answered<T> {
    Ok(Err(types::Failure::Invalid(why.into())))
}
