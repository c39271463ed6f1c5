//! Mail, as a test has it: kept to be looked at, with the codes that were sent.

use super::factors::invalid;
use super::{State, World};
use async_trait::async_trait;
use gatewright_domain::capabilities::CallFailed;
use gatewright_domain::capabilities::mail::{CODE_PLACE, MAIL_CODE_S, MAIL_CODE_TRIES_MAX, Mail, Message};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::secret::SecretText;
use serde_json::{Value, json};
use std::net::IpAddr;

/// The first code of a test; the next ones count up.
const FIRST_CODE: usize = 100_001;

/// A code that was sent.
pub(super) struct Challenge {
    code: String,
    tries: i64,
    until: i64,
}

impl State {
    fn post(&mut self, subject: &Subject, (title, text): (&str, &str), code: Option<&str>) -> Result<(), CallFailed> {
        let user = self.account(subject)?;
        let address = user.claims.get("email").and_then(Value::as_str);
        let address = address.ok_or_else(|| invalid("the end-user has no mail address: their `email` claim"))?;
        let mail = json!({ "to": user.username, "address": address, "title": title, "text": text, "code": code });
        self.mails.push(mail);
        Ok(())
    }
}

#[async_trait]
impl Mail for World {
    async fn send(&self, subject: &Subject, message: &Message) -> Result<(), CallFailed> {
        self.state().post(subject, (&message.title, &message.text), None)
    }

    async fn send_code(&self, subject: &Subject, message: &Message) -> Result<String, CallFailed> {
        let mut state = self.state();
        let code = (FIRST_CODE + state.mails.len()).to_string();
        let text = message.text.replace(CODE_PLACE, &code);
        state.post(subject, (&message.title, &text), Some(&code))?;
        let until = Timestamp(state.now_s()).plus(MAIL_CODE_S).0;
        let name = state.name("challenge");
        state.challenges.insert(name.clone(), Challenge { code, tries: 0, until });
        Ok(name)
    }

    async fn verify_code(&self, challenge: &str, code: &SecretText, _: Option<IpAddr>) -> Result<bool, CallFailed> {
        let mut state = self.state();
        let now = state.now_s();
        let Some(sent) = state.challenges.get_mut(challenge) else { return Ok(false) };
        if now >= sent.until || sent.tries >= MAIL_CODE_TRIES_MAX {
            return Ok(false);
        }
        sent.tries += 1;
        let right = sent.code == code.expose();
        if right {
            state.challenges.remove(challenge);
        }
        Ok(right)
    }
}
