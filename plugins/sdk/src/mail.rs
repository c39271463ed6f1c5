//! Mail to end-users, at the address of their `email` claim and no other.

use crate::bindings::mail::Message;
use crate::failure::Failure;
use crate::host;
use crate::secret::Secret;
use crate::whom::Whom;

/// Sends a message. It is handed to the mail server before this returns.
///
/// # Errors
/// Not lent, over a limit of the server, no address, or the mail server did not take it.
pub fn send(to: impl Into<Whom>, title: &str, text: &str) -> Result<(), Failure> {
    host::mail::send(&to.into().0, &message(title, text))
}

/// Makes a one-time code, puts it in the place of `{code}` in the text and sends it; answers the challenge that it
/// solves, for 10 minutes and 5 tries.
///
/// # Errors
/// As of [`send`].
pub fn send_code(to: impl Into<Whom>, title: &str, text: &str) -> Result<String, Failure> {
    host::mail::send_code(&to.into().0, &message(title, text))
}

/// Whether this is the code of the challenge. A code counts once.
///
/// # Errors
/// Not lent.
pub fn verify_code(challenge: &str, code: Secret) -> Result<bool, Failure> {
    host::mail::verify_code(challenge, code.0)
}

fn message(title: &str, text: &str) -> Message {
    Message { title: title.to_owned(), text: text.to_owned() }
}
