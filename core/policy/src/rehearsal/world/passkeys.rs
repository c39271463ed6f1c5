//! Passkeys, as a test has them. What the browser answers is the username of whose passkey it used: a test answers
//! `#{ passkey: "alice" }`, and it is right where alice has one and the ceremony is for her or for anyone.

use super::factors::Proof;
use super::{State, World};
use async_trait::async_trait;
use gatewright_domain::capabilities::CallFailed;
use gatewright_domain::capabilities::webauthn::{CEREMONY_S, PasskeyVerified, Webauthn};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::factor::PASSKEY;
use gatewright_domain::identifiers::{FactorId, Subject};
use gatewright_domain::secret::SecretText;
use serde_json::Value;

/// A ceremony that was begun.
pub(super) struct Ceremony {
    registers: bool,
    subject: Option<Subject>,
    until: i64,
}

impl State {
    fn begin(&mut self, registers: bool, subject: Option<&Subject>) -> Result<String, CallFailed> {
        let subject = subject.map(|subject| self.account(subject).map(|user| user.subject.clone())).transpose()?;
        let until = Timestamp(self.now_s()).plus(CEREMONY_S).0;
        let name = self.name("ceremony");
        self.ceremonies.insert(name.clone(), Ceremony { registers, subject, until });
        Ok(name)
    }

    /// Who answered a ceremony, and what it was; it is finished with that.
    fn finish(&mut self, name: &str, response: &SecretText) -> Option<(Subject, Ceremony)> {
        let now = self.now_s();
        let ceremony = self.ceremonies.remove(name).filter(|ceremony| now < ceremony.until)?;
        let is = |username: &str| username.eq_ignore_ascii_case(response.expose());
        let who = self.accounts.iter().find(|(user, _)| is(&user.username)).map(|(user, _)| user.subject.clone())?;
        let meant = ceremony.subject.as_ref().is_none_or(|subject| *subject == who);
        meant.then_some((who, ceremony))
    }
}

#[async_trait]
impl Webauthn for World {
    async fn begin_registration(&self, subject: &Subject) -> Result<String, CallFailed> {
        self.state().begin(true, Some(subject))
    }

    async fn begin_authentication(&self, subject: Option<&Subject>) -> Result<String, CallFailed> {
        self.state().begin(false, subject)
    }

    async fn options(&self, _: &str) -> Result<Option<Value>, CallFailed> {
        // Nobody looks at the page of a test.
        Ok(None)
    }

    async fn finish_registration(
        &self,
        ceremony: &str,
        label: &str,
        response: &SecretText,
    ) -> Result<Option<FactorId>, CallFailed> {
        let mut state = self.state();
        match state.finish(ceremony, response).filter(|(_, ceremony)| ceremony.registers) {
            Some((who, _)) => {
                state.enrol((&who, PASSKEY, label), None, Proof::Passkey { user_verified: true }).map(Some)
            }
            None => Ok(None),
        }
    }

    async fn finish_authentication(
        &self,
        ceremony: &str,
        response: &SecretText,
    ) -> Result<Option<PasskeyVerified>, CallFailed> {
        let mut state = self.state();
        let finished = state.finish(ceremony, response).filter(|(_, ceremony)| !ceremony.registers);
        let Some((subject, _)) = finished else { return Ok(None) };
        let used_at = Some(Timestamp(state.now_s()));
        let verified = state.confirmed().find_map(|factor| match factor.proof {
            Proof::Passkey { user_verified } if factor.view.subject == subject => {
                factor.view.used_at = used_at;
                Some(PasskeyVerified { subject: subject.clone(), factor: factor.view.id.clone(), user_verified })
            }
            _ => None,
        });
        Ok(verified)
    }
}
