//! `gatewright serve`.

use super::error::CommandError;
use super::target::ConfigurationArguments;
use super::{admin, opened, stop};
use crate::admin::Admin;
use crate::assembly::Assembly;
use crate::configuration::{Configuration, Override};
use crate::http;
use crate::listener::Listener;
use crate::logging;
use clap::Args;
use futures_util::FutureExt;
use std::io::Write;

/// Run the server.
///
/// Prints `ready ISSUER` on standard output once it answers; the log goes to standard error. Ctrl-C or SIGTERM stop
/// it: requests in flight are answered first. SIGHUP has it read the certificate again.
#[derive(Debug, Args)]
pub(super) struct ServeArguments {
    #[command(flatten)]
    configuration: ConfigurationArguments,
    /// Address and port, in place of listen.address
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The first start: bring the database's schema up to date, and print an access token of the admin API, which works
    /// for a day. An earlier one works no longer
    #[arg(long)]
    init: bool,
}

pub(super) async fn run(arguments: &ServeArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let listen = arguments.listen.iter();
    let flags =
        listen.map(|value| Override { flag: "--listen".into(), key: "listen.address".into(), value: value.clone() });
    let configuration = arguments.configuration.load(&flags.collect::<Vec<_>>())?;
    logging::start(&configuration.logging)?;
    if arguments.init && !configuration.admin.enabled {
        return Err(CommandError::NoAdminApi);
    }
    let listener = Listener::bind(configuration.listen.address, configuration.tls.files(), &configuration.limits)?;
    if arguments.init {
        opened::storage(&configuration)?.migrate()?;
    }
    let assembly = opened::assembly(&configuration).await?;
    if arguments.init {
        admin::tell_new_token(&assembly, out).await?;
    }
    answer(&configuration, &assembly, listener, out).await
}

/// Answers requests until it is asked to stop.
pub(super) async fn answer(
    configuration: &Configuration,
    assembly: &Assembly,
    listener: Listener,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let service = assembly.service(configuration);
    let admin = assembly.admin(configuration, &service);
    let own_address = Some(configuration.admin.listen).filter(|own| *own != configuration.listen.address);
    let uploads = admin.as_ref().map(|_| own_address.map_or(service.base(), |_| "")).map(Admin::uploads);
    let listener = match (&uploads, own_address) {
        (Some(uploads), None) => listener.with_room(uploads.clone()),
        _ => listener,
    };
    let (beside, alone) = match (admin, own_address) {
        (Some(admin), Some(address)) => (None, Some((admin, address))),
        (Some(admin), None) => (Some(admin.filter(service.base())), None),
        (None, _) => (None, None),
    };
    let mut listeners = vec![(listener, http::routes(&service, beside))];
    if let Some((admin, address)) = alone {
        let listener = Listener::bind(address, configuration.tls.files(), &configuration.limits)?;
        let listener = uploads.into_iter().fold(listener, Listener::with_room);
        listeners.push((listener, admin.routes()));
        tracing::info!(%address, "the admin API is served");
    }
    let (stop, events) = (stop::asked()?, assembly.events.clone());
    assembly.join().await?;
    // Whoever listens to events would be waited for in vain.
    let stop = stop.map(move |()| events.close()).shared();
    let background = assembly.background(configuration);
    let serving = listeners.into_iter().map(|(listener, routes)| tokio::spawn(listener.serve(routes, stop.clone())));
    let serving: Vec<_> = serving.collect();
    writeln!(out, "ready {}", configuration.issuer)?;
    out.flush()?;
    tracing::info!(issuer = %configuration.issuer, address = %configuration.listen.address, "ready");
    for listener in serving {
        if let Err(error) = listener.await {
            tracing::error!(%error, "the accept loop ended in a panic");
        }
    }
    background.finish().await;
    if let Err(fault) = assembly.node.leave().await {
        tracing::warn!(%fault, "other nodes wait for this one for a while yet");
    }
    assembly.finish().await;
    tracing::info!("stopped");
    Ok(())
}
