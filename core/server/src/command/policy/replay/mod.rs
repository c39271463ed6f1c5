//! `gatewright policy replay`: recorded logins, run through another policy.

mod report;
mod save;

use super::operations::{own, wrong};
use crate::command::error::CommandError;
use crate::command::opened;
use crate::command::policy::PolicyError;
use crate::command::since::{Since, since};
use crate::command::target::ServerTarget;
use crate::configuration::Configuration;
use crate::operations::{Candidate, ReplayQuery};
use clap::Args;
use gatewright_capabilities::OsEntropy;
use gatewright_domain::signing::Sealer;
use gatewright_domain::store::TraceStore;
use gatewright_policy::replay::questions;
use gatewright_protocol::client_id::ClientId;
use gatewright_signing::MasterSealer;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Run recorded logins through another policy, and list what it would have decided otherwise
///
/// The server records them where `[trace] record = true`. The policy is asked what was asked then, its host calls are
/// answered as they were then, and nothing is done. A policy that makes a host call that was not made then cannot be told.
/// With --server a folder is pushed first, and at most 1000 logins are asked about at once.
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
    #[arg(long, num_args = 2, value_names = ["TRACE", "NAME"], allow_hyphen_values = true, conflicts_with_all = ["client", "json", "server"])]
    save: Option<Vec<String>>,
    #[command(flatten)]
    target: ServerTarget,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Where records come from.
struct Records {
    traces: Arc<dyn TraceStore>,
    sealer: MasterSealer,
}

pub(super) async fn run(arguments: &ReplayArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    if let Some([trace, name]) = arguments.save.as_deref() {
        let recorded = Records::open(&arguments.target.load()?)?.of(trace).await?;
        return save::save(&PathBuf::from(&arguments.policy), trace, name, &recorded, out);
    }
    let operations = arguments.target.operations()?;
    let path = Path::new(&arguments.policy);
    let candidate = match path.is_dir() {
        true => Candidate::Folder(own(path)?),
        false => Candidate::Stored(arguments.policy.clone()),
    };
    let query = ReplayQuery {
        since_ms: arguments.since.moment_ms(),
        client: arguments.client.clone(),
        limit: usize::try_from(arguments.limit).unwrap_or(usize::MAX),
    };
    let story = operations.replay(&candidate, &query).await.map_err(|error| wrong(error, path))?;
    if arguments.json { report::json(out, &story) } else { Ok(report::write(out, &story)?) }
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
