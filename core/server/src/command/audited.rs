//! What is done at the command line, written into the audit log: by the name that the operating system knows its user by.

use super::error::CommandError;
use gatewright_capabilities::{OsEntropy, SystemClock};
use gatewright_domain::audit::{AUDIT_NAME_CHARS_MAX, Actor, AuditEntry, AuditOutcome};
use gatewright_domain::clock::Clock;
use gatewright_domain::identifiers::AuditId;
use gatewright_domain::store::Stores;
use serde_json::Value;

/// Where a Unix system says which names its users have.
const NAMES: &str = "/etc/passwd";
/// The process itself: its owner is who runs it.
const OWN_PROCESS: &str = "/proc/self";

/// Something an operator did.
pub(super) struct Deed<'d> {
    /// What: a noun and a verb.
    pub(super) action: &'d str,
    /// To what.
    pub(super) target: &'d str,
    /// Who, where they gave a name; else whoever runs this.
    pub(super) by: Option<&'d str>,
    /// What else should be known, as an object; never a secret.
    pub(super) detail: Value,
}

impl<'d> Deed<'d> {
    /// A deed of which nothing else needs to be known.
    pub(super) fn of(action: &'d str, target: &'d str) -> Self {
        Self { action, target, by: None, detail: Value::Null }
    }
}

/// Writes down what was done.
///
/// # Errors
/// When it cannot be written; it is done nonetheless, and the error says so.
pub(super) async fn write_down(stores: &Stores, deed: Deed<'_>) -> Result<(), CommandError> {
    write_end(stores, deed, AuditOutcome::Done).await
}

/// Writes down what was to be done, and with what end.
///
/// # Errors
/// When it cannot be written.
pub(super) async fn write_end(stores: &Stores, deed: Deed<'_>, outcome: AuditOutcome) -> Result<(), CommandError> {
    let entry = AuditEntry {
        id: AuditId::draw(&OsEntropy),
        at_ms: SystemClock.now_ms(),
        actor: Actor::Operator(deed.by.map_or_else(operator_called, cut)),
        action: deed.action.to_owned(),
        target: cut(deed.target),
        outcome,
        detail: match deed.detail {
            Value::Object(detail) => detail,
            _ => Default::default(),
        },
        correlation: None,
    };
    stores.audit.append(&entry).await.map_err(CommandError::Unaudited)
}

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
