//! What a new password must not be (NIST SP 800-63B 5.1.1.2): too short, one that everyone tries first, or the account's
//! own name.
//!
//! `common_passwords.txt` holds passwords and words that leaks are full of, in lower case, sorted. Nothing else is asked
//! for: no capitals, no digits, no change every month.

use crate::password::PASSWORD_BYTES_MAX;
use crate::secret::SecretText;

/// Passwords that everyone tries first, and the words they are made of; a line each, in ascending order.
const COMMON: &str = include_str!("common_passwords.txt");

/// Names of this server, which are tried first as well.
const PRODUCT: [&str; 2] = ["gatewright", "janssen"];

/// What is asked of new passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPasswordRule {
    /// Shortest, in characters.
    pub length_min: usize,
}

/// Why a password is not accepted, and what would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// No password at all.
    #[error("it is empty")]
    Empty,
    /// Too short.
    #[error("it is shorter than {length_min} characters; a few words in a row are long and easily remembered")]
    Short {
        /// What is asked for.
        length_min: usize,
    },
    /// Longer than is hashed.
    #[error("it is longer than {PASSWORD_BYTES_MAX} bytes; take a shorter one")]
    Long,
    /// In the list, or in it but for digits and marks at its end.
    #[error("it is one of those that everyone tries first; take a few words that have nothing to do with one another")]
    Common,
    /// The account's name, address or the server's name, whatever digits and marks follow.
    #[error("it is a name of the account or of the server; take one that cannot be guessed from it")]
    Name,
}

impl NewPasswordRule {
    /// Whether `password` may be that of an account of these names: username, email address.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn admit(&self, password: &SecretText, names: &[&str]) -> Result<(), WeakPassword> {
        let text = password.expose();
        if text.is_empty() {
            return Err(WeakPassword::Empty);
        }
        if text.len() > PASSWORD_BYTES_MAX {
            return Err(WeakPassword::Long);
        }
        if text.chars().count() < self.length_min {
            return Err(WeakPassword::Short { length_min: self.length_min });
        }
        let lower = text.to_lowercase();
        let without_marks = lower.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_common = [&lower, without_marks, bare(&lower)].into_iter().any(is_common);
        if is_common || is_one_repeated(&lower) {
            return Err(WeakPassword::Common);
        }
        let parts = names.iter().flat_map(|name| [*name, name.split('@').next().unwrap_or_default()]);
        let mut names = parts.chain(PRODUCT).map(str::to_lowercase).filter(|name| !name.is_empty());
        match names.any(|name| lower == name || bare(&lower) == bare(&name)) {
            true => Err(WeakPassword::Name),
            false => Ok(()),
        }
    }
}

/// Without the digits and marks at its end, with which a word is thought to become a password; what is nothing else is
/// left as it is.
fn bare(lower: &str) -> &str {
    let word = lower.trim_end_matches(|c: char| !c.is_alphabetic());
    if word.is_empty() { lower } else { word }
}

fn is_common(lower: &str) -> bool {
    // The lines are sorted and short; their places are found again faster than they are kept.
    let lines: &[u8] = COMMON.as_bytes();
    let (mut low, mut high) = (0, lines.len());
    while low < high {
        let middle = (low + high) / 2;
        let begin = lines[..middle].iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let end = lines[middle..].iter().position(|byte| *byte == b'\n').map_or(lines.len(), |at| middle + at);
        match lines[begin..end].cmp(lower.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = begin,
        }
    }
    false
}

fn is_one_repeated(text: &str) -> bool {
    let mut characters = text.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: NewPasswordRule = NewPasswordRule { length_min: 8 };

    fn admit(password: &str) -> Result<(), WeakPassword> {
        RULE.admit(&SecretText::new(password), &["carol.smithers", "carol@example.com"])
    }

    #[test]
    fn the_list_is_sorted_in_lower_case_and_every_line_of_it_is_found() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() > 3_000 && lines.iter().filter(|line| line.len() >= 8).count() > 1_000);
        assert!(lines.is_sorted_by(|one, other| one < other), "sorted, and none twice");
        for line in lines {
            assert!(!line.is_empty() && line.to_lowercase() == line && is_common(line), "{line}");
        }
        for absent in ["", "0", "zzzzzzzzzzzz", "wonderland", "builder", "\n", "password\n"] {
            assert!(!is_common(absent), "{absent:?}");
        }
    }

    #[test]
    fn what_everyone_tries_first_is_refused_however_it_is_dressed_up() {
        for password in [
            "password",
            "PassWord",
            "Password1!",
            "password2026",
            "qwertyuiop",
            "1q2w3e4r",
            "12345678",
            "123456789!",
            "letmein!",
            "Sunshine99",
            "iloveyou",
            "dragon2024!!",
            "trustno1",
            "xxxxxxxxxxxx",
            "????????",
            "ffffffff",
        ] {
            assert_eq!(admit(password), Err(WeakPassword::Common), "{password}");
        }
    }

    #[test]
    fn names_of_the_account_and_the_server_are_refused() {
        for password in
            ["carol.smithers", "Carol.Smithers1", "carol@example.com", "Gatewright", "gatewright2026!", "janssen1"]
        {
            assert_eq!(admit(password), Err(WeakPassword::Name), "{password}");
        }
        let bob = RULE.admit(&SecretText::new("bobby-tables99"), &["bobby-tables"]);
        assert_eq!(bob, Err(WeakPassword::Name));
    }

    #[test]
    fn length_counts_in_characters_and_everything_else_is_accepted() {
        let table = [
            ("", Err(WeakPassword::Empty)),
            ("ärger-7", Err(WeakPassword::Short { length_min: 8 })),
            ("ärger-77", Ok(())),
            ("correct horse", Ok(())),
            ("wonderland", Ok(())),
            ("battery staple", Ok(())),
            ("not the password", Ok(())),
            ("        x", Ok(())),
        ];
        for (password, admitted) in table {
            assert_eq!(admit(password), admitted, "{password:?}");
        }
        assert_eq!(admit(&"ab".repeat(PASSWORD_BYTES_MAX / 2)), Ok(()));
        assert_eq!(admit(&format!("{}c", "ab".repeat(PASSWORD_BYTES_MAX / 2))), Err(WeakPassword::Long));
        let strict = NewPasswordRule { length_min: 15 };
        assert!(strict.admit(&SecretText::new("correct horse"), &[]).is_err());
    }
}
