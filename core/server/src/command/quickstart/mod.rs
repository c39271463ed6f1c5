//! `gatewright quickstart`: everything embedded, for one machine and one person.

mod address;
mod data;
mod greeting;

use self::address::LoopbackAddress;
use self::data::DataFolder;
use self::greeting::Greeting;
use super::error::CommandError;
use super::{admin, opened, serve};
use crate::assembly::Assembly;
use crate::configuration::{Configuration, PORT};
use crate::listener::Listener;
use crate::{demo_data, logging};
use clap::Args;
use std::env;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where the data is when nothing else is asked for.
const DATA: &str = "gatewright-data";

/// Run everything at once on this machine: a server, a demo client, two end-users.
///
/// It keeps its data in a folder of its own and finds it again. It listens on this machine alone, for its passwords
/// are well known and anyone may register clients. Prints `ready ISSUER` once it answers.
#[derive(Debug, Args)]
pub(super) struct QuickstartArguments {
    /// Loopback address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: LoopbackAddress,
    /// Where it keeps its data
    #[arg(long, value_name = "DIR", default_value = DATA)]
    data: PathBuf,
    /// Forget all data first; only what a quickstart made is removed
    #[arg(long)]
    fresh: bool,
    /// A folder with a policy.toml of your own; what you save there is live at once
    #[arg(long, value_name = "DIR")]
    policy: Option<PathBuf>,
}

pub(super) async fn run(arguments: &QuickstartArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let asked = arguments.listen.admit()?;
    // The address first: who finds it taken has lost no data to --fresh.
    let limits = Configuration::quickstart(asked, &arguments.data).limits;
    let listener = Listener::bind(asked, None, &limits)?;
    let address = listener.local_address()?;
    let listener = match address::companion(address) {
        Some(companion) => listener.beside(companion),
        None => listener,
    };
    let folder = DataFolder::take(&arguments.data, arguments.fresh)?;
    let configuration = configuration(arguments, address)?;
    let listener = listener.limited(&configuration.limits);
    logging::start(&configuration.logging)?;
    folder.ensure_master_key()?;
    opened::storage(&configuration)?.migrate()?;
    let assembly = Assembly::open(&configuration).await?;
    demo_data::plant(&assembly, &configuration).await?;
    let token = admin::new_token(&assembly).await?;
    let greeting = Greeting {
        admin_token: token.expose(),
        issuer: configuration.issuer.clone(),
        data: &arguments.data,
        is_new: folder.is_new(),
    };
    writeln!(out, "{greeting}")?;
    serve::answer(&configuration, &assembly, listener, out).await
}

fn configuration(arguments: &QuickstartArguments, address: SocketAddr) -> Result<Configuration, CommandError> {
    let mut configuration = Configuration::quickstart_in(env::vars_os(), address, &arguments.data)?;
    if configuration.listen.address != address {
        return Err(CommandError::ListenElsewhere(configuration.listen.address));
    }
    if let Some(policy) = &arguments.policy {
        configuration.policy.directory = Some(policy.clone());
    }
    Ok(configuration)
}

/// The configuration over the data that a quickstart keeps in `data`, for the other commands.
pub(super) fn configuration_of(data: &Path) -> Result<Configuration, CommandError> {
    if !data::is_ours(data) {
        return Err(CommandError::NotOurs(data.to_owned()));
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, PORT));
    Ok(Configuration::quickstart_in(env::vars_os(), address, data)?)
}
