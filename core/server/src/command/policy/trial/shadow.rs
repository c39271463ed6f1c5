//! `gatewright policy shadow`.

use super::differences::{DiffArguments, diff};
use super::{line, share};
use crate::command::error::CommandError;
use crate::command::policy::operations::{Asked, own, wrong};
use crate::command::table::{plain, write_rows};
use crate::command::target::ServerTarget;
use crate::command::write_json;
use crate::operations::{Asking, CountDocument, Operations, ShadowDocument};
use clap::{Args, Subcommand};
use gatewright_domain::hooks::HookKind;
use gatewright_domain::trial::{Counted, Share, TrialKind};
use std::io::Write;
use std::path::Path;

/// Run a policy beside the live one on real requests, and see where it differs
///
/// The candidate is asked what the live policy was asked, after the answer has gone out. What its code asks of the server
/// (users, kv, http, mail …) is answered with what the live policy was answered; nothing that it does happens.
#[derive(Debug, Args)]
pub(in crate::command::policy) struct ShadowArguments {
    #[command(subcommand)]
    command: ShadowCommand,
}

#[derive(Debug, Subcommand)]
enum ShadowCommand {
    /// Begin: every node takes it up within a second
    Start(StartArguments),
    /// Show what was counted on all nodes
    Status(StatusArguments),
    /// Show samples of differences, the latest first
    Diff(DiffArguments),
    /// End it; what was counted stays to be read
    Stop(StopArguments),
}

#[derive(Debug, Args)]
struct StartArguments {
    /// A stored bundle, by its digest or 8 or more digits that it begins with; or a folder, which is pushed
    #[arg(value_name = "DIGEST|DIR")]
    bundle: String,
    /// Which part of the questions it is asked: 0.2 is a fifth
    #[arg(long, value_name = "PART", default_value = "1", value_parser = part)]
    share: Share,
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct StatusArguments {
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct StopArguments {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    target: ServerTarget,
}

fn part(text: &str) -> Result<Share, String> {
    share(text, 1)
}

pub(in crate::command::policy) async fn run(
    arguments: ShadowArguments,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    match arguments.command {
        ShadowCommand::Start(arguments) => start(&arguments, out).await,
        ShadowCommand::Status(arguments) => status(&arguments, out).await,
        ShadowCommand::Diff(arguments) => diff(&arguments, out).await,
        ShadowCommand::Stop(arguments) => end(&arguments, out).await,
    }
}

async fn start(arguments: &StartArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let asking = arguments.asked.of(&arguments.target)?;
    let operations = arguments.target.operations()?;
    let bundle = bundle(operations.as_ref(), &arguments.bundle, &asking).await?;
    let trial = operations.begin_shadow(&bundle, arguments.share, &asking).await?;
    if arguments.json {
        return write_json(out, &trial);
    }
    writeln!(out, "{}", line(&trial))?;
    Ok(writeln!(out, "  `gatewright policy shadow status` counts, `gatewright policy shadow diff` shows samples.")?)
}

/// The name of a stored bundle; that of a folder is pushed first.
async fn bundle(operations: &dyn Operations, name: &str, asking: &Asking) -> Result<String, CommandError> {
    let path = Path::new(name);
    if !path.is_dir() {
        return Ok(name.to_owned());
    }
    let asking = Asking { note: None, ..asking.clone() };
    let pushed = operations.push_policy(&own(path)?, &asking).await.map_err(|error| wrong(error, path))?;
    Ok(pushed.policy.digest.into())
}

async fn status(arguments: &StatusArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let shadow = arguments.target.operations()?.shadow().await?;
    if arguments.json {
        return write_json(out, &shadow);
    }
    let ShadowDocument { trial, counts } = shadow;
    writeln!(out, "{}", line(&trial))?;
    if counts.is_empty() {
        return Ok(writeln!(out, "nothing was asked yet; nodes write what they count once a second")?);
    }
    writeln!(out)?;
    write_rows(out, &totals(&counts))?;
    let is_found = |one: &&CountDocument| matches!(Counted::named(&one.what), Some(Counted::Found(_)));
    let found: Vec<_> = counts.iter().filter(is_found).collect();
    if found.is_empty() {
        return Ok(writeln!(out, "\nno difference")?);
    }
    writeln!(out)?;
    let mut rows = vec![["DIFFERS IN", "BINDING", "TIMES"].map(str::to_owned)];
    rows.extend(found.into_iter().map(|one| {
        let binding = if one.binding.is_empty() { one.hook.name() } else { &one.binding };
        [plain(&one.what), plain(binding), one.count.to_string()]
    }));
    Ok(write_rows(out, &rows)?)
}

/// How often each hook was asked, and what both policies took.
fn totals(counts: &[CountDocument]) -> Vec<[String; 5]> {
    let sum = |hook: HookKind, what: Counted| {
        let of = counts.iter().filter(|one| one.hook == hook && Counted::named(&one.what) == Some(what));
        of.map(|one| one.count).sum::<u64>()
    };
    let header = ["HOOK", "ASKED", "LEFT OUT", "LIVE, µs EACH", "CANDIDATE, µs EACH"];
    let mut rows = vec![header.map(str::to_owned)];
    for hook in HookKind::ALL {
        let (asked, left_out) = (sum(hook, Counted::Asked), sum(hook, Counted::LeftOut));
        if asked + left_out == 0 {
            continue;
        }
        let each = |what| sum(hook, what).checked_div(asked).map_or_else(|| "-".to_owned(), |each| each.to_string());
        let (live, candidate) = (each(Counted::LiveMicros), each(Counted::CandidateMicros));
        rows.push([hook.name().to_owned(), asked.to_string(), left_out.to_string(), live, candidate]);
    }
    rows
}

async fn end(arguments: &StopArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let by = arguments.asked.of(&arguments.target)?.by;
    let trial = arguments.target.operations()?.end_trial(TrialKind::Shadow, &by).await?;
    let digest = &trial.digest;
    Ok(writeln!(out, "the shadow {digest} is ended; `gatewright policy shadow status` still shows what it found")?)
}
