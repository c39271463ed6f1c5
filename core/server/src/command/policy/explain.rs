//! `gatewright policy explain`: which bindings would run for a request, and why each of them would or would not.

use super::operations::folder;
use crate::command::error::CommandError;
use crate::command::opened;
use crate::command::target::{Target, local};
use crate::configuration::Configuration;
use crate::operations::PolicyOperations;
use clap::Args;
use gatewright_domain::hooks::{ClientView, TokenKind};
use gatewright_engine::views::client_view;
use gatewright_policy::explain::{Explained, Explanation, Question, Row, explain};
use gatewright_policy::files::{Files, MANIFEST};
use gatewright_policy::manifest::{Manifest, Verdict};
use gatewright_policy::report::with_source;
use gatewright_protocol::client_id::ClientId;
use serde_json::{Value, json};
use std::io::{self, Write};
use std::net::IpAddr;
use std::path::Path;

/// The word for the live policy of the server that a configuration describes.
const LIVE: &str = "live";

/// Print the bindings that would run for a request, and why each would or would not
///
/// It reads the manifest; nothing runs. What a select_acr script then decides it cannot know, so the hooks after it are
/// told for the ACR of the server's own selection.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// The folder of policy.toml, or `live`: the live policy of the server that --config or --data names
    #[arg(value_name = "DIR|live")]
    policy: String,
    /// The client's client_id
    #[arg(long, value_name = "ID")]
    client: String,
    /// An ACR that the client asks for (acr_values); may be given several times
    #[arg(long, value_name = "ACR")]
    acr: Vec<String>,
    /// The scope asked for, its values between blanks
    #[arg(long, value_name = "SCOPE", default_value = "openid")]
    scope: String,
    /// A claim that is asked for by name; may be given several times
    #[arg(long, value_name = "NAME")]
    claim: Vec<String>,
    /// The browser's address
    #[arg(long, value_name = "IP")]
    address: Option<IpAddr>,
    /// The grant under which tokens are issued
    #[arg(long, value_name = "GRANT", default_value = "authorization_code",
          value_parser = ["authorization_code", "refresh_token", "client_credentials", "implicit"])]
    grant_type: String,
    /// What kind of application the client is, where no configuration is named whose database says it
    #[arg(long, value_name = "KIND", default_value = "web", value_parser = ["web", "native"])]
    application_type: String,
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: &ExplainArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let configuration = match arguments.policy.as_str() {
        LIVE => Some(arguments.target.load()?),
        _ => arguments.target.load_named()?,
    };
    let files = files(&arguments.policy, configuration.as_ref()).await?;
    let (manifest, wrong) = Manifest::read(files.text(MANIFEST).unwrap_or_default());
    if !wrong.is_empty() {
        return Err(CommandError::PolicyWrong(with_source(&wrong, &files)));
    }
    let question = Question {
        client: client(arguments, configuration.as_ref()).await?,
        scope: arguments.scope.split_whitespace().map(str::to_owned).collect(),
        acr_values: arguments.acr.clone(),
        claims: arguments.claim.clone(),
        address: arguments.address.map(|address| address.to_canonical().to_string()),
        grant_type: arguments.grant_type.clone(),
    };
    let explanation = explain(&manifest, &question);
    if arguments.json {
        return crate::command::write_json(out, &document(&question, &explanation, &files));
    }
    Ok(show(&question, &explanation, out)?)
}

async fn files(policy: &str, configuration: Option<&Configuration>) -> Result<Files, CommandError> {
    let Some(configuration) = configuration.filter(|_| policy == LIVE) else { return folder(Path::new(policy)) };
    Ok(local(configuration.clone())?.policy_files(LIVE).await?)
}

/// The client as its database knows it; where none is named, as the arguments say.
async fn client(
    arguments: &ExplainArguments,
    configuration: Option<&Configuration>,
) -> Result<ClientView, CommandError> {
    let Some(configuration) = configuration else {
        return Ok(ClientView {
            id: arguments.client.clone(),
            name: None,
            application_type: arguments.application_type.clone(),
            public: false,
            first_party: false,
        });
    };
    let unknown = || CommandError::NoClient(arguments.client.clone());
    let id = ClientId::try_from(arguments.client.as_str()).map_err(|_| unknown())?;
    let storage = opened::migrated_storage(configuration)?;
    let client = storage.stores().clients.find(&id).await?.ok_or_else(unknown)?;
    Ok(client_view(&client))
}

