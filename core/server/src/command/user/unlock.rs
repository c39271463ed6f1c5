//! `gatewright user show` and `gatewright user unlock`: what the limit on guessing holds against an account.

use super::{NameArguments, named};
use crate::assembly::guess_limit;
use crate::command::audited::{Deed, write_down};
use crate::command::error::CommandError;
use crate::command::table::plain;
use crate::command::{opened, write_json};
use crate::configuration::Configuration;
use crate::moment;
use gatewright_capabilities::{OsEntropy, StoredGuessLimit};
use gatewright_domain::capabilities::guessing::{Account, Guess, GuessLimit, Guessed};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::Stores;
use gatewright_domain::user::User;
use gatewright_signing::MasterSealer;
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;

/// Most events shown to people; machines get all.
const EVENTS_SHOWN: usize = 10;

/// What is counted is named by digests under the master key.
fn limit(configuration: &Configuration, stores: &Stores) -> Result<StoredGuessLimit, CommandError> {
    let master = configuration.keys.read_master_key().map_err(crate::assembly::AssemblyError::from)?;
    let sealer = Arc::new(MasterSealer::new(master, Arc::new(OsEntropy)));
    Ok(guess_limit(configuration, stores, sealer))
}

/// What an account has to wait for.
struct Waits {
    locked_until: Option<Timestamp>,
    wait_s: u64,
}

async fn waits(limit: &StoredGuessLimit, user: &User) -> Result<Waits, CommandError> {
    let subject = Some(user.subject.clone());
    let named = Account::Username { typed: user.username.clone(), subject };
    let mut waits = Waits { locked_until: None, wait_s: 0 };
    for (account, what) in [(named, Guessed::Password), (Account::Subject(user.subject.clone()), Guessed::Factor)] {
        waits.locked_until = waits.locked_until.max(limit.locked_until(&account, what).await?);
        let guess = Guess { account, address: None, what };
        waits.wait_s = waits.wait_s.max(limit.wait_s(&guess).await?);
    }
    Ok(waits)
}

pub(super) async fn unlock(arguments: &NameArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load()?;
    let stores = opened::migrated_storage(&configuration)?.stores();
    let user = named(stores.users.as_ref(), &arguments.name).await?;
    let limit = limit(&configuration, &stores)?;
    let before = waits(&limit, &user).await?;
    limit.unlock(&user.username, &user.subject).await?;
    write_down(&stores, Deed::of("user.unlock", user.subject.as_str())).await?;
    let name = plain(&user.username);
    if arguments.json {
        let told = json!({ "username": user.username, "subject": user.subject.as_str(), "waited_s": before.wait_s });
        return write_json(out, &told);
    }
    match before.wait_s {
        0 => writeln!(out, "{name} had nothing to wait for; failed tries are counted anew")?,
        _ => writeln!(out, "unlocked {name}: the next try counts at once")?,
    }
    Ok(())
}

pub(super) async fn show(arguments: &NameArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load()?;
    let stores = opened::migrated_storage(&configuration)?.stores();
    let user = named(stores.users.as_ref(), &arguments.name).await?;
    let waits = waits(&limit(&configuration, &stores)?, &user).await?;
    let events = stores.security_events.list(&user.subject).await?;
    if arguments.json {
        let mut told = super::list::described(&user);
        told["locked_until"] = json!(waits.locked_until);
        told["wait_s"] = json!(waits.wait_s);
        told["events"] = events.iter().map(described).collect();
        return write_json(out, &told);
    }
    writeln!(out, "{} ({})", plain(&user.username), user.subject)?;
    writeln!(out, "  state   {}", state(&user, &waits))?;
    writeln!(out, "  since   {} UTC", moment::shown(user.created_at))?;
    for event in events.iter().take(EVENTS_SHOWN) {
        let from = event.address.map(|address| format!(" from {address}")).unwrap_or_default();
        writeln!(out, "  {} UTC  {}{from}", moment::shown(event.at), happened(&event.kind))?;
    }
    if waits.wait_s > 0 {
        writeln!(out, "  `gatewright user unlock {}` lets the next try count at once.", plain(&user.username))?;
    }
    Ok(())
}

fn state(user: &User, waits: &Waits) -> String {
    match (user.disabled, waits.locked_until, waits.wait_s) {
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
    }
}

fn described(event: &SecurityEvent) -> Value {
    json!({ "at": event.at, "address": event.address, "what": event.kind })
}
