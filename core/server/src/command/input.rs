//! What is typed and must not be seen: passwords and secrets, from a terminal without being shown, or from standard
//! input.

use super::error::CommandError;
use gatewright_domain::secret::SecretText;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// Stands for standard input where a file is named.
const STANDARD_INPUT: &str = "-";
/// More than any password or secret has, in bytes.
const INPUT_BYTES_MAX: u64 = 64 * 1024;

/// A new password: typed twice at a terminal, else the first line of standard input.
pub(super) fn new_password() -> Result<SecretText, CommandError> {
    if !io::stdin().is_terminal() {
        return first_line(io::stdin().lock());
    }
    let typed = SecretText::new(rpassword::prompt_password("Password: ")?);
    let again = SecretText::new(rpassword::prompt_password("Again: ")?);
    if typed.expose() != again.expose() {
        return Err(CommandError::Password("the two are not the same"));
    }
    Ok(typed)
}

/// The first line of a file; of standard input for `-`.
pub(super) fn secret_in(path: &Path) -> Result<SecretText, CommandError> {
    let unreadable = |cause| CommandError::Unreadable { path: path.to_owned(), cause };
    if path == Path::new(STANDARD_INPUT) {
        return first_line(io::stdin().lock());
    }
    first_line(File::open(path).map_err(unreadable)?)
}

/// All of a file; of standard input for `-`.
pub(super) fn text_in(path: &Path) -> Result<String, CommandError> {
    let read = if path == Path::new(STANDARD_INPUT) {
        io::read_to_string(io::stdin().lock())
    } else {
        std::fs::read_to_string(path)
    };
    read.map_err(|cause| CommandError::Unreadable { path: path.to_owned(), cause })
}

fn first_line(input: impl Read) -> Result<SecretText, CommandError> {
    let mut text = String::new();
    input.take(INPUT_BYTES_MAX).read_to_string(&mut text)?;
    let text = SecretText::new(text);
    let line = text.expose().split('\n').next().unwrap_or_default();
    Ok(SecretText::new(line.strip_suffix('\r').unwrap_or(line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_the_first_line_and_keeps_its_spaces() {
        for (text, line) in [("a b \nrest", "a b "), ("x\r\n", "x"), ("x", "x"), ("", ""), ("\n", "")] {
            assert_eq!(first_line(text.as_bytes()).unwrap().expose(), line);
        }
    }
}
