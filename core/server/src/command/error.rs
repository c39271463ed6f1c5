//! Why a command failed, and what to do next.

use crate::assembly::AssemblyError;
use crate::bench::BenchError;
use crate::configuration::{Complaint, ConfigurationError};
use crate::listener::{ListenError, TlsError};
use crate::logging::LoggingError;
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Diagnostic;
use gatewright_domain::new_password::WeakPassword;
use gatewright_engine::error::EndpointError;
use gatewright_policy::report::shown;
use gatewright_protocol::error::Refusal;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The configuration is not accepted.
    #[error(transparent)]
    Configuration(#[from] ConfigurationError),
    /// The environment alone makes no configuration.
    #[error("{0}")]
    NoConfiguration(ConfigurationError),
    /// The server cannot be put together.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// The address cannot be listened at.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// The certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The log cannot be started.
    #[error(transparent)]
    Logging(#[from] LoggingError),
    /// The database or the keys.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The load driver.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// The runtime cannot start.
    #[error("the runtime cannot start: {0}")]
    Runtime(io::Error),
    /// The answer cannot be written.
    #[error("the answer cannot be written: {0}")]
    Output(#[from] io::Error),
    /// A file that was named cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A policy did not go live, or was not found.
    #[error(transparent)]
    Activation(#[from] gatewright_policy::activation::ActivationError),
    /// The files of a policy, as they are shown with their source lines.
    #[error(transparent)]
    PolicyFiles(#[from] gatewright_policy::files::FilesError),
    /// Nobody is known to ask.
    #[error("the operating system does not say who you are")]
    Nobody,
    /// A name or a note that is no single line.
    #[error("{what} must be one line of 1 to {chars_max} characters")]
    NoLine {
        /// What it is.
        what: &'static str,
        /// The most it may have.
        chars_max: usize,
    },
    /// A plugin cannot be made or read.
    #[error(transparent)]
    Plugin(#[from] super::PluginError),
    /// An author's command.
    #[error(transparent)]
    Policy(#[from] super::PolicyError),
    /// Steps of the schema are missing.
    #[error("the database's schema is not up to date: {} to be applied", .0.join(", "))]
    SchemaBehind(Vec<String>),
    /// A policy folder that does not compile, as it is shown with its source lines.
    #[error("it has errors:\n{0}")]
    PolicyWrong(String),
    /// The policy's own tests fail.
    #[error("tests of the policy fail:\n{}", shown(.0))]
    PolicyTests(Vec<Diagnostic>),
    /// Something is not fit to serve; it was said what.
    #[error("not fit to serve")]
    Unfit,
    /// A quickstart would be reached from elsewhere.
    #[error("quickstart listens on this machine alone, and {0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// The environment would lead a quickstart elsewhere.
    #[error("quickstart listens where --listen says, and GATEWRIGHT__LISTEN__ADDRESS says {0}")]
    ListenElsewhere(SocketAddr),
    /// A folder that no quickstart made.
    #[error("{} is not the data of a quickstart", .0.display())]
    NotOurs(PathBuf),
    /// Another quickstart runs on that data.
    #[error("another quickstart is running on the data in {}", .0.display())]
    DataInUse(PathBuf),
    /// The data folder cannot be used.
    #[error("the data folder cannot be used: {}: {cause}", path.display())]
    Data {
        /// What could not be used.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The client is not one that this server takes.
    #[error("the client is not accepted: {}", .0.description())]
    ClientRefused(Refusal),
    /// The client's metadata is no JSON object.
    #[error("the metadata in {} is no JSON object", .0.display())]
    Metadata(PathBuf),
    /// A secret that cannot be given.
    #[error("the secret cannot be this one: {0}")]
    Secret(&'static str),
    /// There is a client of that id.
    #[error("there is a client {0} already")]
    ClientExists(String),
    /// What was done could not be written down.
    #[error("it is done, but could not be written into the audit log: {0}")]
    Unaudited(Fault),
    /// There is none.
    #[error("there is no trace {0}, and none that met a fault of that correlation id")]
    NoTrace(String),
    /// There is none.
    #[error("there is no client {0}")]
    NoClient(String),
    /// There is a user of that name or subject.
    #[error("there is an end-user {0} already, or one of that subject")]
    UserExists(String),
    /// There is none.
    #[error("there is no end-user {0}")]
    NoUser(String),
    /// A username that no account may have.
    #[error("the username cannot be this one: {0}")]
    Username(&'static str),
    /// A subject that none may have.
    #[error("the subject cannot be this one: {0}")]
    Subject(#[from] gatewright_domain::identifiers::InvalidIdentifier),
    /// Claims that cannot be kept.
    #[error("the claim {name} cannot be kept: {why}")]
    Claim {
        /// Its name.
        name: String,
        /// Why.
        why: &'static str,
    },
    /// A password that cannot be set.
    #[error("the password cannot be set: {0}")]
    Password(&'static str),
    /// A password that would be guessed.
    #[error("the password cannot be set: {0}")]
    WeakPassword(#[from] WeakPassword),
}

impl From<EndpointError> for CommandError {
    fn from(error: EndpointError) -> Self {
        match error {
            EndpointError::Refused(refusal) => Self::ClientRefused(refusal),
            EndpointError::Fault(fault) => Self::Fault(fault),
            hook @ EndpointError::Hook(_) => Self::Fault(Fault::new("command", hook.to_string())),
        }
    }
}

impl CommandError {
    /// What to do next, where the error itself does not say it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::NoConfiguration(_) => {
                "give the configuration with --config FILE; examples/gatewright.toml is one to begin with"
            }
            Self::Listen(ListenError::InUse(_)) => "stop what listens there, or choose another address (--listen)",
            Self::Listen(ListenError::NotAllowed(_)) => {
                "choose a port from 1024 on, or give the program the capability CAP_NET_BIND_SERVICE"
            }
            Self::SchemaBehind(_) => "back the database up, then run `gatewright migrate` with the same configuration",
            Self::NotLoopback(_) => {
                "it has open registration and well-known passwords; `gatewright serve` runs a server for others"
            }
            Self::ListenElsewhere(_) => "remove it from the environment",
            Self::NotOurs(_) => {
                "choose a new or empty folder with --data DIR; quickstart touches nothing it did not make"
            }
            Self::DataInUse(_) => "stop it, or choose another folder with --data DIR",
            Self::ClientExists(_) => "choose another --id, or remove it first: gatewright client remove ID",
            Self::NoTrace(_) => {
                "`gatewright trace list` shows the traces there are; logins that went well are kept by trace.sample_per_mille"
            }
            Self::NoClient(_) => "`gatewright client list` shows the clients there are",
            Self::UserExists(_) => "choose another name, or set its password: gatewright user set-password NAME",
            Self::NoUser(_) => "`gatewright user list` shows the end-users there are",
            Self::Plugin(error) => return error.hint(),
            Self::Activation(error) => return error.hint(),
            Self::Nobody => "say it: --by NAME",
            Self::Policy(error) => return error.hint(),
            _ => return None,
        })
    }

    /// What is wrong with the configuration, setting by setting.
    pub fn complaints(&self) -> &[Complaint] {
        match self {
            Self::Configuration(error) | Self::NoConfiguration(error) => error.complaints(),
            _ => &[],
        }
    }

    /// Writes the error as someone at a terminal wants it.
    pub(super) fn tell(&self, out: &mut dyn Write) -> io::Result<()> {
        if matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe) {
            // Whoever read the answer has read enough.
            return Ok(());
        }
        writeln!(out, "error: {self}")?;
        self.hint().map_or(Ok(()), |hint| writeln!(out, "  {hint}"))
    }
}
