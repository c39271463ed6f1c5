//! `webauthn`: passkeys and security keys.

use super::{Answered, subject};
use crate::bindings::gatewright::plugin::types::Secret;
use crate::bindings::gatewright::plugin::webauthn::{Host, Verified};
use crate::turn::Turn;
use gatewright_domain::capabilities::webauthn::WebauthnCall;
use gatewright_domain::flow::{HostAnswer, HostCall};

const NAME: &str = "webauthn";

impl Host for Turn {
    fn begin_registration(&mut self, of: String) -> Answered<String> {
        match self.lent_for(NAME, subject(of)) {
            Ok(subject) => self.name(NAME, HostCall::Webauthn(WebauthnCall::BeginRegistration { subject })),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn finish_registration(&mut self, ceremony: String, label: String, response: Secret) -> Answered<Option<String>> {
        match self.lent_for(NAME, self.secret(response)) {
            Ok(response) => {
                self.factor(NAME, HostCall::Webauthn(WebauthnCall::FinishRegistration { ceremony, label, response }))
            }
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn begin_authentication(&mut self, of: Option<String>) -> Answered<String> {
        match self.lent_for(NAME, of.map(subject).transpose()) {
            Ok(subject) => self.name(NAME, HostCall::Webauthn(WebauthnCall::BeginAuthentication { subject })),
            Err(failure) => Ok(Err(failure)),
        }
    }

    fn finish_authentication(&mut self, ceremony: String, response: Secret) -> Answered<Option<Verified>> {
        let response = match self.lent_for(NAME, self.secret(response)) {
            Ok(response) => response,
            Err(failure) => return Ok(Err(failure)),
        };
        let call = WebauthnCall::FinishAuthentication { ceremony, response };
        self.ask(NAME, HostCall::Webauthn(call), |_, answer| match answer {
            HostAnswer::Passkey(verified) => Some(verified.map(|verified| Verified {
                subject: verified.subject.into(),
                factor: verified.factor.into(),
                user_verified: verified.user_verified,
            })),
            _ => None,
        })
    }
}
