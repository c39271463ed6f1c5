//! `gatewright policy canary`.

use super::{begin, described, latest, line, running, share, stop};
use crate::command::audited::{Deed, write_down};
use crate::command::error::CommandError;
use crate::command::policy::activate::{put_live, report};
use crate::command::policy::operations::{Asked, Opened};
use crate::command::target::Target;
use crate::command::write_json;
use clap::{Args, Subcommand, ValueEnum};
use gatewright_domain::activation::ActivationKind;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::trial::{Chosen, Group, Plan, Share, TrialKind};
use gatewright_policy::activation::Order;
use gatewright_protocol::client_id::ClientId;
use serde_json::json;
use std::io::Write;

/// Let some logins begin on a policy before all do
///
/// A login that begins on it ends on it. The same client, or the same end-user, always begins on the same policy.
#[derive(Debug, Args)]
pub(in crate::command::policy) struct CanaryArguments {
    #[command(subcommand)]
    command: CanaryCommand,
}

#[derive(Debug, Subcommand)]
enum CanaryCommand {
    Start(Box<StartArguments>),
    /// Show which policy is on canary, and for whom
    Status(LookArguments),
    /// Change the share; who was in it stays in a wider one
    Widen(WidenArguments),
    /// Put it live on every node, and end the canary
    Promote(EndArguments),
    /// End it: new logins begin on the live policy
    Stop(EndArguments),
}

/// Begin: every node takes it up within a second
///
/// Say either a share or a group.
#[derive(Debug, Args)]
struct StartArguments {
    /// A stored bundle: its digest, or 8 or more digits that it begins with
    #[arg(value_name = "DIGEST")]
    digest: String,
    /// A share in percent
    #[arg(long, value_name = "PERCENT", value_parser = percent, conflicts_with_all = ["clients", "users", "claims"])]
    share: Option<Share>,
    /// Of what the share is. Of end-users, only logins at a browser that is signed in count: of others nobody knows yet
    /// whose they are, and they begin on the live policy
    #[arg(long, value_enum, default_value_t = Per::Client)]
    per: Per,
    /// This client's logins; may be given several times
    #[arg(long = "client", value_name = "ID")]
    clients: Vec<String>,
    /// This end-user's logins, once signed in; may be given several times
    #[arg(long = "user", value_name = "SUB")]
    users: Vec<String>,
    /// Logins of end-users with this claim, once signed in; may be given several times
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim)]
    claims: Vec<(String, String)>,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Per {
    Client,
    Subject,
}

#[derive(Debug, Args)]
struct LookArguments {
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct WidenArguments {
    /// The new share in percent
    #[arg(value_name = "PERCENT", value_parser = percent)]
    share: Share,
    #[command(flatten)]
    target: Target,
}

#[derive(Debug, Args)]
struct EndArguments {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    target: Target,
}

fn percent(text: &str) -> Result<Share, String> {
    share(text, 100)
}

fn claim(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write it as NAME=VALUE, such as group=staff".to_owned()),
    }
}

pub(in crate::command::policy) async fn run(
    arguments: CanaryArguments,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    match arguments.command {
        CanaryCommand::Start(arguments) => start(&arguments, out).await,
        CanaryCommand::Status(arguments) => status(&arguments, out).await,
        CanaryCommand::Widen(arguments) => widen(&arguments, out).await,
        CanaryCommand::Promote(arguments) => promote(&arguments, out).await,
        CanaryCommand::Stop(arguments) => end(&arguments, out).await,
    }
}

async fn start(arguments: &StartArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let (by, note) = (arguments.asked.by()?, arguments.asked.note()?);
    let nobody = arguments.clients.is_empty() && arguments.users.is_empty() && arguments.claims.is_empty();
    if arguments.share.is_none() && nobody {
        return Err(CommandError::CanaryForNobody);
    }
    let opened = Opened::of(&arguments.target.load()?)?;
    let digest = opened.operations.named(&arguments.digest).await?;
    let chosen = match (arguments.share, arguments.per) {
        (Some(_), Per::Client) => Chosen::Client,
        (Some(_), Per::Subject) => Chosen::Subject,
        (None, _) => Chosen::Group(group(arguments)?),
    };
    // It decides for some: what holds for an activation holds for it.
    opened.operations.admit(&digest, &by, arguments.asked.within).await?;
    let (kind, share) = (TrialKind::Canary, arguments.share.unwrap_or(Share::ALL));
    let trial = begin(&opened, &Plan { kind, digest, share, chosen, by, note }).await?;
    if arguments.json {
        return write_json(out, &described(&trial));
    }
    writeln!(out, "{}", line(&trial))?;
    Ok(writeln!(
        out,
        "  `gatewright policy canary promote` puts it live for all, `gatewright policy canary stop` ends it."
    )?)
}

fn group(arguments: &StartArguments) -> Result<Group, CommandError> {
    let client = |id: &String| ClientId::try_from(id.as_str()).map_err(|_| CommandError::NoClient(id.clone()));
    Ok(Group {
        clients: arguments.clients.iter().map(client).collect::<Result<_, _>>()?,
        subjects: arguments.users.iter().map(Subject::parse).collect::<Result<_, _>>()?,
        claims: arguments.claims.iter().cloned().collect(),
    })
}

async fn status(arguments: &LookArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let trial = latest(&opened, TrialKind::Canary).await?;
    if arguments.json {
        return write_json(out, &described(&trial));
    }
    Ok(writeln!(out, "{}", line(&trial))?)
}

async fn widen(arguments: &WidenArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let opened = Opened::of(&arguments.target.load()?)?;
    let trial = running(&opened, TrialKind::Canary).await?;
    if matches!(trial.plan.chosen, Chosen::Group(_)) {
        return Err(CommandError::GroupHasNoShare);
    }
    if !opened.stores.trials.widen(trial.number, arguments.share).await? {
        return Err(CommandError::NoTrial(TrialKind::Canary.name()));
    }
    let detail = json!({ "share": f64::from(arguments.share.parts()) / 10_000.0 });
    let deed = Deed { detail, ..Deed::of("policy.widen_canary", trial.plan.digest.as_str()) };
    write_down(&opened.stores, deed).await?;
    status(&LookArguments { target: arguments.target.clone(), json: false }, out).await
}

async fn promote(arguments: &EndArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let (by, note) = (arguments.asked.by()?, arguments.asked.note()?);
    let opened = Opened::of(&arguments.target.load()?)?;
    let digest = running(&opened, TrialKind::Canary).await?.plan.digest;
    let order =
        Order { digest, kind: ActivationKind::Activate, by: by.clone(), note, within_s: arguments.asked.within };
    let live = put_live(&opened, &order).await?;
    stop(&opened, TrialKind::Canary, &by).await?;
    report(&live, false, out)
}

async fn end(arguments: &EndArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let by = arguments.asked.by()?;
    let opened = Opened::of(&arguments.target.load()?)?;
    let digest = stop(&opened, TrialKind::Canary, &by).await?.plan.digest;
    Ok(writeln!(out, "the canary {digest} is ended; logins that began on it end on it")?)
}
