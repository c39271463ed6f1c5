//! `gatewright policy issued` and `gatewright policy revoke`.

use super::operations::{Opened, short};
use crate::command::error::CommandError;
use crate::command::table::{plain, write_rows};
use crate::command::target::Target;
use crate::command::write_json;
use crate::moment;
use clap::Args;
use gatewright_domain::store::{Issued, IssuedCount, LISTED_MAX};
use gatewright_policy::activation;
use serde_json::{Value, json};
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
    target: Target,
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
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn issued(arguments: &IssuedArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let digest = opened.operations.named(&arguments.digest).await?;
    let now = opened.operations.activations.clock.now();
    let count = opened.stores.issued.count(&digest, now).await?;
    let listed = opened.stores.issued.list(&digest, now, arguments.limit.into()).await?;
    if arguments.json {
        let one = |one: &Issued| {
            json!({ "kind": one.kind.name(), "id": one.id, "subject": one.subject,
            "client": one.client, "issued_at": one.issued_at })
        };
        let listed: Vec<Value> = listed.iter().map(one).collect();
        return write_json(out, &json!({ "digest": digest.as_str(), "count": counted(&count), "issued": listed }));
    }
    writeln!(out, "decided under {} and still good:", short(&digest))?;
    write_count(out, &count)?;
    if !listed.is_empty() {
        writeln!(out)?;
        let mut rows = vec![["KIND", "ID", "SUBJECT", "CLIENT", "SINCE (UTC)"].map(str::to_owned)];
        rows.extend(listed.iter().map(|one| {
            let client = plain(one.client.as_deref().unwrap_or("-"));
            let since = moment::shown(one.issued_at);
            [one.kind.name().to_owned(), one.id.clone(), plain(&one.subject), client, since]
        }));
        write_rows(out, &rows)?;
    }
    Ok(())
}

pub(super) async fn revoke(arguments: &RevokeArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let (activations, issued) = (&opened.operations.activations, opened.stores.issued.as_ref());
    let digest = opened.operations.named(&arguments.digest).await?;
    let count = match arguments.yes {
        true => activation::revoke(&digest, activations, issued).await?,
        false => issued.count(&digest, activations.clock.now()).await?,
    };
    if arguments.json {
        return write_json(
            out,
            &json!({ "digest": digest.as_str(), "revoked": arguments.yes, "count": counted(&count) }),
        );
    }
    if arguments.yes {
        writeln!(out, "ended what was decided under {}:", short(&digest))?;
        write_count(out, &count)?;
        writeln!(out, "  An API that reads access tokens by itself takes those it holds until they expire.")?;
    } else {
        writeln!(out, "would end what was decided under {}:", short(&digest))?;
        write_count(out, &count)?;
        writeln!(out, "  Nothing has changed; `gatewright policy revoke {} --yes` does it.", short(&digest))?;
    }
    Ok(())
}

fn rows(count: &IssuedCount) -> [(&'static str, u64, &'static str); 5] {
    [
        ("interactions", count.interactions, "unfinished sign-ins"),
        ("sessions", count.sessions, "end-users sign in again"),
        ("codes", count.codes, "not redeemed yet"),
        ("token families", count.families, "with their refresh and access tokens"),
        ("opaque tokens", count.opaque_tokens, "of these families"),
    ]
}

fn write_count(out: &mut dyn Write, count: &IssuedCount) -> io::Result<()> {
    let row = |(name, count, what): (&str, u64, &str)| [format!("  {count}"), name.to_owned(), what.to_owned()];
    write_rows(out, &rows(count).map(row))
}

fn counted(count: &IssuedCount) -> Value {
    rows(count)
        .into_iter()
        .map(|(name, count, _)| (name.replace(' ', "_"), json!(count)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
