//! `gatewright user`: the end-users in the server's own directory.

mod add;
mod claims;
mod list;
mod unlock;

use super::error::CommandError;
use super::input::new_password;
use super::table::plain;
use super::target::ServerTarget;
use super::write_json;
use crate::operations::{NewPassword, Operations, ProblemKind, UserDocument};
use add::AddArguments;
use clap::{Args, Subcommand};
use list::ListArguments;
use serde_json::json;
use std::io::Write;

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
    target: ServerTarget,
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
    let operations = arguments.target.operations()?;
    let user = named(operations.as_ref(), &arguments.name).await?;
    let password = NewPassword { password: new_password()? };
    operations.set_password(user.subject.as_str(), password).await?;
    if arguments.json {
        return write_json(out, &json!({ "username": user.username, "subject": user.subject.as_str() }));
    }
    Ok(writeln!(out, "the password of {} is set", user.username)?)
}

async fn set_disabled(arguments: &NameArguments, disabled: bool, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let user = named(operations.as_ref(), &arguments.name).await?;
    operations.set_disabled(user.subject.as_str(), disabled).await?;
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
    let operations = arguments.target.operations()?;
    let user = named(operations.as_ref(), &arguments.name).await?;
    operations.remove_user(user.subject.as_str()).await?;
    if arguments.json {
        return write_json(out, &json!({ "removed": user.username, "subject": user.subject.as_str() }));
    }
    Ok(writeln!(out, "removed {} ({})", user.username, user.subject)?)
}

async fn named(operations: &dyn Operations, name: &str) -> Result<UserDocument, CommandError> {
    let found = operations.user_named(name).await?;
    found.ok_or_else(|| ProblemKind::NoUser.says(format!("there is no end-user {name}")).into())
}
