//! `gatewright policy replay`: recorded logins, run through another policy.

mod report;
mod save;

use super::operations::{Opened, folder, short};
use crate::assembly::runtimes;
use crate::command::error::CommandError;
use crate::command::opened;
use crate::command::policy::PolicyError;
use crate::command::since::{Since, since};
use crate::command::target::Target;
use crate::configuration::Configuration;
use clap::Args;
use gatewright_capabilities::OsEntropy;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::{TraceFilter, TraceStore};
use gatewright_domain::trace::{Redaction, TraceHead};
use gatewright_policy::bundle::CompiledBundle;
use gatewright_policy::files::Files;
use gatewright_policy::replay::{Change, candidate, questions, recorded, replay};
use gatewright_policy::report::with_source;
use gatewright_protocol::client_id::ClientId;
use gatewright_signing::MasterSealer;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Run recorded logins through another policy, and list what it would have decided otherwise
///
/// The server records them where `[trace] record = true`. The policy is asked what was asked then, its host calls are
/// answered as they were then, and nothing is done. A policy that makes a host call that was not made then cannot be told.
#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    /// A digest, 8 or more digits that it begins with, `live` for the live one, or a policy folder
    #[arg(value_name = "DIGEST|DIR")]
    policy: String,
    /// Logins begun no longer ago than that, such as 30m, 12h or 7d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = since)]
    since: Since,
    /// Logins for this client
    #[arg(long, value_name = "ID")]
    client: Option<ClientId>,
    /// The latest so many
    #[arg(long, value_name = "N", default_value_t = 1000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    limit: u32,
    /// Save this recorded login as tests of the scripts in DIR that it ran, SCRIPT.NAME.test.rhai each
    #[arg(long, num_args = 2, value_names = ["TRACE", "NAME"], allow_hyphen_values = true, conflicts_with_all = ["client", "json"])]
    save: Option<Vec<String>>,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// A recorded login, and what would have become of it.
struct Replayed {
    head: TraceHead,
    changes: Vec<Change>,
}

/// What there is to tell.
struct Story {
    policy: String,
    replayed: Vec<Replayed>,
    questions: usize,
}

/// Where records come from.
struct Records {
    traces: Arc<dyn TraceStore>,
    sealer: MasterSealer,
}

pub(super) async fn run(arguments: &ReplayArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = arguments.target.load()?;
    let records = Records::open(&configuration)?;
    if let Some([trace, name]) = arguments.save.as_deref() {
        let recorded = records.of(trace).await?;
        return save::save(&PathBuf::from(&arguments.policy), trace, name, &recorded, out);
    }
    let files = files(&configuration, &arguments.policy).await?;
    let candidate = candidate(&files, &runtimes(&configuration)).await;
    let candidate = candidate.map_err(|wrong| CommandError::PolicyWrong(with_source(&wrong, &files)))?;
    let filter = TraceFilter {
        client: arguments.client.clone(),
        since_ms: Some(arguments.since.moment_ms()),
        ..TraceFilter::default()
    };
    let redaction = Redaction::new(configuration.trace.personal_claims.iter().cloned());
    let heads = recorded(records.traces.as_ref(), &filter, arguments.limit as usize).await?;
    if heads.is_empty() {
        return Err(PolicyError::NothingRecorded.into());
    }
    let story = replayed(&candidate, heads, &records, &redaction).await?;
    let story = Story { policy: short(&files.digest()), ..story };
    if arguments.json { report::json(out, &story) } else { Ok(report::write(out, &story)?) }
}

async fn replayed(
    candidate: &CompiledBundle,
    heads: Vec<TraceHead>,
    records: &Records,
    redaction: &Redaction,
) -> Result<Story, CommandError> {
    let mut story = Story { policy: String::new(), replayed: Vec::new(), questions: 0 };
    for head in heads {
        let asked = questions(records.traces.as_ref(), &records.sealer, &head.id).await?;
        story.questions += asked.len();
        let changes = replay(candidate, &asked, redaction).await;
        story.replayed.push(Replayed { head, changes });
    }
    Ok(story)
}

impl Records {
    fn open(configuration: &Configuration) -> Result<Self, CommandError> {
        let traces = opened::migrated_storage(configuration)?.stores().traces;
        let master = configuration.keys.read_master_key().map_err(crate::assembly::AssemblyError::from)?;
        Ok(Self { traces, sealer: MasterSealer::new(master, Arc::new(OsEntropy)) })
    }

    /// What was recorded of one login.
    async fn of(&self, trace: &str) -> Result<Vec<gatewright_domain::trace::Asked>, CommandError> {
        let unknown = || CommandError::NoTrace(trace.to_owned());
        let id = gatewright_domain::identifiers::TraceId::parse(trace).map_err(|_| unknown())?;
        self.traces.find(&id).await?.ok_or_else(unknown)?;
        let sealer: &dyn Sealer = &self.sealer;
        let asked = questions(self.traces.as_ref(), sealer, &id).await?;
        if asked.is_empty() { Err(PolicyError::NotRecorded(trace.to_owned()).into()) } else { Ok(asked) }
    }
}

/// The files of a folder, where there is one of that name, else of a stored bundle.
async fn files(configuration: &Configuration, name: &str) -> Result<Files, CommandError> {
    if Path::new(name).is_dir() {
        return folder(Path::new(name));
    }
    let opened = Opened::of(configuration)?;
    Ok(opened.operations.files(&opened.operations.named(name).await?).await?)
}
