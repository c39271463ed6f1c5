//! `gatewright serve`.

use super::error::CommandError;
use super::target::ConfigurationArguments;
use super::{opened, stop};
use crate::assembly::Assembly;
use crate::configuration::{Configuration, Override};
use crate::listener::Listener;
use crate::logging;
use clap::Args;
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
}

pub(super) async fn run(arguments: &ServeArguments, out: &mut dyn Write) -> Result<(), CommandError> {
    let listen = arguments.listen.iter();
    let flags =
        listen.map(|value| Override { flag: "--listen".into(), key: "listen.address".into(), value: value.clone() });
    let configuration = arguments.configuration.load(&flags.collect::<Vec<_>>())?;
    logging::start(&configuration.logging)?;
    let listener = Listener::bind(configuration.listen.address, configuration.tls.files(), &configuration.limits)?;
    let assembly = opened::assembly(&configuration).await?;
    answer(&configuration, &assembly, listener, out).await
}

/// Answers requests until it is asked to stop.
pub(super) async fn answer(
    configuration: &Configuration,
    assembly: &Assembly,
    listener: Listener,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let stop = stop::asked()?;
    assembly.join().await?;
    let background = assembly.background(configuration);
    let serving = tokio::spawn(listener.serve(assembly.routes(configuration), stop));
    writeln!(out, "ready {}", configuration.issuer)?;
    out.flush()?;
    tracing::info!(issuer = %configuration.issuer, address = %configuration.listen.address, "ready");
    if let Err(error) = serving.await {
        tracing::error!(%error, "the accept loop ended in a panic");
    }
    background.finish().await;
    assembly.finish().await;
    if let Err(fault) = assembly.node.leave().await {
        tracing::warn!(%fault, "other nodes wait for this one for a while yet");
    }
    tracing::info!("stopped");
    Ok(())
}
