//! Why a whole run of `gatewright bench` ends with an error.

use super::failure::Failure;
use std::io;
use std::path::PathBuf;

/// Why `gatewright bench` did not end well.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// The driver's own runtime could not start.
    #[error("the driver cannot start: {0}")]
    Runtime(#[source] io::Error),
    /// The provider could not be made ready for the load.
    #[error("{during}: {reason}")]
    Provider {
        /// What the driver was about, as a sentence's beginning.
        during: &'static str,
        /// What went wrong, in words.
        reason: String,
    },
    /// The discovery document speaks for another issuer (OpenID Connect Discovery section 4.3).
    #[error("the discovery document speaks for {said}, not for {asked}: give --issuer {said}")]
    Issuer {
        /// The issuer of the command line.
        asked: String,
        /// The issuer of the document.
        said: String,
    },
    /// A scenario was asked for by name that cannot be run.
    #[error("{scenario} cannot be run: {reason}")]
    Scenario {
        /// Name of the scenario.
        scenario: &'static str,
        /// What is missing.
        reason: String,
    },
    /// The file of certificate authorities cannot be used.
    #[error("cannot read the certificate authorities in {path}: {reason}")]
    CaFile {
        /// Path as given.
        path: PathBuf,
        /// OpenSSL's words.
        reason: String,
    },
    /// A process given with `--server-pid` cannot be observed.
    #[error("cannot read {path}: {reason}; --server-pid wants a live process on this Linux machine")]
    Server {
        /// The file of the process table.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The cost of a password hash could not be measured.
    #[error("cannot measure the password hash: {0}")]
    PasswordHash(String),
    /// The report could not be written.
    #[error("cannot write the report: {0}")]
    Output(#[from] io::Error),
    /// The report was written, and tells of failed operations.
    #[error("{0} operations failed")]
    OperationsFailed(u64),
}

impl BenchError {
    pub(super) fn provider(during: &'static str) -> impl FnOnce(Failure) -> Self {
        move |failure| Self::Provider { during, reason: failure.to_string() }
    }
}
