//! `claims`: what is said about the end-user, beside what scopes and the `claims` parameter already say.

use super::login::{ClientView, sample_user};
use super::shape::{Shaped, contract, one_of};
use crate::user::UserView;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Where claims are going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClaimsDestination {
    /// The ID token.
    IdToken,
    /// The userinfo answer.
    Userinfo,
    /// An introspection answer.
    Introspection,
}

impl Shaped for ClaimsDestination {
    fn shape() -> Value {
        one_of(&[Self::IdToken, Self::Userinfo, Self::Introspection])
    }
}

contract! {
    /// What the hook is told.
    #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
    pub struct ClaimsInput {
        /// Where the claims are going.
        pub destination: ClaimsDestination,
        /// For whom.
        pub client: ClientView,
        /// About whom.
        pub user: UserView,
        /// Scope granted.
        pub scope: Vec<String>,
        /// Claims asked for by name for this destination (`claims` parameter).
        pub requested: Vec<String>,
        /// ACR reached.
        pub acr: String,
    }
}

/// What it may decide: claims to add. A protected claim, or one the binding does not declare, is a fault.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClaimsDecision {
    /// The claims.
    pub claims: Map<String, Value>,
}

impl ClaimsInput {
    /// A sample.
    pub fn sample() -> Self {
        let user: UserView =
            serde_json::from_value(sample_user()).unwrap_or_else(|_| unreachable!("the sample parses"));
        Self {
            destination: ClaimsDestination::Userinfo,
            client: super::login::Login::sample().client,
            user,
            scope: vec!["openid".into(), "profile".into()],
            requested: vec![],
            acr: "pwd".into(),
        }
    }
}
