//! Why a text is not the protocol word it was taken for. It says what was wrong and never repeats
//! the text itself, which may be hostile or secret.

use crate::error::{ErrorCode, Refusal};

/// A text that could not be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Nothing was there.
    #[error("the {what} is empty")]
    Empty {
        /// What was being parsed, in the field's words.
        what: &'static str,
    },
    /// More bytes than the limit.
    #[error("the {what} is longer than {limit} bytes")]
    TooLong {
        /// What was being parsed.
        what: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// More members than the limit.
    #[error("the {what} has more than {limit} members")]
    TooMany {
        /// What was being parsed.
        what: &'static str,
        /// The limit in members.
        limit: usize,
    },
    /// A character outside the alphabet the RFC gives.
    #[error("the {what} has a character that is not allowed in it")]
    Character {
        /// What was being parsed.
        what: &'static str,
    },
    /// A well-formed word, but none that this server knows.
    #[error("the {what} is not one that this server knows")]
    Unknown {
        /// What was being parsed.
        what: &'static str,
    },
    /// The parts do not fit together.
    #[error("the {what} {why}")]
    Form {
        /// What was being parsed.
        what: &'static str,
        /// What is wrong with it, as the end of the sentence "the X …".
        why: &'static str,
    },
}

impl Malformed {
    /// The refusal that tells a client of it, under the code that fits where the text stood.
    #[must_use]
    pub fn refuse(&self, code: ErrorCode) -> Refusal {
        Refusal::new(code, self.to_string())
    }
}

/// Admits a text of 1 to `max` bytes made of characters that `admits` knows.
pub(crate) fn admit_text(
    text: &str,
    what: &'static str,
    max: usize,
    admits: impl Fn(char) -> bool,
) -> Result<(), Malformed> {
    if text.is_empty() {
        return Err(Malformed::Empty { what });
    }
    if text.len() > max {
        return Err(Malformed::TooLong { what, limit: max });
    }
    if !text.chars().all(admits) {
        return Err(Malformed::Character { what });
    }
    Ok(())
}
