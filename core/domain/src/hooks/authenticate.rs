//! `authenticate`: who the end-user is. Asked when the chosen ACR is not yet reached; the binding of that
//! ACR runs.

use super::login::Login;
use super::shape::{Shaped, contract, one_of};
use crate::identifiers::Subject;
use crate::user::UserView;
use gatewright_protocol::acr::Acr;
use gatewright_protocol::amr::Amr;
use serde::{Deserialize, Serialize};
use serde_json::Value;

contract! {
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
        /// How they signed in (RFC 8176), as far as it still counts: what is here need not be asked again.
        pub proven: Vec<String>,
        /// Whether a factor may be enrolled on the way.
        pub enrolment: Enrolment,
        /// Where a visited site must send the browser back to.
        pub return_url: String,
    }
}

/// Whether a factor may be enrolled on the way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Enrolment {
    /// No: an end-user without a factor cannot go on.
    #[default]
    Closed,
    /// An end-user without one enrols one.
    Open,
    /// The end-user came to enrol one, whatever they have.
    Demanded,
}

impl Shaped for Enrolment {
    fn shape() -> Value {
        one_of(&[Self::Closed, Self::Open, Self::Demanded])
    }
}

/// What it may decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
            proven: vec![],
            enrolment: Enrolment::Closed,
            return_url: "https://id.example.com/visit".into(),
        }
    }
}
