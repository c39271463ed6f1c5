//! `mail`: messages to end-users.

use super::{Answered, subject};
use crate::bindings::gatewright::plugin::mail::{Host, Message as Written};
use crate::bindings::gatewright::plugin::types::Secret;
use crate::turn::Turn;
use gatewright_domain::capabilities::mail::{MailCall, Message};
use gatewright_domain::flow::{HostAnswer, HostCall};

const NAME: &str = "mail";

impl Host for Turn {
    fn send(&mut self, to: String, message: Written) -> Answered<()> {
        let subject = match self.lent_for(NAME, subject(to)) {
            Ok(subject) => subject,
            Err(failure) => return Ok(Err(failure)),
        };
        self.ask(NAME, HostCall::Mail(MailCall::Send { subject, message: read(message) }), |_, answer| match answer {
            HostAnswer::Done => Some(()),
            _ => None,
        })
    }

    fn send_code(&mut self, to: String, message: Written) -> Answered<String> {
        match self.lent_for(NAME, subject(to)) {
            Ok(subject) => self.name(NAME, HostCall::Mail(MailCall::SendCode { subject, message: read(message) })),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn verify_code(&mut self, challenge: String, code: Secret) -> Answered<bool> {
        match self.lent_for(NAME, self.secret(code)) {
            Ok(code) => self.holds(NAME, HostCall::Mail(MailCall::VerifyCode { challenge, code })),
            Err(failure) => Ok(Err(failure)),
        }
    }
}

fn read(message: Written) -> Message {
    let Written { title, text } = message;
    Message { title, text }
}
