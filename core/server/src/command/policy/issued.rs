//! `gatewright policy issued` and `gatewright policy revoke`.

use super::operations::short;
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::moment;
use crate::operations::IssuedCounts;
use clap::Args;
use gatewright_domain::store::LISTED_MAX;
use serde_json::json;
use std::io::{self, Write};

#[derive(Debug, Args)]
pub(super) struct IssuedArguments {
    /// The bundle: its digest, 8 or more digits that it begins with, or `live`
    #[arg(value_name = "DIGEST")]
    digest: String,
    /// List at most so many of each kind
    #[arg(long, value_name = "COUNT", default_value_t = 20, value_parser = clap::value_parser!(u16).range(0..=LISTED_MAX as i64))]
    limit: u16,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// End everything that was decided under a bundle: sessions, codes and tokens
///
/// Without --yes it counts and changes nothing. The bundle must not be live any more.
#[derive(Debug, Args)]
pub(super) struct RevokeArguments {
    /// The bundle: its digest, or 8 or more digits that it begins with
    #[arg(value_name = "DIGEST")]
    digest: String,
    /// Do it
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn issued(arguments: &IssuedArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let under = operations.issued_under(&arguments.digest, arguments.limit.into()).await?;
    if arguments.json {
        return write_json(out, &under);
    }
    writeln!(out, "decided under {} and still good:", short(&under.digest))?;
    write_count(out, &under.count)?;
    if !under.issued.is_empty() {
        writeln!(out)?;
        let mut rows = vec![["KIND", "ID", "SUBJECT", "CLIENT", "SINCE (UTC)"].map(str::to_owned)];
        rows.extend(under.issued.iter().map(|one| {
            let client = plain(one.client.as_deref().unwrap_or("-"));
            let since = moment::shown(one.issued_at);
            [plain(&one.kind), plain(&one.id), plain(&one.subject), client, since]
        }));
        write_rows(out, &rows)?;
    }
    Ok(())
}

pub(super) async fn revoke(arguments: &RevokeArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let operations = arguments.target.operations()?;
    let under = match arguments.yes {
        true => operations.revoke_issued(&arguments.digest).await?,
        false => operations.issued_under(&arguments.digest, 0).await?,
    };
    let (digest, count) = (&under.digest, &under.count);
    if arguments.json {
        return write_json(out, &json!({ "digest": digest, "revoked": arguments.yes, "count": count }));
    }
    if arguments.yes {
        writeln!(out, "ended what was decided under {}:", short(digest))?;
        write_count(out, count)?;
        writeln!(out, "  An API that reads access tokens by itself takes those it holds until they expire.")?;
    } else {
        writeln!(out, "would end what was decided under {}:", short(digest))?;
        write_count(out, count)?;
        writeln!(out, "  Nothing has changed; `gatewright policy revoke {} --yes` does it.", short(digest))?;
    }
    Ok(())
}

fn write_count(out: &mut dyn Write, count: &IssuedCounts) -> io::Result<()> {
    let rows = [
        ("interactions", count.interactions, "unfinished sign-ins"),
        ("sessions", count.sessions, "end-users sign in again"),
        ("codes", count.codes, "not redeemed yet"),
        ("token families", count.token_families, "with their refresh and access tokens"),
        ("opaque tokens", count.opaque_tokens, "of these families"),
    ];
    let row = |(name, count, what): (&str, u64, &str)| [format!("  {count}"), name.to_owned(), what.to_owned()];
    write_rows(out, &rows.map(row))
}
