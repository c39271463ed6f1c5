//! Brings text that a stranger chose into a form that cannot fool the eye.

/// Longest name of a client or an account on a page, in characters.
pub const NAME_CHARS_MAX: usize = 80;

/// A name on one line: no control characters, none that turn the direction of what follows (a name could
/// read backwards as another's), runs of white space as one space, at most [`NAME_CHARS_MAX`] characters.
pub(super) fn name(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| shows(*c)).collect();
    let words = spaced.split(' ').filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    if line.chars().count() <= NAME_CHARS_MAX {
        return line;
    }
    let mut cut: String = line.chars().take(NAME_CHARS_MAX - 1).collect();
    cut.push('…');
    cut
}

/// A text of several lines: as [`name`], but line breaks and length stay.
pub(super) fn block(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || shows(*c)).collect()
}

/// The letter that stands for a name where there is no picture.
pub(super) fn initial(name: &str) -> String {
    let first = name.chars().find(|c| c.is_alphanumeric());
    first.map_or_else(|| "•".to_owned(), |c| c.to_uppercase().collect())
}

/// The marks of left-to-right and right-to-left text (U+200E, U+200F) stay: they turn nothing but themselves.
fn shows(character: char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let unseen = matches!(character, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{2028}' | '\u{2029}');
    !(turns || unseen || character.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_turn_break_or_fill_the_page() {
        assert_eq!(name("Ban\u{202e}k\u{200b}  of\t\r\nEngland\u{0}"), "Bank of England");
        assert_eq!(name(&"x".repeat(NAME_CHARS_MAX)).chars().count(), NAME_CHARS_MAX);
        let long = name(&"x".repeat(NAME_CHARS_MAX + 1));
        assert_eq!((long.chars().count(), long.ends_with('…')), (NAME_CHARS_MAX, true));
        assert_eq!(name("علی\u{200c}رضا 日本"), "علی\u{200c}رضا 日本");
    }

    #[test]
    fn a_paragraph_keeps_its_lines() {
        assert_eq!(block("one\ntwo\u{202e}\u{7}"), "one\ntwo");
    }

    #[test]
    fn a_letter_stands_for_a_name() {
        for (name, letter) in [("weather", "W"), ("(éclair)", "É"), ("ßen", "SS"), ("!!", "•"), ("", "•")] {
            assert_eq!(initial(name), letter);
        }
    }
}
