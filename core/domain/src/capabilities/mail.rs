//! `mail`: messages to end-users, at the address of their `email` claim and no other.

use super::CallFailed;
use crate::flow::SecretRef;
use crate::identifiers::Subject;
use crate::secret::SecretText;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// Longest title, in characters.
pub const TITLE_CHARS_MAX: usize = 200;
/// Longest text, in characters.
pub const MAIL_CHARS_MAX: usize = 10_000;
/// How long a mailed code can be typed, in seconds.
pub const MAIL_CODE_S: u64 = 600;
/// How often a mailed code can be typed wrong.
pub const MAIL_CODE_TRIES_MAX: i64 = 5;
/// What stands for the code in the text of a message.
pub const CODE_PLACE: &str = "{code}";

/// A message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The subject line: one line.
    pub title: String,
    /// Plain text.
    pub text: String,
}

/// What a hook asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mail", rename_all = "snake_case")]
pub enum MailCall {
    /// Send a message.
    Send {
        /// To whom.
        subject: Subject,
        /// What.
        message: Message,
    },
    /// Send a one-time code.
    SendCode {
        /// To whom.
        subject: Subject,
        /// What, with [`CODE_PLACE`] in its text.
        message: Message,
    },
    /// Compare a code.
    VerifyCode {
        /// What `SendCode` answered.
        challenge: String,
        /// As typed.
        code: SecretRef,
    },
}

/// Sends.
#[async_trait]
pub trait Mail: Send + Sync {
    /// Sends a message.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn send(&self, subject: &Subject, message: &Message) -> Result<(), CallFailed>;

    /// Makes a code and sends it; answers its challenge.
    ///
    /// # Errors
    /// Why not, or a fault.
    async fn send_code(&self, subject: &Subject, message: &Message) -> Result<String, CallFailed>;

    /// Whether this is the code of the challenge. A code counts once, and every one that is tried counts as a guess: at
    /// the challenge and, from where the browser is, at its end-user.
    ///
    /// # Errors
    /// A fault.
    async fn verify_code(
        &self,
        challenge: &str,
        code: &SecretText,
        address: Option<IpAddr>,
    ) -> Result<bool, CallFailed>;
}
