//! What can go wrong in one operation, told apart so that errors can be counted by kind.

use super::answer::Excerpt;
use std::io;

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("{host} is not on this machine; give --allow-remote if the provider there is yours to load")]
    Unreachable { host: String },
    #[error("{host} is neither the issuer's host nor one its discovery document names")]
    Stranger { host: String },
    #[error("cannot find {host}: {source}")]
    Name { host: String, source: io::Error },
    #[error("cannot connect to {host}: {source}")]
    Connect { host: String, source: io::Error },
    #[error("cannot agree on TLS with {host}: {source}")]
    Tls { host: String, source: openssl::ssl::Error },
    #[error("cannot set up TLS: {0}")]
    TlsSetup(#[from] openssl::error::ErrorStack),
    #[error("the connection to the {endpoint} broke: {source}")]
    Transport { endpoint: &'static str, source: hyper::Error },
    #[error("the {endpoint} gave no answer in time")]
    Timeout { endpoint: &'static str },
    #[error("the {endpoint}'s answer is over {} bytes or broke off: {reason}", super::wire::BODY_BYTES_MAX)]
    Body { endpoint: &'static str, reason: String },
    #[error("the {endpoint} has an address that cannot be asked: {address}")]
    Address { endpoint: &'static str, address: String },
    #[error("the {endpoint} answered {status}: {excerpt}")]
    Status { endpoint: &'static str, status: u16, excerpt: Excerpt },
    #[error("the {endpoint} answered {error}: {description}")]
    Refused { endpoint: &'static str, error: String, description: String },
    #[error("the {endpoint}'s answer is not as it should be: {reason}")]
    Malformed { endpoint: &'static str, reason: String },
    #[error("the sign-in page came again after the password was sent: {excerpt}")]
    SignInRefused { excerpt: Excerpt },
    #[error("a page was shown where the code should have come at once: {excerpt}")]
    PageInsteadOfCode { excerpt: Excerpt },
    #[error("the page holds no form the driver can answer: {excerpt}")]
    NoForm { excerpt: Excerpt },
    #[error("no form of the page has a button {wanted:?} and none has only one; it has {offered:?}")]
    NoButton { wanted: String, offered: Vec<String> },
    #[error("still no code after {0} pages and redirects")]
    EndlessTrip(usize),
    #[error("the access token is not active at the introspection endpoint")]
    Inactive,
    #[error("the provider gave no refresh token")]
    NoRefreshToken,
    #[error("the server could not be observed any more: {0}")]
    ServerGone(String),
    #[error("the operating system gave no randomness: {0}")]
    Entropy(getrandom::Error),
}

impl Failure {
    /// The line of the error table this failure is counted under: what went wrong, without the
    /// particulars that differ from one operation to the next.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::Unreachable { .. } | Self::Stranger { .. } => "host not allowed".into(),
            Self::Name { .. } => "name not found".into(),
            Self::Connect { source, .. } => format!("connect: {}", source.kind()),
            Self::Tls { .. } | Self::TlsSetup(_) => "TLS".into(),
            Self::Transport { endpoint, .. } => format!("{endpoint}: connection broke"),
            Self::Timeout { endpoint } => format!("{endpoint}: no answer in time"),
            Self::Body { endpoint, .. } => format!("{endpoint}: body"),
            Self::Address { endpoint, .. } => format!("{endpoint}: address"),
            Self::Status { endpoint, status, .. } => format!("{endpoint}: {status}"),
            Self::Refused { endpoint, error, .. } => format!("{endpoint}: {error}"),
            Self::Malformed { endpoint, .. } => format!("{endpoint}: malformed answer"),
            Self::SignInRefused { .. } => "sign-in refused".into(),
            Self::PageInsteadOfCode { .. } => "page instead of code".into(),
            Self::NoForm { .. } => "page without a form".into(),
            Self::NoButton { .. } => "consent page without the button".into(),
            Self::EndlessTrip(_) => "endless trip".into(),
            Self::Inactive => "access token not active".into(),
            Self::NoRefreshToken => "no refresh token".into(),
            Self::ServerGone(_) => "server process gone".into(),
            Self::Entropy(_) => "no randomness".into(),
        }
    }
}
