//! `gatewright policy run`: one hook of a policy on one input, and all that happens.

mod report;

use super::super::error::CommandError;
use super::super::{hook, write_json};
use super::folder::{Folder, TrustArguments};
use super::{PolicyError, document};
use clap::Args;
use gatewright_domain::hooks::{HookKind, Misuse};
use gatewright_policy::rehearsal::{Asking, Solo, SoloError, Turn, givens};
use gatewright_policy::report::with_source;
use serde_json::{Map, Value};
use std::collections::VecDeque;
use std::io::Write;
use std::path::PathBuf;

/// Run one hook of a policy on an input, and print what it decides and does
///
/// The hook runs as the server runs it, in a world where nothing is but what is given: no database, no network, time stands
/// still. Pages are answered from --answers; where an answer lacks, the page is printed and it ends there. Exit status 1
/// when the hook fails.
#[derive(Debug, Args)]
pub(super) struct RunArguments {
    /// The hook, such as authenticate
    #[arg(value_name = "HOOK", value_parser = hook::named)]
    hook: HookKind,
    /// The policy folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// This binding alone; otherwise all of the hook's that match
    #[arg(long, value_name = "NAME")]
    binding: Option<String>,
    /// What the hook is told, as a JSON object laid over its sample; - is standard input
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// What answers its pages and visits, in their order: a JSON array of objects
    #[arg(long, value_name = "FILE")]
    answers: Option<PathBuf>,
    /// What is in the world, as a JSON object (users, time, kv, secrets, http, factors, providers, waits); otherwise alice
    /// with the password wonderland, and every secret that is lent
    #[arg(long, value_name = "FILE")]
    given: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    trust: TrustArguments,
}

/// A stretch of the hook's work: what it was answered before it, and what came of it.
struct Stretch {
    /// The names in the answer; nothing for the first.
    answered: Option<Vec<String>>,
    turn: Turn,
}

/// All that happened.
struct Story {
    hook: HookKind,
    bundle: String,
    stretches: Vec<Stretch>,
    /// Answers that nothing asked for.
    answers_left: usize,
    requests: Value,
    mails: Value,
}

pub(super) async fn run(arguments: &RunArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let input = arguments.input.as_deref().map_or(Ok(Value::Object(Map::new())), document::read_object)?;
    let answers = arguments.answers.as_deref().map_or(Ok(Vec::new()), document::read_objects)?;
    let solo = opened(arguments)?;
    let bundle = solo.digest().to_string();
    let mut asking = solo.asked(input).map_err(PolicyError::from)?;
    let (stretches, answers_left) = played(&mut asking, answers.into()).await?;
    let (requests, mails) = (asking.requests(), asking.mails());
    let story = Story { hook: arguments.hook, bundle, stretches, answers_left, requests, mails };
    if arguments.json {
        write_json(out, &report::document(&story, asking.input()))?;
    } else {
        report::write(out, &story)?;
    }
    match story.stretches.last() {
        Some(last) if last.turn.failed => Err(PolicyError::HookFailed.into()),
        _ => Ok(()),
    }
}

fn opened(arguments: &RunArguments) -> Result<Solo, CommandError> {
    let folder = Folder::open(&arguments.dir, &arguments.trust)?;
    let files = folder.read()?;
    let solo = Solo::open(&files, &folder.runtimes(), arguments.hook, arguments.binding.as_deref());
    let solo = solo.map_err(|error| match error {
        SoloError::Wrong(wrong) => CommandError::PolicyWrong(with_source(&wrong, &files)),
        SoloError::Misuse(misuse) => PolicyError::from(misuse).into(),
    })?;
    let given = match &arguments.given {
        None => solo.usual(),
        Some(path) => {
            let told = |misuse: Misuse| document::wrong(path, misuse.why);
            givens(document::read(path)?).map_err(told)?
        }
    };
    for one in given {
        solo.give(one).map_err(PolicyError::from)?;
    }
    Ok(solo)
}

/// Asks, and answers until the answers or the pages end.
async fn played(
    asking: &mut Asking,
    mut answers: VecDeque<Map<String, Value>>,
) -> Result<(Vec<Stretch>, usize), CommandError> {
    let mut stretches = vec![Stretch { answered: None, turn: asking.go().await }];
    while stretches.last().is_some_and(|last| last.turn.waits)
        && let Some(answer) = answers.pop_front()
    {
        let answered = Some(answer.keys().cloned().collect());
        let turn = match asking.answer(answer).map_err(PolicyError::from)? {
            // The form came back with what is wrong in it; the hook did not run.
            Some(outcome) => Turn { outcome, runs: Vec::new(), waits: true, failed: false },
            None => asking.go().await,
        };
        stretches.push(Stretch { answered, turn });
    }
    Ok((stretches, answers.len()))
}
