//! `after_authentication`: whether a known end-user is enough. Asked whenever a subject is known, by single
//! sign-on too.

use super::login::{Login, SessionView, sample_user};
use super::shape::contract;
use crate::user::UserView;
use gatewright_protocol::acr::Acr;
use serde::{Deserialize, Serialize};

contract! {
    /// What the hook is told.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct AfterAuthenticationInput {
        /// The request; its `session` is now the one the end-user is signed in with.
        #[serde(flatten)]
        pub login: Login,
        /// Who is signed in.
        pub user: UserView,
        /// Whether they authenticated in this very interaction.
        pub fresh: bool,
    }
}

/// What it may decide. Of several bindings the strictest wins: deny, step up, ask consent, proceed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterAuthenticationDecision {
    /// Enough.
    Proceed,
    /// Ask for consent even where it was given before.
    AskConsent,
    /// Reach this ACR first.
    StepUp {
        /// Which.
        acr: Acr,
    },
    /// The request is refused: `access_denied`.
    Deny {
        /// For the client (`error_description`).
        reason: String,
    },
}

impl AfterAuthenticationInput {
    /// A sample.
    pub fn sample() -> Self {
        let session = SessionView {
            subject: "248289761001".into(),
            acr: "pwd".into(),
            level: 10,
            amr: vec!["pwd".into()],
            auth_time: 1_790_000_000,
        };
        let user: UserView =
            serde_json::from_value(sample_user()).unwrap_or_else(|_| unreachable!("the sample parses"));
        Self { login: Login { session: Some(session), ..Login::sample() }, user, fresh: true }
    }
}
