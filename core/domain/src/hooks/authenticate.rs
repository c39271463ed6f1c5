//! `authenticate`: who the end-user is. Asked when the chosen ACR is not yet reached; the binding of that
//! ACR runs.

use super::login::Login;
use crate::identifiers::Subject;
use crate::user::UserView;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use serde::{Deserialize, Serialize};

/// What the hook is told.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthenticateInput {
    /// The request.
    #[serde(flatten)]
    pub login: Login,
    /// The ACR to be reached.
    pub acr: String,
    /// The end-user of the live session when this is a step-up; the same one must come out of it.
    pub user: Option<UserView>,
    /// Where a visited site must send the browser back to.
    pub return_url: String,
}

/// What it may decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthenticateDecision {
    /// This is the end-user.
    Authenticated {
        /// Who.
        subject: Subject,
        /// How (RFC 8176); the binding's `amr` where empty.
        amr: Vec<Amr>,
    },
    /// It did not succeed: `access_denied`.
    Fail {
        /// For the client (`error_description`).
        reason: String,
    },
    /// Another ACR's binding takes over.
    Delegate {
        /// Which.
        acr: Acr,
    },
}

impl AuthenticateInput {
    /// A sample.
    pub fn sample() -> Self {
        Self {
            login: Login::sample(),
            acr: "pwd".into(),
            user: None,
            return_url: "https://id.example.com/visit".into(),
        }
    }
}
