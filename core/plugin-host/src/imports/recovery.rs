//! `recovery`: codes for the day on which another factor is lost.

use super::{Answered, subject};
use crate::bindings::gatewright::plugin::recovery::Host;
use crate::bindings::gatewright::plugin::types::Secret;
use crate::turn::Turn;
use gatewright_domain::capabilities::recovery::RecoveryCall;
use gatewright_domain::flow::{HostAnswer, HostCall};

const NAME: &str = "recovery";

impl Host for Turn {
    fn remaining(&mut self, of: String) -> Answered<u32> {
        let subject = match self.lent_for(NAME, Ok(subject(of).ok())) {
            Ok(Some(subject)) => subject,
            // What is no subject has nothing.
            Ok(None) => return Ok(Ok(0)),
            Err(failure) => return Ok(Err(failure)),
        };
        self.ask(NAME, HostCall::Recovery(RecoveryCall::Remaining { subject }), |_, answer| match answer {
            HostAnswer::Count(left) => u32::try_from(left).ok(),
            _ => None,
        })
    }

    fn verify(&mut self, of: String, code: Secret) -> Answered<bool> {
        match (self.lent_for(NAME, subject(of)), self.secret(code)) {
            (Ok(subject), Ok(code)) => self.holds(NAME, HostCall::Recovery(RecoveryCall::Verify { subject, code })),
            (Err(failure), _) | (_, Err(failure)) => Ok(Err(failure)),
        }
    }
}
