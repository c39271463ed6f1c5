//! `gatewright check`: is everything that `serve` needs there and fit?

use super::error::CommandError;
use super::policy;
use super::table::write_rows;
use super::target::Target;
use super::{opened, write_json};
use crate::assembly::{Assembly, AssemblyError};
use crate::configuration::{Complaint, Configuration};
use crate::examined::Examined;
use crate::listener::read_certificate;
use clap::Args;
use gatewright_policy::files::Files;
use gatewright_policy::rehearsal::{Played, rehearse};
use gatewright_policy::report::{survey_with_source, with_source};
use gatewright_storage::SchemaVersion;
use serde::Serialize;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Say whether the configuration, the database, the keys and the policy are fit to serve.
///
/// It opens all that `serve` opens, runs the policy's checks and its tests, and listens nowhere. Exit status 1 when
/// something is not fit.
///
/// With --policy it looks at a policy folder alone, as `gatewright policy check` does: no database, and of a configuration
/// that is named with --config only whose signatures plugins need.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    target: Target,
    /// A policy folder to look at, and nothing else
    #[arg(long, value_name = "DIR", conflicts_with = "data")]
    policy: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// One part, found fit or not.
#[derive(Debug, Serialize)]
struct Finding {
    part: &'static str,
    fit: bool,
    /// What it is, or what is wrong with it.
    says: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<&'static str>,
    /// What is wrong with the configuration, setting by setting.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    complaints: Vec<Complaint>,
}

impl Finding {
    fn of(part: &'static str, found: Result<String, CommandError>) -> Self {
        match found {
            Ok(says) => Self { part, fit: true, says, hint: None, complaints: Vec::new() },
            Err(error) => Self {
                part,
                fit: false,
                hint: error.hint(),
                complaints: error.complaints().to_vec(),
                says: error.to_string(),
            },
        }
    }
}

pub(super) async fn run(arguments: &CheckArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let findings = match &arguments.policy {
        Some(folder) => match arguments.target.load_named() {
            Ok(configuration) => look_at_policy(folder, configuration.as_ref()).await,
            Err(error) => vec![Finding::of("configuration", Err(error))],
        },
        None => look_at_target(&arguments.target).await,
    };
    let fit = findings.iter().all(|finding| finding.fit);
    if arguments.json {
        write_json(out, &serde_json::json!({ "fit": fit, "findings": findings }))?;
    } else {
        write_findings(out, &findings)?;
    }
    if fit { Ok(()) } else { Err(CommandError::Unfit) }
}

async fn look_at_target(target: &Target) -> Vec<Finding> {
    match target.load() {
        Ok(configuration) => {
            let mut findings = vec![Finding::of("configuration", Ok(target.name()))];
            findings.extend(look_at(&configuration).await);
            findings
        }
        Err(error) => vec![Finding::of("configuration", Err(error))],
    }
}

async fn look_at_policy(folder: &Path, configuration: Option<&Configuration>) -> Vec<Finding> {
    let checked = match policy::check::look(folder, configuration).await {
        Ok(checked) => checked,
        Err(error) => return vec![Finding::of("policy", Err(error))],
    };
    let Examined { files, survey, played } = checked;
    if !survey.errors.is_empty() {
        let wrong = CommandError::PolicyWrong(with_source(&survey.errors, &files));
        return vec![Finding::of("policy", Err(wrong))];
    }
    let mut says = format!("{} ({})", folder.display(), files.digest());
    if configuration.is_none() && files.paths().any(|path| path.ends_with(".wasm")) {
        says.push_str("\nwhose signatures the server wants on plugins, --config FILE would tell");
    }
    for line in survey_with_source(&survey, &files).lines() {
        says.push_str(&format!("\n{line}"));
    }
    vec![Finding::of("policy", Ok(says)), Finding::of("policy tests", passed(played))]
}

async fn look_at(configuration: &Configuration) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(files) = configuration.tls.files() {
        let read = read_certificate(&files).map(|()| files.certificate.display().to_string());
        findings.push(Finding::of("certificate", read.map_err(CommandError::from)));
    }
    let schema = schema_of(configuration);
    let is_migrated = schema.is_ok();
    findings.push(Finding::of(
        "database",
        schema.map(|version| format!("{}, schema {version}", configuration.database.url)),
    ));
    if is_migrated {
        match Assembly::open(configuration).await {
            Ok(assembly) => {
                findings.push(Finding::of("keys and policy", Ok(described(&assembly))));
                findings.push(Finding::of("policy tests", rehearsed(&assembly).await));
            }
            Err(error) => findings.push(Finding::of("keys and policy", Err(error.into()))),
        }
    }
    findings
}

/// Runs the policy's own tests, which a starting server does not.
async fn rehearsed(assembly: &Assembly) -> Result<String, CommandError> {
    let files = match &assembly.policy_source {
        None => Files::shipped(),
        Some(source) => source.read().map_err(AssemblyError::from)?,
    };
    passed(rehearse(&files, &assembly.runtimes).await.map_err(CommandError::PolicyTests)?)
}

fn passed(played: Vec<Played>) -> Result<String, CommandError> {
    let count = played.len();
    let failures: Vec<_> = played.into_iter().filter_map(|test| test.failure).collect();
    if failures.is_empty() { Ok(format!("{count} passed")) } else { Err(CommandError::PolicyTests(failures)) }
}

fn schema_of(configuration: &Configuration) -> Result<String, CommandError> {
    match opened::storage(configuration)?.schema_version()? {
        SchemaVersion::Current(version) => Ok(version),
        SchemaVersion::Ahead(newer) => Ok(format!("of a newer release ({})", newer.join(", "))),
        SchemaVersion::Behind(missing) => Err(CommandError::SchemaBehind(missing)),
    }
}

fn described(assembly: &Assembly) -> String {
    use gatewright_domain::signing::Signer;
    let algorithms: Vec<&str> = assembly.keyring.algorithms().iter().map(|algorithm| algorithm.as_str()).collect();
    format!("{}; policy {}", algorithms.join(", "), assembly.engine.policy_digest())
}

fn write_findings(out: &mut dyn Write, findings: &[Finding]) -> io::Result<()> {
    for finding in findings {
        let verdict = if finding.fit { "ok" } else { "FAILED" };
        let mut lines = finding.says.lines();
        let first = lines.next().unwrap_or_default().to_owned();
        let padded = [format!("{verdict:<6}"), format!("{:<15}", finding.part), first];
        write_rows(out, &[padded])?;
        for more in lines.chain(finding.hint) {
            writeln!(out, "        {more}")?;
        }
    }
    Ok(())
}
