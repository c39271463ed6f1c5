//! `totp`: authenticator apps.

use super::{Answered, subject};
use crate::bindings::gatewright::plugin::totp::Host;
use crate::bindings::gatewright::plugin::types::Secret;
use crate::turn::Turn;
use gatewright_domain::capabilities::totp::TotpCall;
use gatewright_domain::flow::{HostAnswer, HostCall};
use gatewright_domain::identifiers::FactorId;

const NAME: &str = "totp";

impl Host for Turn {
    fn begin(&mut self, of: String) -> Answered<String> {
        match self.lent_for(NAME, subject(of)) {
            Ok(subject) => self.name(NAME, HostCall::Totp(TotpCall::Begin { subject })),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn confirm(&mut self, enrolment: String, label: String, code: Secret) -> Answered<Option<String>> {
        match (FactorId::parse(enrolment), self.lent_for(NAME, self.secret(code))) {
            (Ok(enrolment), Ok(code)) => {
                self.factor(NAME, HostCall::Totp(TotpCall::Confirm { enrolment, label, code }))
            }
            (Err(_), Ok(_)) => Ok(Ok(None)),
            (_, Err(failure)) => Ok(Err(failure)),
        }
    }

    fn verify(&mut self, of: String, code: Secret) -> Answered<Option<String>> {
        match (self.lent_for(NAME, subject(of)), self.secret(code)) {
            (Ok(subject), Ok(code)) => self.factor(NAME, HostCall::Totp(TotpCall::Verify { subject, code })),
            (Err(failure), _) | (_, Err(failure)) => Ok(Err(failure)),
        }
    }
}

impl Turn {
    /// A call that answers a name.
    pub(super) fn name(&mut self, capability: &'static str, call: HostCall) -> Answered<String> {
        self.ask(capability, call, |_, answer| match answer {
            HostAnswer::Name(name) => Some(name),
            _ => None,
        })
    }

    /// A call that answers a factor or none.
    pub(super) fn factor(&mut self, capability: &'static str, call: HostCall) -> Answered<Option<String>> {
        self.ask(capability, call, |_, answer| match answer {
            HostAnswer::Factor(factor) => Some(factor.map(Into::into)),
            _ => None,
        })
    }

    /// A call that answers whether something holds.
    pub(super) fn holds(&mut self, capability: &'static str, call: HostCall) -> Answered<bool> {
        self.ask(capability, call, |_, answer| match answer {
            HostAnswer::Holds(holds) => Some(holds),
            _ => None,
        })
    }
}
