//! Why the server cannot be put together, in words for the operator.

use crate::configuration::MasterKeyError;
use crate::listener::TlsError;
use crate::pages::PagesError;
use gatewright_capabilities::{MailUnusable, OutgoingError, SecretUnreadable};
use gatewright_domain::fault::Fault;
use gatewright_policy::files::{Files, FilesError};
use gatewright_policy::live::NotActivated;
use gatewright_policy::report;

/// What is missing or wrong.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// The database, the keys, or password hashing.
    #[error("{0}")]
    Fault(#[from] Fault),
    /// The master key.
    #[error("{0}")]
    MasterKey(#[from] MasterKeyError),
    /// A configured secret.
    #[error("{0}")]
    Secret(#[from] SecretUnreadable),
    /// The file of certificate authorities.
    #[error("the file of certificate authorities (fetch.ca_file) cannot be read: {0}")]
    Authorities(#[from] std::io::Error),
    /// The file of authorities that vouch for clients.
    #[error("tls.client_ca_file: {0}")]
    ClientAuthorities(#[from] TlsError),
    /// The file of certificate authorities for mail.
    #[error("the file of certificate authorities (mail.ca_file) cannot be read: {0}")]
    MailAuthorities(std::io::Error),
    /// Mail.
    #[error("mail cannot be sent as [mail] says: {0}")]
    Mail(#[from] MailUnusable),
    /// Outgoing requests.
    #[error("{0}")]
    Outgoing(#[from] OutgoingError),
    /// The operator's pages.
    #[error("{0}")]
    Pages(#[from] PagesError),
    /// The policy's folder.
    #[error("the policy cannot be read: {0}")]
    PolicyFiles(#[from] FilesError),
    /// The policy itself.
    #[error("the policy cannot be used:\n{0}")]
    Policy(String),
}

impl AssemblyError {
    /// A policy's errors, with their source lines.
    pub(super) fn policy(error: NotActivated, files: &Files) -> Self {
        match error {
            NotActivated::Wrong(wrong) => Self::Policy(report::with_source(&wrong, files)),
            other => Self::Policy(other.to_string()),
        }
    }
}
