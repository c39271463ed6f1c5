//! How the walk can end badly, apart from a refusal: a page for the person, or a fault of ours.

use gatewright_domain::client::Client;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::HookFault;
use gatewright_protocol::error::Refusal;
use std::sync::Arc;

/// An error that must not be sent to any redirect URI, because none is verified, or because it is the
/// person's browser that is in the wrong place.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DirectError {
    /// The request names no client, or none that is registered.
    #[error("{}", .0.description())]
    UnknownClient(Refusal),
    /// The request names no redirect URI, or none that the client registered.
    #[error("{}", .0.description())]
    UnknownRedirectUri(Refusal),
    /// The request cannot be read.
    #[error("{}", .0.description())]
    Request(Refusal),
    /// A program's answer to a page is not what the page asks for. Nothing has run.
    #[error("{}", .0.description())]
    UnfitAnswer(Refusal),
    /// This browser has no such unfinished sign-in: it expired, was finished, or began in another browser.
    #[error("the sign-in expired or was already finished")]
    NoInteraction,
    /// The same, of a sign-in that began at a client where it can begin again.
    #[error("the sign-in expired or was already finished")]
    BeginAgain {
        /// Where it began.
        client: Arc<Client>,
    },
    /// A page's answer came from elsewhere or was made up.
    #[error("the answer does not belong to this browser's sign-in")]
    ForeignAnswer,
    /// Too many sign-ins were begun from where the browser is.
    #[error("too many sign-ins were begun from this address; try again in {retry_after_s} s")]
    TooMany {
        /// Seconds until it may begin another.
        retry_after_s: u64,
    },
}

/// Why a page or a redirect cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// A page for the person.
    #[error(transparent)]
    Direct(#[from] DirectError),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Why an endpoint that clients call cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The client is told.
    #[error("{}: {}", .0.code().as_str(), .0.description())]
    Refused(Refusal),
    /// A hook failed: `server_error` for the client, the rest for the log.
    #[error(transparent)]
    Hook(#[from] HookFault),
    /// Ours: `server_error` for the client, the rest for the log.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<Refusal> for EndpointError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl EndpointError {
    /// What the client is told.
    pub fn refusal(&self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal.clone(),
            Self::Hook(_) | Self::Fault(_) => {
                Refusal::server_error("The server could not complete the request. Please try again later.")
            }
        }
    }
}
