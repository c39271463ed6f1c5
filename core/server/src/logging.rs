//! The log, on standard error: lines for people or JSON for machines.
//!
//! What is logged where is the business of whoever logs; **invariant:** never codes, tokens, secrets or form bodies.

use crate::configuration::{LogFormat, Logging};
use std::io;
use tracing::Subscriber;
use tracing::subscriber::SetGlobalDefaultError;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::fmt::MakeWriter;

/// What is never more verbose than this, whatever is asked for: there HTTP/2 writes out a path that it cannot read,
/// with all that was in its query.
const SILENCED: &str = "h2::server=info";

/// The log cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The level is none.
    #[error("logging.level is not accepted: {0}")]
    Level(#[from] ParseError),
    /// There is a log already.
    #[error(transparent)]
    Started(#[from] SetGlobalDefaultError),
}

/// Starts the log of this process.
///
/// # Errors
/// When the level is none, or there is a log already.
pub fn start(settings: &Logging) -> Result<(), LoggingError> {
    let filter = parse_level(&settings.level)?;
    match settings.format {
        LogFormat::Text => tracing::subscriber::set_global_default(text(filter, io::stderr))?,
        LogFormat::Json => tracing::subscriber::set_global_default(json(filter, io::stderr))?,
    }
    Ok(())
}

/// Parses a level such as `info` or `info,gatewright_policy=debug`.
///
/// # Errors
/// When it is none.
pub fn parse_level(level: &str) -> Result<EnvFilter, ParseError> {
    Ok(EnvFilter::builder().parse(level)?.add_directive(SILENCED.parse()?))
}

fn text<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    // Colours only for people: a log that goes into a file has none.
    let is_terminal = io::IsTerminal::is_terminal(&io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(is_terminal).with_writer(writer).finish()
}

fn json<W>(filter: EnvFilter, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    tracing_subscriber::fmt().json().flatten_event(true).with_env_filter(filter).with_writer(writer).finish()
}
