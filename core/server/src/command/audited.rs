//! What is done at the command line, written into the audit log: by the name that the operating system knows its user by.

use gatewright_domain::audit::AUDIT_NAME_CHARS_MAX;

/// Where a Unix system says which names its users have.
const NAMES: &str = "/etc/passwd";
/// The process itself: its owner is who runs it.
const OWN_PROCESS: &str = "/proc/self";

/// Who runs this, as the operating system says.
pub(super) fn operator_called() -> String {
    operator().unwrap_or_else(|| "unknown".to_owned())
}

/// Who runs this, by the operating system's name; where it has none, by number.
pub(super) fn operator() -> Option<String> {
    let number = own_number()?;
    let names = std::fs::read_to_string(NAMES).unwrap_or_default();
    Some(cut(&name_of(&names, number).unwrap_or_else(|| format!("uid {number}"))))
}

#[cfg(unix)]
fn own_number() -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(OWN_PROCESS).ok().map(|process| process.uid())
}

#[cfg(not(unix))]
fn own_number() -> Option<u32> {
    None
}

/// The name of the user of that number: `name:password:number:…`, a line a user.
fn name_of(names: &str, number: u32) -> Option<String> {
    let number = number.to_string();
    let line = names.lines().find(|line| line.split(':').nth(2) == Some(&number))?;
    line.split(':').next().filter(|name| !name.is_empty()).map(ToOwned::to_owned)
}

fn cut(text: &str) -> String {
    text.chars().take(AUDIT_NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operator_is_named_as_the_system_names_them() {
        let names = "root:x:0:0:root:/root:/bin/bash\nbroken\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_of(names, 1000).as_deref(), Some("ada"));
        assert_eq!(name_of(names, 0).as_deref(), Some("root"));
        assert_eq!(name_of(names, 7), None);
        assert!(operator().is_some_and(|name| !name.is_empty()));
        assert_eq!(cut(&"é".repeat(AUDIT_NAME_CHARS_MAX + 1)), "é".repeat(AUDIT_NAME_CHARS_MAX));
    }
}
