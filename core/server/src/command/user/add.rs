//! `gatewright user add`.

use super::claims::ClaimsArguments;
use super::{hashed, names_of};
use crate::command::audited::{Deed, write_down};
use crate::command::error::CommandError;
use crate::command::input::new_password;
use crate::command::target::Target;
use crate::command::{opened, write_json};
use clap::Args;
use gatewright_capabilities::{OsEntropy, SystemClock};
use gatewright_domain::clock::Clock;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::store::DuplicateUser;
use gatewright_domain::user::{USERNAME_CHARS_MAX, User};
use serde_json::json;
use std::io::Write;

/// Add an end-user
///
/// The password is typed twice at a terminal, else it is the first line of standard input.
#[derive(Debug, Args)]
pub(super) struct AddArguments {
    /// What the end-user types to sign in
    #[arg(value_name = "USERNAME")]
    name: String,
    /// Their name for life, `sub` in tokens; drawn by default
    #[arg(long, value_name = "SUB")]
    subject: Option<String>,
    /// Without a password: it can be set later, and until then none fits
    #[arg(long)]
    no_password: bool,
    #[command(flatten)]
    claims: ClaimsArguments,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &AddArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load()?;
    let username = admit_username(&arguments.name)?;
    let subject = match &arguments.subject {
        Some(subject) => Subject::parse(subject.as_str())?,
        None => Subject::draw(&OsEntropy),
    };
    let claims = arguments.claims.read()?;
    let storage = opened::migrated_storage(&configuration)?;
    let users = storage.stores().users;
    if users.find_by_username(username).await?.is_some() {
        // Said before a password is asked for; what counts is said by the store.
        return Err(CommandError::UserExists(username.to_owned()));
    }
    let password = match arguments.no_password {
        true => None,
        false => Some(hashed(&configuration, &new_password()?, &names_of(username, &claims)).await?),
    };
    let created_at = SystemClock.now();
    let user = User { subject, username: username.to_owned(), claims, password, disabled: false, created_at };
    users.add(&user).await?.map_err(|DuplicateUser| CommandError::UserExists(username.to_owned()))?;
    write_down(&storage.stores(), Deed::of("user.add", user.subject.as_str())).await?;
    if arguments.json {
        return write_json(out, &json!({ "username": user.username, "subject": user.subject.as_str() }));
    }
    Ok(writeln!(out, "added {username} ({})", user.subject)?)
}

fn admit_username(name: &str) -> Result<&str, CommandError> {
    let name = name.trim();
    if name.is_empty() {
        return Err(CommandError::Username("it is empty"));
    }
    if name.chars().count() > USERNAME_CHARS_MAX {
        return Err(CommandError::Username("it is longer than 128 characters"));
    }
    if name.chars().any(char::is_control) {
        return Err(CommandError::Username("it has control characters"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_username_has_1_to_128_characters_and_no_control_characters() {
        let longest = "é".repeat(USERNAME_CHARS_MAX);
        let table = [
            ("alice", Some("alice")),
            ("  alice ", Some("alice")),
            ("Ève Ωmega", Some("Ève Ωmega")),
            (&longest, Some(&longest)),
            (&format!("{longest}x"), None),
            ("", None),
            (" ", None),
            ("a\nb", None),
            ("a\u{7f}", None),
        ];
        for (name, admitted) in table {
            assert_eq!(admit_username(name).ok(), admitted, "{name:?}");
        }
    }
}