fn show(question: &Question, explanation: &Explanation, out: &mut dyn Write) -> io::Result<()> {
    let asked = match question.acr_values.as_slice() {
        [] => "no ACR asked for".to_owned(),
        acrs => format!("ACR asked for: {}", acrs.join(", ")),
    };
    let address = question.address.as_deref().unwrap_or("an address that is not said");
    let Question { client, scope, grant_type, .. } = question;
    writeln!(out, "client {} ({}), scope {}, {asked}", client.id, client.application_type, scope.join(" "))?;
    writeln!(out, "from {address}, by {grant_type}")?;
    match &explanation.acr {
        Some(acr) => {
            writeln!(out, "ACR, where select_acr does not choose another: {acr} ({})", explanation.acr_because)?
        }
        None => writeln!(out, "no ACR: {}", explanation.acr_because)?,
    }
    for row in &explanation.hooks {
        let token = row.token.map_or_else(String::new, |token| format!(" of the {} token", token_name(token)));
        writeln!(out, "\n{}{token}: {}", row.hook, row.rule)?;
        if row.bindings.is_empty() {
            writeln!(out, "  no binding")?;
        }
        row.bindings.iter().try_for_each(|binding| show_binding(binding, out))?;
    }
    Ok(())
}

fn show_binding(binding: &Explained, out: &mut dyn Write) -> io::Result<()> {
    let Explained { name, run, place, runs, when, because, on_error } = binding;
    let verdict = if *runs { "runs" } else { "-" };
    writeln!(out, "  {verdict:<5} {name}  {run} ({}:{})", place.file, place.line)?;
    for verdict in when {
        writeln!(out, "          {}", sentence(verdict))?;
    }
    if when.is_empty() && because.is_none() {
        writeln!(out, "          yes  without a `when` it matches everything")?;
    }
    if let Some(because) = because {
        writeln!(out, "          {:<4} {because}", if *runs || when.iter().any(|it| !it.matches) { "" } else { "no" })?;
    }
    if *runs && on_error != "deny" {
        writeln!(out, "          if it fails: {on_error}")?;
    }
    Ok(())
}

/// `no   network: 203.0.113.7 is not of 10.0.0.0/8`
fn sentence(verdict: &Verdict) -> String {
    let Verdict { selector, wants, has, matches } = verdict;
    let has = if has.is_empty() { "what is not known".to_owned() } else { has.join(" ") };
    let (answer, is) = match (*matches, *selector == "not_client") {
        (true, false) => ("yes", "is of"),
        (false, false) => ("no", "is not of"),
        (true, true) => ("yes", "is none of"),
        (false, true) => ("no", "is left out by"),
    };
    format!("{answer:<4} {selector}: {has} {is} {}", wants.join(", "))
}

fn token_name(token: TokenKind) -> &'static str {
    match token {
        TokenKind::Access => "access",
        TokenKind::Id => "id",
        TokenKind::Refresh => "refresh",
    }
}

fn document(question: &Question, explanation: &Explanation, files: &Files) -> Value {
    json!({
        "digest": files.digest().as_str(),
        "client": question.client,
        "scope": question.scope,
        "acr_values": question.acr_values,
        "address": question.address,
        "grant_type": question.grant_type,
        "acr": { "value": explanation.acr, "because": explanation.acr_because },
        "hooks": explanation.hooks.iter().map(row_document).collect::<Vec<_>>(),
    })
}

fn row_document(row: &Row) -> Value {
    let binding = |binding: &Explained| {
        let when: Vec<Value> = binding
            .when
            .iter()
            .map(|it| json!({ "selector": it.selector, "wants": it.wants, "has": it.has, "matches": it.matches }))
            .collect();
        json!({
            "name": binding.name, "run": binding.run, "file": binding.place.file, "line": binding.place.line,
            "runs": binding.runs, "when": when, "because": binding.because, "on_error": binding.on_error,
        })
    };
    json!({
        "hook": row.hook.name(),
        "token": row.token.map(token_name),
        "rule": row.rule,
        "bindings": row.bindings.iter().map(binding).collect::<Vec<_>>(),
    })
}
