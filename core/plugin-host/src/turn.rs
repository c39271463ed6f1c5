//! What one run carries with it, as the store's data: the desk that meets host calls, the secrets it holds, what it
//! may take, and why it was stopped.
//!
//! **Invariant:** once a run is stopped, its instance is dead: nothing it does or returns after that counts.

use crate::bindings::gatewright::plugin::types::{Failure, Secret};
use crate::ceiling::Ceiling;
use crate::epoch::Watch;
use crate::fault::MESSAGE_CHARS_MAX;
use crate::grants::Grants;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::flow::{Desk, FaultKind, HostAnswer, HostCall, Met, Pending, SecretRef};
use gatewright_domain::hooks::Limits;
use std::sync::Arc;
use wasmtime::{Error, Result};

/// One run.
pub struct Turn {
    /// Its memory and tables.
    pub ceiling: Ceiling,
    /// Its time.
    pub watch: Watch,
    grants: Arc<Grants>,
    desk: Option<Desk>,
    is_open: bool,
    asks_consent: bool,
    secrets: Vec<SecretRef>,
    warned: Option<String>,
    stop: Option<Stop>,
}

/// What is left of a run.
pub struct End {
    /// The desk, to be given back.
    pub desk: Option<Desk>,
    /// Why it was stopped, if it was.
    pub stop: Option<Stop>,
    /// Its last warning: a trap has no words of its own.
    pub warned: Option<String>,
}

/// Why a run was stopped.
pub enum Stop {
    /// A host call has no answer yet.
    Pending(Pending),
    /// A fault of the plugin.
    Fault(FaultKind),
}

/// What a stopped run traps with. Why it was stopped stands in its [`Turn`].
#[derive(Debug, thiserror::Error)]
#[error("the run is stopped")]
struct Stopped;

impl Turn {
    /// A run that begins now. Without a desk, and until it is opened, it cannot call the host.
    pub fn begin(limits: &Limits, grants: &Arc<Grants>, desk: Option<Desk>) -> Self {
        Self {
            ceiling: Ceiling::new(limits.memory_mib),
            watch: Watch::begin(limits.time_ms),
            grants: grants.clone(),
            desk,
            is_open: false,
            asks_consent: false,
            secrets: Vec::new(),
            warned: None,
            stop: None,
        }
    }

    /// From here on it can call the host: it is set up, and its hook is called.
    pub fn open(&mut self) {
        self.is_open = true;
    }

    /// Its hook is the one that may ask the server's own question.
    pub fn may_ask_consent(&mut self) {
        self.asks_consent = true;
    }

    /// Whether it may ask the server's own question.
    pub fn asks_consent(&self) -> bool {
        self.asks_consent
    }

    /// After the run.
    pub fn end(mut self) -> End {
        let passed = self.ceiling.passed().map(Stop::Fault);
        End { desk: self.desk, stop: self.stop.or(passed), warned: self.warned }
    }

    /// It warns of something.
    pub fn warned(&mut self, message: &str) {
        self.warned = Some(message.chars().filter(|c| !c.is_control()).collect());
    }

    /// It prints something. Only the beginning is kept: that is where a panic says what it is.
    pub fn says(&mut self, printed: &str) {
        let said = self.warned.get_or_insert_default();
        let left = MESSAGE_CHARS_MAX.saturating_sub(said.chars().count());
        said.extend(printed.chars().filter(|c| !c.is_control()).take(left));
    }

    /// Place in the journal that the next call will have: names a typed secret.
    pub fn place(&self) -> usize {
        self.desk.as_ref().map_or(0, Desk::place)
    }

    /// Makes a host call.
    ///
    /// # Errors
    /// The run is stopped: the call has no answer yet, or it is a fault.
    pub fn meet(&mut self, call: HostCall) -> Result<HostAnswer> {
        if self.stop.is_some() {
            return Err(Error::new(Stopped));
        }
        let Some(desk) = self.desk.as_mut().filter(|_| self.is_open) else {
            return Err(self.fault(FaultKind::Threw { message: TOO_EARLY.to_owned() }));
        };
        match desk.meet(call) {
            Ok(Met::Answered(answer)) => Ok(answer),
            Ok(Met::Pending(pending)) => Err(self.stop(Stop::Pending(pending))),
            Err(kind) => Err(self.fault(kind)),
        }
    }

