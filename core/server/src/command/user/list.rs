//! `gatewright user list`.

use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::{Operations, PAGE_MAX, PageRequest, UserDocument};
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;

#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document, with all claims
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let users = all(arguments.target.operations()?.as_ref()).await?;
    if arguments.json {
        return write_json(out, &json!({ "users": users }));
    }
    let mut rows = vec![["USERNAME", "NAME", "SUBJECT", "SINCE (UTC)", "STATE"].map(str::to_owned)];
    rows.extend(users.iter().map(row));
    Ok(write_rows(out, &rows)?)
}

async fn all(operations: &dyn Operations) -> Result<Vec<UserDocument>, CommandError> {
    let mut users: Vec<UserDocument> = Vec::new();
    loop {
        let after = users.last().map(|user| user.username.to_ascii_lowercase());
        let page = operations.users("", &PageRequest { after, limit: PAGE_MAX }).await?;
        users.extend(page.items);
        if page.next.is_none() {
            return Ok(users);
        }
    }
}

fn row(user: &UserDocument) -> [String; 5] {
    let name = user.claims.get("name").and_then(Value::as_str).unwrap_or("-");
    let state = match (user.disabled, user.has_password) {
        (true, _) => "disabled",
        (false, false) => "no password",
        (false, true) => "-",
    };
    let since = moment::shown(user.created_at);
    [plain(&user.username), plain(name), user.subject.to_string(), since, state.to_owned()]
}
