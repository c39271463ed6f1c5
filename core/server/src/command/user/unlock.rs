//! `gatewright user show` and `gatewright user unlock`: what the limit on guessing holds against an account.

use super::{NameArguments, named};
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::command::write_json;
use crate::moment;
use crate::operations::UserDetail;
use gatewright_domain::security_event::SecurityEventKind;
use serde_json::json;
use std::io::Write;

/// Most events shown to people; machines get all.
const EVENTS_SHOWN: usize = 10;

pub(super) async fn unlock(arguments: &NameArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let user = named(operations.as_ref(), &arguments.name).await?;
    let waited_s = operations.unlock(user.subject.as_str()).await?;
    let name = plain(&user.username);
    if arguments.json {
        let told = json!({ "username": user.username, "subject": user.subject.as_str(), "waited_s": waited_s });
        return write_json(out, &told);
    }
    match waited_s {
        0 => writeln!(out, "{name} had nothing to wait for; failed tries are counted anew")?,
        _ => writeln!(out, "unlocked {name}: the next try counts at once")?,
    }
    Ok(())
}

pub(super) async fn show(arguments: &NameArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let named = named(operations.as_ref(), &arguments.name).await?;
    let detail = operations.user(named.subject.as_str()).await?;
    if arguments.json {
        return write_json(out, &detail);
    }
    let user = &detail.user;
    writeln!(out, "{} ({})", plain(&user.username), user.subject)?;
    writeln!(out, "  state   {}", state(&detail))?;
    writeln!(out, "  since   {} UTC", moment::shown(user.created_at))?;
    for event in detail.events.iter().take(EVENTS_SHOWN) {
        let from = event.address.map(|address| format!(" from {address}")).unwrap_or_default();
        writeln!(out, "  {} UTC  {}{from}", moment::shown(event.at), happened(&event.what))?;
    }
    if detail.wait_s > 0 {
        writeln!(out, "  `gatewright user unlock {}` lets the next try count at once.", plain(&user.username))?;
    }
    Ok(())
}

fn state(detail: &UserDetail) -> String {
    match (detail.user.disabled, detail.locked_until, detail.wait_s) {
        (true, _, _) => "disabled".to_owned(),
        (false, Some(until), _) => format!("locked until {} UTC, for too many failed tries", moment::shown(until)),
        (false, None, 0) => "can sign in".to_owned(),
        (false, None, wait_s) => format!("the next try counts in {wait_s} s"),
    }
}

fn happened(kind: &SecurityEventKind) -> String {
    match kind {
        SecurityEventKind::FailedTries { tries: 1 } => "1 failed try before a sign-in, the last".to_owned(),
        SecurityEventKind::FailedTries { tries } => format!("{tries} failed tries before a sign-in, the last"),
        SecurityEventKind::LockedOut { until } => format!("locked until {} UTC", moment::shown(*until)),
        SecurityEventKind::FactorAdded { kind, label } => format!("{kind} added: {}", plain(label)),
        SecurityEventKind::FactorRenamed { kind, label } => format!("{kind} renamed: {}", plain(label)),
        SecurityEventKind::FactorRemoved { kind, label } => format!("{kind} removed: {}", plain(label)),
        SecurityEventKind::PasswordChanged => "new password".to_owned(),
        SecurityEventKind::RecoveryCodesRenewed => "new recovery codes".to_owned(),
        SecurityEventKind::SessionEnded { user_agent } => {
            format!("ended the session of {}", user_agent.as_deref().map_or_else(|| "an unknown browser".into(), plain))
        }
        SecurityEventKind::ClientDisconnected { name } => format!("disconnected {}", plain(name)),
        SecurityEventKind::ClientNotToldOfLogout { name } => format!("{} could not be told of a logout", plain(name)),
    }
}
