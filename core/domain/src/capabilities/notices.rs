//! `notices`: mail to end-users of what happened to their account. No policy is lent it: whoever writes an event down tells.

use super::mail::Message;
use crate::fault::Fault;
use crate::security_event::SecurityEvent;
use crate::user::User;

/// Takes what an end-user is to be sent mail of.
pub trait Notices: Send + Sync {
    /// Takes an event that was written down, where it is one that is mailed. Never waits and never fails: what cannot be
    /// sent is in the log, and the event is on the end-user's page.
    fn tell(&self, event: &SecurityEvent);
}

/// Words notices.
pub trait NoticeWords: Send + Sync {
    /// The notice of this event to its end-user, in their language.
    ///
    /// # Errors
    /// A fault, where the operator's words cannot be used.
    fn worded(&self, event: &SecurityEvent, user: &User) -> Result<Message, Fault>;
}
