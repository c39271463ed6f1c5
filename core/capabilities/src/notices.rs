//! Notices by mail, sent beside the requests that they are of: from a queue with a limit, so that a mail server that is slow
//! or down neither holds up a sign-in nor fills the memory.

use crate::mail::{Mailer, address_of};
use gatewright_domain::capabilities::CallFailed;
use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::capabilities::notices::{NoticeWords, Notices};
use gatewright_domain::clock::Clock;
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::UserStore;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::task::{JoinHandle, JoinSet};

/// Most notices that wait to be sent; of one more there is no mail.
pub const NOTICES_WAITING_MAX: usize = 256;
/// Most notices that are sent at once.
pub const NOTICES_AT_ONCE_MAX: usize = 4;
/// Notices of lockouts to one end-user in a day: anyone can lock an account out, and must fill nobody's mailbox by that.
/// Notices of changes are not counted, so that nobody keeps one back by having others sent first.
pub const LOCKOUT_NOTICES_A_DAY_MAX: i64 = 3;
/// How long notices that wait are sent on once the server stops, in seconds.
pub const NOTICES_FINISH_S: u64 = 5;

const DAY_S: u64 = 24 * 3600;
/// No binding is called so: theirs begin with the name of a hook.
const NAMESPACE: &str = "server/notices";

/// What notices are sent with.
pub struct NoticesSetup {
    /// Sends.
    pub mailer: Arc<Mailer>,
    /// Words them.
    pub words: Arc<dyn NoticeWords>,
    /// To whom.
    pub users: Arc<dyn UserStore>,
    /// How many there were.
    pub kv: Arc<dyn KeyValue>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Names of messages.
    pub entropy: Arc<dyn Entropy>,
}

/// Notices by mail.
pub struct MailedNotices {
    queue: Mutex<Option<Sender<SecurityEvent>>>,
    sending: Mutex<Option<JoinHandle<()>>>,
}

impl MailedNotices {
    /// Begins to send what is told. Must be called within a Tokio runtime.
    pub fn start(setup: NoticesSetup) -> Self {
        let (queue, waiting) = channel(NOTICES_WAITING_MAX);
        let sending = tokio::spawn(send_all(Arc::new(setup), waiting));
        Self { queue: Mutex::new(Some(queue)), sending: Mutex::new(Some(sending)) }
    }

    /// Takes no more, and sends what waits for as long as `within`. What is left then is not sent, which is logged.
    pub async fn finish(&self, within: Duration) {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let sending = self.sending.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(mut sending) = sending else { return };
        match tokio::time::timeout(within, &mut sending).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "sending notices ended in a panic"),
            Err(_) => {
                sending.abort();
                tracing::warn!("the mail server did not take all notices in time; the account page says what happened");
            }
        }
    }

    /// Whether there is room for it.
    fn take(&self, event: &SecurityEvent) -> bool {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.as_ref().is_some_and(|queue| queue.try_send(event.clone()).is_ok())
    }
}

impl Notices for MailedNotices {
    fn tell(&self, event: &SecurityEvent) {
        if event.kind.is_mailed() && !self.take(event) {
            let subject = event.subject.as_str();
            let why = format!("{NOTICES_WAITING_MAX} others wait for the mail server, or this server stops");
            tracing::warn!(subject, "a notice is not mailed: {why}; the account page says what happened");
        }
    }
}

/// Until nobody tells any more and everything is sent.
async fn send_all(setup: Arc<NoticesSetup>, mut waiting: Receiver<SecurityEvent>) {
    let mut sending = JoinSet::new();
    while let Some(event) = waiting.recv().await {
        if sending.len() >= NOTICES_AT_ONCE_MAX {
            sent(sending.join_next().await);
        }
        let setup = setup.clone();
        sending.spawn(async move { setup.send(&event).await });
    }
    while let Some(ended) = sending.join_next().await {
        sent(Some(ended));
    }
}

fn sent(ended: Option<Result<(), tokio::task::JoinError>>) {
    if let Some(Err(error)) = ended {
        tracing::error!(%error, "sending a notice ended in a panic");
    }
}

impl NoticesSetup {
    async fn send(&self, event: &SecurityEvent) {
        let subject = event.subject.as_str();
        match self.try_send(event).await {
            Ok(true) => tracing::debug!(subject, "a notice was mailed"),
            Ok(false) => tracing::debug!(subject, "a notice was not to be mailed"),
            Err(CallFailed::Capability(error)) => tracing::warn!(subject, "a notice could not be mailed: {error}"),
            Err(CallFailed::Fault(fault)) => tracing::error!(subject, %fault, "a notice could not be mailed"),
        }
    }

    /// Sends the notice; not to who has no address or is disabled, and of lockouts not too many.
    async fn try_send(&self, event: &SecurityEvent) -> Result<bool, CallFailed> {
        let user = self.users.find(&event.subject).await?.filter(|user| !user.disabled);
        let Some(user) = user else { return Ok(false) };
        let Some(to) = address_of(&user) else { return Ok(false) };
        if matches!(event.kind, SecurityEventKind::LockedOut { .. }) && !self.count_lockout(&event.subject).await? {
            return Ok(false);
        }
        let message = self.words.worded(event, &user)?;
        self.mailer.post(to, &message, (self.clock.as_ref(), self.entropy.as_ref())).await?;
        Ok(true)
    }

    /// Whether there is one more notice of a lockout today.
    async fn count_lockout(&self, subject: &Subject) -> Result<bool, CallFailed> {
        let call = KvCall::Add { key: format!("lockouts of {subject}"), by: 1, ttl_s: DAY_S };
        let told = self.kv.call(NAMESPACE, &call, self.clock.now()).await?.as_i64();
        let told = told.ok_or_else(|| Fault::new("notices", "a count is no number"))?;
        Ok(told <= LOCKOUT_NOTICES_A_DAY_MAX)
    }
}

#[cfg(test)]
mod tests;
