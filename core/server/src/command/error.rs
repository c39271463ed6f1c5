//! Why a command failed, and what to do next.

use crate::assembly::AssemblyError;
use crate::bench::BenchError;
use crate::configuration::{Complaint, ConfigurationError};
use crate::listener::{ListenError, TlsError};
use crate::logging::LoggingError;
use crate::operations::{OperationError, Problem, ProblemKind, RemoteError};
use gatewright_domain::fault::Fault;
use gatewright_domain::hooks::Diagnostic;
use gatewright_policy::report::shown;
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
    /// What was done could not be written down.
    #[error("it is done, but could not be written into the audit log: {0}")]
    Unaudited(Fault),
    /// There is no client of that id.
    #[error("there is no client {0}")]
    NoClient(String),
    /// A subject that no end-user may have.
    #[error("the subject cannot be this one: {0}")]
    Subject(#[from] gatewright_domain::identifiers::InvalidIdentifier),
    /// What was to be done was not.
    #[error(transparent)]
    Operation(#[from] OperationError),
    /// A server was named, and no token for it.
    #[error("there is no access token for the admin API")]
    NoToken,
    /// The first token of an admin API that is not served.
    #[error("--init prints the first access token of the admin API, and admin.enabled is false")]
    NoAdminApi,
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
    /// A file cannot be written.
    #[error("cannot write {}: {cause}", path.display())]
    Unwritable {
        /// Its path.
        path: PathBuf,
        /// Why.
        cause: io::Error,
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
    /// A policy folder that was looked over; it was said what is wrong.
    #[error("the policy would not go live: {0}")]
    PolicyUnfit(String),
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
    /// The client's metadata is no JSON object.
    #[error("the metadata in {} is no JSON object", .0.display())]
    Metadata(PathBuf),
    /// There is none.
    #[error("there is no trace {0}, and none that met a fault of that correlation id")]
    NoTrace(String),
    /// A password that cannot be set.
    #[error("the password cannot be set: {0}")]
    Password(&'static str),
}

impl From<Problem> for CommandError {
    fn from(problem: Problem) -> Self {
        Self::Operation(problem.into())
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
            Self::PolicyUnfit(_) => "mend what is said above; what a server has live goes on until then",
            Self::Unwritable { .. } => "choose a folder that may be written, with --out DIR",
            Self::NotLoopback(_) => {
                "it has open registration and well-known passwords; `gatewright serve` runs a server for others"
            }
            Self::ListenElsewhere(_) => "remove it from the environment",
            Self::NotOurs(_) => {
                "choose a new or empty folder with --data DIR; quickstart touches nothing it did not make"
            }
            Self::DataInUse(_) => "stop it, or choose another folder with --data DIR",
            Self::NoToken => {
                "put it into the environment as GATEWRIGHT_ADMIN_TOKEN, or name a file with --token-file FILE; \
                 `gatewright admin bootstrap-token` prints the first one"
            }
            Self::NoClient(_) => ProblemKind::NoClient.next(),
            Self::NoAdminApi => "set admin.enabled = true in the configuration; examples/gatewright.toml says more",
            Self::Operation(OperationError::Problem(Problem { kind, .. })) => kind.next(),
            Self::Operation(OperationError::Remote(RemoteError::Unreachable { .. })) => {
                "name the server as it is reached from here; the admin API may have a listener of its own"
            }
            Self::NoTrace(_) => {
                "`gatewright trace list` shows the traces there are; logins that went well are kept by trace.sample_per_mille"
            }
            Self::Plugin(error) => return error.hint(),
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
