//! What the browser is answered.

use crate::browser::CookieChange;
use gatewright_domain::flow::HookFault;
use gatewright_domain::identifiers::InteractionId;
use gatewright_protocol::authorization_response::AuthorizationResponse;

/// An answer to the browser.
#[derive(Debug)]
pub struct Outcome {
    /// Where it goes next.
    pub step: Step,
    /// Its cookies.
    pub cookies: Vec<CookieChange>,
    /// The hook fault that refused the request, for the log. It was not logged yet.
    pub fault: Option<HookFault>,
}

/// Where the browser goes next.
#[derive(Debug)]
pub enum Step {
    /// To the client.
    Respond(AuthorizationResponse),
    /// To a page of an interaction.
    Page {
        /// Which interaction.
        interaction: InteractionId,
        /// Which kind of page, for its URL.
        kind: PageKind,
    },
    /// Elsewhere, as a hook wants.
    Visit {
        /// Where.
        url: String,
    },
}

/// Kinds of pages; each has a URL of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageKind {
    /// Signing in.
    SignIn,
    /// Giving consent.
    Consent,
}

impl Outcome {
    pub(super) fn of(step: Step) -> Self {
        Self { step, cookies: Vec::new(), fault: None }
    }
}
