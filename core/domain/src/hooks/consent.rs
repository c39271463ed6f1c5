//! `consent`: what the client may have. Asked when consent is not already given; the first binding that
//! matches decides.

use super::after_authentication::AfterAuthenticationInput;
use super::login::Login;
use super::shape::contract;
use crate::user::UserView;
use gatewright_protocol::scope::Scope;
use serde::{Deserialize, Serialize};

contract! {
    /// What the hook is told.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct ConsentInput {
        /// The request.
        #[serde(flatten)]
        pub login: Login,
        /// Who is asked.
        pub user: UserView,
        /// Scope values this client was allowed before.
        pub remembered: Vec<String>,
        /// Claims asked for by name, beyond what the scope stands for; granted with any scope.
        pub requested: Vec<String>,
        /// Where a visited site must send the browser back to.
        pub return_url: String,
    }
}

/// What it may decide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentDecision {
    /// The client may have these; nothing that was not asked for.
    Grant {
        /// What.
        scope: Scope,
        /// Whether to remember it.
        remember: bool,
    },
    /// The end-user refused: `access_denied`.
    Deny {
        /// For the client (`error_description`).
        reason: String,
    },
    /// The built-in page asks.
    BuiltIn,
}

impl ConsentInput {
    /// A sample.
    pub fn sample() -> Self {
        let AfterAuthenticationInput { login, user, .. } = AfterAuthenticationInput::sample();
        Self { login, user, remembered: vec![], requested: vec![], return_url: "https://id.example.com/visit".into() }
    }
}
