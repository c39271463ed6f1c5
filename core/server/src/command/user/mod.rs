//! `gatewright user`: the end-users in the server's own directory.

mod add;
mod claims;
mod list;
mod unlock;

use super::error::CommandError;
use super::input::new_password;
use super::table::plain;
use super::target::Target;
use super::{opened, write_json};
use crate::assembly::{Post, open_pages};
use crate::command::audited::{Deed, write_down};
use crate::configuration::Configuration;
use add::AddArguments;
use clap::{Args, Subcommand};
use gatewright_capabilities::{Argon2Hasher, HashCost, OsEntropy, SystemClock};
use gatewright_domain::clock::Clock;
use gatewright_domain::identifiers::EventId;
use gatewright_domain::new_password::NewPasswordRule;
use gatewright_domain::password::{PasswordHash, PasswordHasher};
use gatewright_domain::secret::SecretText;
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::store::UserStore;
use gatewright_domain::user::User;
use list::ListArguments;
use serde_json::{Map, Value, json};
use std::io::Write;
use std::sync::Arc;

/// End-users: add, list, show, set-password, unlock, disable, enable, remove.
#[derive(Debug, Args)]
pub(super) struct UserArguments {
    #[command(subcommand)]
    command: UserCommand,
}

#[derive(Debug, Subcommand)]
enum UserCommand {
    Add(AddArguments),
    /// List the end-users
    List(ListArguments),
    /// Show an end-user: whether they can sign in, and what happened to their account
    Show(NameArguments),
    /// Set an end-user's password: typed twice at a terminal, else the first line of standard input
    SetPassword(NameArguments),
    /// Unlock an end-user after too many failed tries: the next one counts at once
    Unlock(NameArguments),
    /// Disable an end-user: they cannot sign in, their sessions end, their tokens work no longer
    Disable(NameArguments),
    /// Enable an end-user again: they can sign in as before
    Enable(NameArguments),
    /// Remove an end-user, their sessions and consents; their tokens work no longer
    Remove(NameArguments),
}

#[derive(Debug, Args)]
struct NameArguments {
    /// What the end-user types, in capitals or not
    #[arg(value_name = "USERNAME")]
    name: String,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: UserArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        UserCommand::Add(arguments) => add::run(&arguments, out).await,
        UserCommand::List(arguments) => list::run(&arguments, out).await,
        UserCommand::Show(arguments) => unlock::show(&arguments, out).await,
        UserCommand::Unlock(arguments) => unlock::unlock(&arguments, out).await,
        UserCommand::SetPassword(arguments) => set_password(&arguments, out).await,
        UserCommand::Disable(arguments) => set_disabled(&arguments, true, out).await,
        UserCommand::Enable(arguments) => set_disabled(&arguments, false, out).await,
        UserCommand::Remove(arguments) => remove(&arguments, out).await,
    }
}

async fn set_password(arguments: &NameArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load()?;
    let stores = opened::migrated_storage(&configuration)?.stores();
    let users = stores.users.clone();
    let pages = Arc::new(open_pages(&configuration)?);
    let post = Post::open(&configuration, &stores, &pages)?;
    let user = named(users.as_ref(), &arguments.name).await?;
    let password = hashed(&configuration, &new_password()?, &names_of(&user.username, &user.claims)).await?;
    if !users.set_password(&user.subject, &password).await? {
        return Err(CommandError::NoUser(arguments.name.clone()));
    }
    let event = SecurityEvent {
        id: EventId::draw(&OsEntropy),
        subject: user.subject.clone(),
        at: SystemClock.now(),
        address: None,
        kind: SecurityEventKind::PasswordChanged,
    };
    write_down(&stores, Deed::of("user.set_password", user.subject.as_str())).await?;
    post.over(stores).security_events.record(&event).await?;
    post.finish().await;
    if arguments.json {
        return write_json(out, &json!({ "username": user.username, "subject": user.subject.as_str() }));
    }
    Ok(writeln!(out, "the password of {} is set", user.username)?)
}

async fn set_disabled(arguments: &NameArguments, disabled: bool, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let users = storage.stores().users;
    let user = named(users.as_ref(), &arguments.name).await?;
    if !users.set_disabled(&user.subject, disabled).await? {
        return Err(CommandError::NoUser(arguments.name.clone()));
    }
    let action = if disabled { "user.disable" } else { "user.enable" };
    write_down(&storage.stores(), Deed::of(action, user.subject.as_str())).await?;
    if arguments.json {
        let told = json!({ "username": user.username, "subject": user.subject.as_str(), "disabled": disabled });
        return write_json(out, &told);
    }
    let name = plain(&user.username);
    match (disabled, user.disabled) {
        (true, _) => {
            writeln!(out, "disabled {name}: they cannot sign in, their sessions are over, their tokens are revoked")?;
            writeln!(out, "  An API that reads access tokens by itself takes those it holds until they expire.")?;
            writeln!(out, "  `gatewright user enable {name}` lets them sign in again.")?;
        }
        (false, true) => writeln!(out, "enabled {name}: they can sign in again; what was ended stays ended")?,
        (false, false) => writeln!(out, "{name} was not disabled; nothing has changed")?,
    }
    Ok(())
}

async fn remove(arguments: &NameArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let users = storage.stores().users;
    let user = named(users.as_ref(), &arguments.name).await?;
    if !users.remove(&user.subject).await? {
        return Err(CommandError::NoUser(arguments.name.clone()));
    }
    write_down(&storage.stores(), Deed::of("user.remove", user.subject.as_str())).await?;
    if arguments.json {
        return write_json(out, &json!({ "removed": user.username, "subject": user.subject.as_str() }));
    }
    Ok(writeln!(out, "removed {} ({})", user.username, user.subject)?)
}

async fn named(users: &dyn UserStore, name: &str) -> Result<User, CommandError> {
    users.find_by_username(name).await?.ok_or_else(|| CommandError::NoUser(name.to_owned()))
}

/// What a password must not be: the username, the email address.
fn names_of<'u>(username: &'u str, claims: &'u Map<String, Value>) -> Vec<&'u str> {
    std::iter::once(username).chain(claims.get("email").and_then(Value::as_str)).collect()
}

/// The hash of a new password of an account of these names, at the cost that the configuration asks for.
async fn hashed(
    configuration: &Configuration,
    password: &SecretText,
    names: &[&str],
) -> Result<PasswordHash, CommandError> {
    let passwords = &configuration.passwords;
    NewPasswordRule { length_min: passwords.length_min }.admit(password, names)?;
    let cost = HashCost { memory_kib: passwords.memory_kib, iterations: passwords.iterations, threads: 1 };
    Ok(Argon2Hasher::start(cost)?.hash(password).await?)
}
