//! `gatewright trace list`.

use crate::command::error::CommandError;
use crate::command::since::{Since, since};
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::{LIST_MAX, TraceQuery};
use clap::Args;
use gatewright_domain::identifiers::{Subject, TraceId};
use gatewright_domain::store::TraceFilter;
use gatewright_domain::trace::TraceHead;
use gatewright_protocol::client_id::ClientId;
use serde_json::{Value, json};
use std::io::Write;

/// List traces, the newest first
#[derive(Debug, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// Of this end-user, by username or subject
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Of this client
    #[arg(long, value_name = "ID")]
    client: Option<ClientId>,
    /// Begun no longer ago than that, such as 30m, 12h or 7d
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Since>,
    /// That ended with this error: access_denied, fault …
    #[arg(long, value_name = "CODE")]
    error: Option<String>,
    /// That ended with any error
    #[arg(long)]
    failed: bool,
    /// In which a fault has this id in the log or on an error page
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    correlation: Option<String>,
    /// What came after this login
    #[arg(long, value_name = "TRACE", allow_hyphen_values = true)]
    login: Option<String>,
    /// So many at most
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

const _: () = assert!(LIST_MAX == 1000, "the range of --limit says so too");

pub(super) async fn run(arguments: &ListArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let query = query(arguments)?;
    let found = arguments.target.operations()?.traces(&query, arguments.limit.into()).await?;
    if arguments.json {
        return write_json(out, &json!({ "traces": found.iter().map(described).collect::<Vec<_>>() }));
    }
    if found.is_empty() {
        let kept = "kept are logins that fail, and of the others so many of 1000 as trace.sample_per_mille says";
        return Ok(writeln!(out, "no such traces; {kept}")?);
    }
    let header = ["TRACE", "BEGAN (UTC)", "OF", "CLIENT", "SUBJECT", "ENDED", "ERROR"];
    let mut rows = vec![header.map(str::to_owned)];
    rows.extend(found.iter().map(row));
    Ok(write_rows(out, &rows)?)
}

fn query(arguments: &ListArguments) -> Result<TraceQuery, CommandError> {
    let filter = TraceFilter {
        subject: None,
        client: arguments.client.clone(),
        login: arguments.login.as_deref().map(TraceId::parse).transpose()?,
        since_ms: arguments.since.map(Since::moment_ms),
        until_ms: None,
        error: arguments.error.clone(),
        failed: arguments.failed,
        correlation: arguments.correlation.clone(),
        recorded: false,
    };
    Ok(TraceQuery { user: arguments.user.clone(), filter })
}

/// A trace for machines, without its steps.
pub(super) fn described(head: &TraceHead) -> Value {
    json!({
        "trace": head.id.as_str(),
        "of": head.kind,
        "login": head.login,
        "client": head.client.as_str(),
        "subject": head.subject,
        "bundle": head.bundle.as_str(),
        "began_at_ms": head.began_at_ms,
        "outcome": head.outcome,
        "error": head.error,
    })
}

fn row(head: &TraceHead) -> [String; 7] {
    let or_dash = |text: Option<&str>| text.map_or_else(|| "-".to_owned(), plain);
    [
        head.id.to_string(),
        moment::exact(head.began_at_ms),
        head.kind.name().to_owned(),
        plain(head.client.as_str()),
        or_dash(head.subject.as_ref().map(Subject::as_str)),
        head.outcome.name().to_owned(),
        or_dash(head.error.as_deref()),
    ]
}
