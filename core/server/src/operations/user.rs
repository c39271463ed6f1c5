//! An end-user's account as operators see it.

use super::client::VERSION_CHARS;
use super::error::{Problem, ProblemKind};
use super::exposed;
use gatewright_domain::clock::Timestamp;
use gatewright_domain::identifiers::Subject;
use gatewright_domain::secret::SecretText;
use gatewright_domain::security_event::{SecurityEvent, SecurityEventKind};
use gatewright_domain::token_hash::TokenHash;
use gatewright_domain::user::User;
use gatewright_protocol::claims::is_protected;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// An account, without its password's hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserDocument {
    /// What the end-user types.
    pub username: String,
    /// Their name for life.
    pub subject: Subject,
    /// Claims about them.
    pub claims: Map<String, Value>,
    /// Whether there is a password that could fit.
    pub has_password: bool,
    /// They cannot sign in.
    pub disabled: bool,
    /// When it was made, in seconds since 1970.
    pub created_at: Timestamp,
    /// Changes with every change of the above.
    pub version: String,
}

impl From<&User> for UserDocument {
    fn from(user: &User) -> Self {
        let mut document = Self {
            username: user.username.clone(),
            subject: user.subject.clone(),
            claims: user.claims.clone(),
            has_password: user.password.is_some(),
            disabled: user.disabled,
            created_at: user.created_at,
            version: String::new(),
        };
        let text = json!(document).to_string();
        document.version = TokenHash::of(&text).as_str().chars().take(VERSION_CHARS).collect();
        document
    }
}

/// An account with what is held against it and what happened to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserDetail {
    /// The account.
    #[serde(flatten)]
    pub user: UserDocument,
    /// Until when no try counts, where it is locked.
    pub locked_until: Option<Timestamp>,
    /// Seconds until the next try counts.
    pub wait_s: u64,
    /// What happened to it, the newest first.
    pub events: Vec<EventDocument>,
}

/// What happened to an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventDocument {
    /// When.
    pub at: Timestamp,
    /// Where from, as far as that is known.
    pub address: Option<IpAddr>,
    /// What.
    pub what: SecurityEventKind,
}

impl From<&SecurityEvent> for EventDocument {
    fn from(event: &SecurityEvent) -> Self {
        Self { at: event.at, address: event.address, what: event.kind.clone() }
    }
}

/// An account to be added.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewUser {
    /// What the end-user will type.
    pub username: String,
    /// Their name for life; drawn where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Claims about them.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// Their password; without one none fits until one is set.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "exposed")]
    pub password: Option<SecretText>,
}

/// What becomes of an account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserChange {
    /// All claims anew.
    pub claims: Map<String, Value>,
}

/// A password to be set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The password.
    #[serde(with = "exposed::required")]
    pub password: SecretText,
}

/// Whether an account may have these claims.
///
/// # Errors
/// One of them is of those that the server itself makes.
pub fn admit_claims(claims: &Map<String, Value>) -> Result<(), Problem> {
    match claims.keys().find(|name| is_protected(name)) {
        Some(name) => {
            let detail = format!("the claim {name} cannot be kept: the server itself says it, of every end-user");
            Err(ProblemKind::Claim.says(detail))
        }
        None => Ok(()),
    }
}