    /// Stops the run for a fault.
    pub fn fault(&mut self, kind: FaultKind) -> Error {
        self.stop(Stop::Fault(kind))
    }

    /// Stops the run where the interface has no way to say that a capability failed.
    pub fn failed(&mut self, error: CapabilityError) -> Error {
        self.fault(FaultKind::Capability(error))
    }

    /// Stops the run: the host answered with something that is no answer to `call`.
    pub fn wrong_answer(&mut self, call: &str) -> Error {
        self.fault(FaultKind::Unavailable { what: format!("answer {call} from the journal") })
    }

    /// Whether it may call `capability`.
    ///
    /// # Errors
    /// `not-lent`, with who did not say so.
    pub fn lent(&self, capability: &str) -> std::result::Result<(), CapabilityError> {
        self.grants.admit(capability)
    }

    /// A handle on a secret: the same one for the same secret, counted in the order they appear, so that every
    /// replay finds the same handles.
    pub fn hold(&mut self, secret: SecretRef) -> Secret {
        let place = self.secrets.iter().position(|held| held == &secret).unwrap_or_else(|| {
            self.secrets.push(secret);
            self.secrets.len() - 1
        });
        Secret { handle: u32::try_from(place).unwrap_or(u32::MAX) }
    }

    /// The secret behind a handle.
    ///
    /// # Errors
    /// There is none.
    pub fn secret(&self, secret: Secret) -> std::result::Result<SecretRef, Failure> {
        let held = usize::try_from(secret.handle).ok().and_then(|place| self.secrets.get(place));
        held.cloned().ok_or_else(|| Failure::Invalid(format!("this run holds no secret {}", secret.handle)))
    }

    fn stop(&mut self, stop: Stop) -> Error {
        self.stop.get_or_insert(stop);
        Error::new(Stopped)
    }
}

const TOO_EARLY: &str = "it called the host while it was set up; call it from the hook";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::manifest::Wants;
    use gatewright_domain::capabilities::loan::Loan;

    fn turn() -> Turn {
        Turn::begin(&Limits::default(), &Arc::new(Grants::new(Wants::default(), Loan::default())), None)
    }

    #[test]
    fn a_secret_has_one_handle_counted_in_the_order_they_appear() {
        let mut turn = turn();
        let secret = |name: &str| SecretRef::Configured { name: name.to_owned() };
        let handles = ["a", "b", "a"].map(|name| turn.hold(secret(name)).handle);
        assert_eq!(handles, [0, 1, 0]);
        assert!(matches!(turn.secret(Secret { handle: 1 }), Ok(held) if held == secret("b")));
        assert!(turn.secret(Secret { handle: 2 }).is_err());
    }

    #[test]
    fn a_run_that_is_not_open_cannot_call_the_host() {
        let mut turn = turn();
        assert!(turn.meet(HostCall::Now).is_err());
        assert!(matches!(turn.end().stop, Some(Stop::Fault(FaultKind::Threw { message })) if message == TOO_EARLY));
    }

    #[test]
    fn what_stopped_it_first_stays_the_reason() {
        let mut turn = turn();
        turn.fault(FaultKind::SecretGone);
        assert!(turn.meet(HostCall::Now).is_err());
        assert!(matches!(turn.end().stop, Some(Stop::Fault(FaultKind::SecretGone))));
    }

    #[test]
    fn of_what_it_prints_the_beginning_is_kept() {
        let mut turn = turn();
        turn.says("panicked\n");
        turn.says(&"x".repeat(2 * MESSAGE_CHARS_MAX));
        let warned = turn.end().warned.unwrap_or_default();
        assert!(warned.starts_with("panickedx") && warned.chars().count() == MESSAGE_CHARS_MAX);
    }
}
