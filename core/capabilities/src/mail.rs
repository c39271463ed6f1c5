//! `mail`: messages (RFC 5322) to end-users, at the address of their `email` claim and no other.

mod code;
mod smtp;

pub use smtp::{MailUnusable, Mailer, SMTP_WHY_CHARS_MAX, SmtpSettings, SmtpTls, is_sender};

use crate::tries::guess_at_factor;
use async_trait::async_trait;
use gatewright_domain::capabilities::guessing::GuessLimit;
use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::capabilities::mail::{Mail, Message};
use gatewright_domain::capabilities::{Attempt, CallFailed, CapabilityError};
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::secret::SecretText;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::UserStore;
use gatewright_domain::user::User;
use lettre::Address;
use serde_json::Value;
use std::net::IpAddr;
use std::sync::Arc;

/// Messages that policies send one end-user in an hour: a form that anyone can send off must fill nobody's mailbox.
pub const MAILS_AN_HOUR_MAX: i64 = 30;

const HOUR_S: u64 = 3600;
/// No binding is called so: theirs begin with the name of a hook.
const NAMESPACE: &str = "server/mail";

/// What the capability is put together from.
#[derive(Clone)]
pub struct MailSetup {
    /// Sends.
    pub mailer: Arc<Mailer>,
    /// To whom.
    pub users: Arc<dyn UserStore>,
    /// Where codes are until they are typed.
    pub kv: Arc<dyn KeyValue>,
    /// Makes their digests.
    pub sealer: Arc<dyn Sealer>,
    /// How fast they may be guessed.
    pub guesses: Arc<dyn GuessLimit>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Codes.
    pub entropy: Arc<dyn Entropy>,
}

/// Mail by SMTP.
pub struct SmtpMail(MailSetup);

impl SmtpMail {
    /// Of these parts.
    pub fn new(setup: MailSetup) -> Self {
        Self(setup)
    }

    /// Where the end-user's mail goes.
    async fn address(&self, subject: &Subject) -> Result<Address, CallFailed> {
        let user = self.0.users.find(subject).await?.filter(|user| !user.disabled);
        let user = user.ok_or_else(|| invalid("there is no such end-user"))?;
        let none = || invalid("this end-user has no mail address: the claim `email` holds none");
        Ok(address_of(&user).ok_or_else(none)?)
    }

    async fn count(&self, subject: &Subject) -> Result<(), CallFailed> {
        let key = format!("sent to {subject}");
        let sent = self.call(KvCall::Add { key, by: 1, ttl_s: HOUR_S }).await?;
        if sent.as_i64().is_some_and(|sent| sent <= MAILS_AN_HOUR_MAX) {
            return Ok(());
        }
        let why = format!("this end-user was sent {MAILS_AN_HOUR_MAX} messages within an hour; try again in an hour");
        Err(invalid(&why).into())
    }

    async fn deliver(&self, subject: &Subject, to: Address, message: &Message) -> Result<(), CallFailed> {
        let sent = self.0.mailer.post(to, message, (self.0.clock.as_ref(), self.0.entropy.as_ref())).await;
        if let Err(CallFailed::Capability(error)) = &sent {
            tracing::warn!(subject = subject.as_str(), "a message could not be sent: {error}");
        }
        sent
    }

    async fn call(&self, call: KvCall) -> Result<Value, Fault> {
        self.0.kv.call(NAMESPACE, &call, self.0.clock.now()).await
    }
}

#[async_trait]
impl Mail for SmtpMail {
    async fn send(&self, subject: &Subject, message: &Message) -> Result<(), CallFailed> {
        let to = self.address(subject).await?;
        self.count(subject).await?;
        self.deliver(subject, to, message).await
    }

    async fn send_code(&self, subject: &Subject, message: &Message) -> Result<String, CallFailed> {
        let to = self.address(subject).await?;
        self.count(subject).await?;
        let (challenge, message) = self.remember_code(subject, message).await?;
        match self.deliver(subject, to, &message).await {
            Ok(()) => Ok(challenge),
            Err(failed) => {
                self.forget_code(&challenge).await?;
                Err(failed)
            }
        }
    }

    async fn verify_code(
        &self,
        challenge: &str,
        code: &SecretText,
        address: Option<IpAddr>,
    ) -> Result<bool, CallFailed> {
        let Some(sent) = self.sent(challenge).await? else { return Ok(false) };
        let guess = guess_at_factor(&Attempt { subject: &sent.subject, address });
        Ok(self.redeem_code(challenge, (&sent, code), &guess).await?)
    }
}

/// The address in the end-user's claim `email`, where there is one.
pub(crate) fn address_of(user: &User) -> Option<Address> {
    user.claims.get("email").and_then(Value::as_str)?.parse().ok()
}

fn invalid(why: &str) -> CapabilityError {
    CapabilityError::Invalid { why: why.to_owned() }
}

#[cfg(test)]
mod tests;
