//! `gatewright admin`: the admin API's first access token.

use super::audited::{Deed, write_down};
use super::error::CommandError;
use super::target::Target;
use super::{opened, write_json};
use crate::admin::{BOOTSTRAP_S, issue_bootstrap_token, revoke_bootstrap_tokens};
use crate::assembly::Assembly;
use clap::{Args, Subcommand};
use gatewright_capabilities::{OsEntropy, SystemClock};
use gatewright_domain::clock::Clock;
use gatewright_domain::token_hash::RandomToken;
use serde_json::json;
use std::io::Write;

/// The admin API: bootstrap-token, revoke-bootstrap.
#[derive(Debug, Args)]
pub(super) struct AdminArguments {
    #[command(subcommand)]
    command: AdminCommand,
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Print an access token of the admin API that allows everything for a day; an earlier one works no longer
    BootstrapToken(TokenArguments),
    /// End the token that `serve --init`, `quickstart` or `admin bootstrap-token` printed
    RevokeBootstrap(TokenArguments),
}

#[derive(Debug, Args)]
struct TokenArguments {
    #[command(flatten)]
    target: Target,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: AdminArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    match arguments.command {
        AdminCommand::BootstrapToken(arguments) => bootstrap_token(&arguments, out).await,
        AdminCommand::RevokeBootstrap(arguments) => revoke_bootstrap(&arguments, out).await,
    }
}

async fn bootstrap_token(arguments: &TokenArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let stores = opened::migrated_storage(&arguments.target.load()?)?.stores();
    let token = issue_bootstrap_token(&stores, &OsEntropy, SystemClock.now()).await?;
    write_down(&stores, Deed::of("admin.bootstrap_token", "")).await?;
    if arguments.json {
        return write_json(out, &json!({ "access_token": token.expose(), "expires_in": BOOTSTRAP_S }));
    }
    tell(&token, out)
}

async fn revoke_bootstrap(arguments: &TokenArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let stores = opened::migrated_storage(&arguments.target.load()?)?.stores();
    revoke_bootstrap_tokens(&stores).await?;
    write_down(&stores, Deed::of("admin.revoke_bootstrap", "")).await?;
    if arguments.json {
        return write_json(out, &json!({ "revoked": true }));
    }
    Ok(writeln!(out, "no bootstrap token works any longer")?)
}

/// Draws the token of a server that starts.
pub(super) async fn new_token(assembly: &Assembly) -> Result<RandomToken, CommandError> {
    let token = issue_bootstrap_token(&assembly.stores, assembly.entropy.as_ref(), assembly.clock.now()).await?;
    write_down(&assembly.stores, Deed::of("admin.bootstrap_token", "")).await?;
    Ok(token)
}

/// Draws it and says what it is good for.
pub(super) async fn tell_new_token(assembly: &Assembly, out: &mut dyn Write) -> Result<(), CommandError> {
    tell(&new_token(assembly).await?, out)
}

fn tell(token: &RandomToken, out: &mut dyn Write) -> Result<(), CommandError> {
    writeln!(out, "admin token {}", token.expose())?;
    writeln!(out, "  It allows everything by the admin API for {} hours, and is shown this once.", BOOTSTRAP_S / 3600)?;
    writeln!(out, "  With it, make a client that lasts: gatewright client add --server URL --name Operations \\")?;
    writeln!(out, "      --grant-type client_credentials --admin-scope gatewright.admin")?;
    Ok(writeln!(out, "  `gatewright admin revoke-bootstrap` ends it.")?)
}
