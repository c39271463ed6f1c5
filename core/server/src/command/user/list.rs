//! `gatewright user list`.

use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::Target;
use crate::command::{opened, write_json};
use crate::moment;
use clap::Args;
use gatewright_domain::store::UserStore;
use gatewright_domain::user::User;
use serde_json::{Value, json};
use std::io::Write;

/// Accounts read from the database at once.
const PAGE: usize = 500;

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    target: Target,
    /// Print one JSON document, with all claims
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let storage = opened::migrated_storage(&arguments.target.load()?)?;
    let users = all(storage.stores().users.as_ref()).await?;
    if arguments.json {
        let shown: Vec<Value> = users.iter().map(described).collect();
        return write_json(out, &json!({ "users": shown }));
    }
    let mut rows = vec![["USERNAME", "NAME", "SUBJECT", "SINCE (UTC)", "STATE"].map(str::to_owned)];
    rows.extend(users.iter().map(row));
    Ok(write_rows(out, &rows)?)
}

async fn all(store: &dyn UserStore) -> Result<Vec<User>, CommandError> {
    let mut users: Vec<User> = Vec::new();
    loop {
        let page = store.list(users.last().map(|user| user.username.as_str()), PAGE).await?;
        let is_last = page.len() < PAGE;
        users.extend(page);
        if is_last {
            return Ok(users);
        }
    }
}

/// An account for machines, without its password's hash.
pub(super) fn described(user: &User) -> Value {
    json!({
        "username": user.username,
        "subject": user.subject.as_str(),
        "claims": user.claims,
        "has_password": user.password.is_some(),
        "disabled": user.disabled,
        "created_at": user.created_at,
    })
}

fn row(user: &User) -> [String; 5] {
    let name = user.claims.get("name").and_then(Value::as_str).unwrap_or("-");
    let state = match (user.disabled, &user.password) {
        (true, _) => "disabled",
        (false, None) => "no password",
        (false, Some(_)) => "-",
    };
    let since = moment::shown(user.created_at);
    [plain(&user.username), plain(name), user.subject.to_string(), since, state.to_owned()]
}
