//! `select_acr`: which ACR a request needs. Asked for every admitted request, on a live session too.

use super::login::Login;
use super::shape::contract;
use gatewright_protocol::acr::Acr;
use serde::{Deserialize, Serialize};

contract! {
    /// What the hook is told.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct SelectAcrInput {
        /// The request.
        #[serde(flatten)]
        pub login: Login,
        /// The ACRs this bundle can reach, weakest first.
        pub available: Vec<AcrView>,
    }
}

contract! {
    /// An ACR that can be chosen.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct AcrView {
        /// Its name.
        pub acr: String,
        /// Its level.
        pub level: i32,
        /// Whether the session's end-user has a factor that its method asks for; none without a session, and for a method that
        /// asks for no factor.
        pub enrolled: Option<bool>,
    }
}

/// What it may decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SelectAcrDecision {
    /// One of these must be reached; the first is asked for when none is.
    Use(Vec<Acr>),
    /// As `Use`; and an end-user without the factor that the method asks for enrols one on the way.
    Enrol(Vec<Acr>),
    /// Nothing to say: the next binding, at last the server's own selection (`acr_values`, the client's
    /// default, the bundle's default).
    Pass,
    /// The request is refused.
    Deny {
        /// For the client (`error_description`).
        reason: String,
    },
}

impl SelectAcrInput {
    /// A sample.
    pub fn sample() -> Self {
        let available =
            [("pwd", 10), ("otp", 20)].map(|(acr, level)| AcrView { acr: acr.into(), level, enrolled: None });
        Self { login: Login::sample(), available: available.into() }
    }
}
