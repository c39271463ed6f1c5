//! `gatewright user add`.

use super::claims::ClaimsArguments;
use crate::command::error::CommandError;
use crate::command::input::new_password;
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::operations::{NewUser, ProblemKind};
use clap::Args;
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
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &AddArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let claims = arguments.claims.read()?;
    let username = arguments.name.trim();
    if operations.user_named(username).await?.is_some() {
        // Said before a password is asked for; what counts is said when it is added.
        let detail = format!("there is an end-user {username} already, or one of that subject");
        return Err(ProblemKind::UserExists.says(detail).into());
    }
    let password = if arguments.no_password { None } else { Some(new_password()?) };
    let subject = arguments.subject.clone();
    let user = operations.add_user(NewUser { username: username.to_owned(), subject, claims, password }).await?;
    if arguments.json {
        return write_json(out, &json!({ "username": user.username, "subject": user.subject.as_str() }));
    }
    Ok(writeln!(out, "added {} ({})", user.username, user.subject)?)
}
