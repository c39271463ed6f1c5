//! Who may activate: a pure rule, and the names of people and what they say.

use super::error::ActivationError;
use gatewright_domain::activation::PushedBundle;

/// Longest name of a person, in characters.
pub const PERSON_CHARS_MAX: usize = 64;
/// Longest note, in characters.
pub const NOTE_CHARS_MAX: usize = 500;

/// One line of text that was typed: not empty, at most `chars_max` characters, none of them a control character.
pub fn line(text: &str, chars_max: usize) -> Option<String> {
    let text = text.trim();
    let fits = !text.is_empty() && text.chars().count() <= chars_max && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// Where two persons are needed, whoever pushed a bundle cannot put it live, and one that nobody pushed has nobody who
/// answers for it.
pub(super) fn admit(two_persons: bool, by: &str, pushed: Option<&PushedBundle>) -> Result<(), ActivationError> {
    match pushed {
        _ if !two_persons => Ok(()),
        None => Err(ActivationError::NobodyPushed),
        Some(pushed) if pushed.author == by => Err(ActivationError::SamePerson(by.to_owned())),
        Some(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::clock::Timestamp;
    use gatewright_domain::identifiers::BundleDigest;

    #[test]
    fn where_two_persons_are_needed_the_author_cannot_activate() {
        let digest = BundleDigest::parse("d").unwrap();
        let (name, note) = (None, None);
        let pushed = PushedBundle { digest, name, author: "ada".into(), note, pushed_at: Timestamp(0) };
        assert!(admit(true, "bob", Some(&pushed)).is_ok());
        assert!(matches!(admit(true, "ada", Some(&pushed)), Err(ActivationError::SamePerson(by)) if by == "ada"));
        assert!(matches!(admit(true, "bob", None), Err(ActivationError::NobodyPushed)));
        assert!(admit(false, "ada", Some(&pushed)).is_ok());
        assert!(admit(false, "ada", None).is_ok());
    }

    #[test]
    fn a_name_is_one_line_that_is_not_too_long() {
        assert_eq!(line(" ada \n", PERSON_CHARS_MAX).as_deref(), Some("ada"));
        assert_eq!(line(&"x".repeat(NOTE_CHARS_MAX), NOTE_CHARS_MAX).map(|note| note.len()), Some(NOTE_CHARS_MAX));
        for bad in ["", "  ", "a\nb", "\u{1b}[2J", &"x".repeat(PERSON_CHARS_MAX + 1)] {
            assert_eq!(line(bad, PERSON_CHARS_MAX), None, "{bad:?}");
        }
    }
}
