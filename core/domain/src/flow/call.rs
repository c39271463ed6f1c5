//! The calls a hook can make of the host, and their answers. Both are journaled, so neither ever holds a
//! secret: only a reference to one.

use crate::capabilities::CapabilityError;
use crate::capabilities::factors::{FactorsAnswer, FactorsCall};
use crate::capabilities::http::{HttpCall, HttpResponse};
use crate::capabilities::kv::KvCall;
use crate::capabilities::mail::MailCall;
use crate::capabilities::oidc::{OidcCall, SignedIn};
use crate::capabilities::recovery::RecoveryCall;
use crate::capabilities::totp::TotpCall;
use crate::capabilities::users::UserKey;
use crate::capabilities::webauthn::{PasskeyVerified, WebauthnCall};
use crate::identifiers::FactorId;
use crate::page::{FormAnswer, Page};
use crate::user::UserView;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Most random bytes one call draws.
pub const RANDOM_BYTES_MAX: usize = 256;
/// Longest log message, in characters; the rest is cut.
pub const LOG_CHARS_MAX: usize = 1_000;

/// A secret a hook holds: where it came from, never what it says.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "secret", rename_all = "snake_case")]
pub enum SecretRef {
    /// Typed into a field of the page that journal entry `entry` asked.
    Typed {
        /// Place in the journal.
        entry: usize,
        /// The field's name.
        field: String,
    },
    /// Configured by the operator.
    Configured {
        /// Its name.
        name: String,
    },
}

/// What a hook asks of the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "call", content = "with", rename_all = "snake_case")]
pub enum HostCall {
    /// Show a page and wait for its answer.
    Ask(Page),
    /// A `state` for the next visit.
    ReturnState,
    /// Send the browser elsewhere and wait for its return.
    Visit(Visit),
    /// Look an end-user up, or check a password.
    Users(UsersCall),
    /// Read or write the binding's own values.
    Kv(KvCall),
    /// Send a request.
    Http(HttpCall),
    /// Read or change what end-users enrolled.
    Factors(FactorsCall),
    /// Enrol or ask for an authenticator app.
    Totp(TotpCall),
    /// Register or ask for a passkey.
    Webauthn(WebauthnCall),
    /// Send mail, or compare what it brought.
    Mail(MailCall),
    /// Compare a recovery code.
    Recovery(RecoveryCall),
    /// Sign in at another provider.
    Oidc(OidcCall),
    /// A configured secret, by reference.
    Secret {
        /// Its name.
        name: String,
    },
    /// The time.
    Now,
    /// Random bytes.
    Random {
        /// How many, at most [`RANDOM_BYTES_MAX`].
        bytes: usize,
    },
    /// A line in the server's log.
    Log {
        /// How urgent.
        level: LogLevel,
        /// What.
        message: String,
    },
}

impl HostCall {
    /// Its name, as a script would call it; without what it is called with.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Ask(_) => "ask",
            Self::ReturnState => "return_state",
            Self::Visit(_) => "visit",
            Self::Users(UsersCall::Find(_)) => "users::find",
            Self::Users(UsersCall::VerifyPassword { .. }) => "users::verify_password",
            Self::Users(UsersCall::WaitS { .. }) => "users::wait_s",
            Self::Kv(KvCall::Get { .. }) => "kv::get",
            Self::Kv(KvCall::Put { .. }) => "kv::put",
            Self::Kv(KvCall::Delete { .. }) => "kv::delete",
            Self::Kv(KvCall::Add { .. }) => "kv::add",
            Self::Http(_) => "http",
            Self::Factors(_) => "factors",
            Self::Totp(_) => "totp",
            Self::Webauthn(_) => "webauthn",
            Self::Mail(_) => "mail",
            Self::Recovery(_) => "recovery",
            Self::Oidc(_) => "oidc",
            Self::Secret { .. } => "secret",
            Self::Now => "now",
            Self::Random { .. } => "random",
            Self::Log { .. } => "log",
        }
    }
}

/// Send the browser to `url`; it comes back to the server's return address with the newest [`HostCall::ReturnState`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Absolute https URL (http for loopback).
    pub url: String,
}

/// What is asked of the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "users", rename_all = "snake_case")]
pub enum UsersCall {
    /// Look up.
    Find(UserKey),
    /// Check a password.
    VerifyPassword {
        /// As typed.
        username: String,
        /// The typed secret.
        password: SecretRef,
    },
    /// How long until the next password for this username is looked at.
    WaitS {
        /// As typed.
        username: String,
    },
}

/// How urgent a log line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// For the script's author.
    Debug,
    /// For the record.
    Info,
    /// Someone should look.
    Warn,
}

/// What the host answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "is", rename_all = "snake_case")]
pub enum HostAnswer {
    /// To a form.
    Form(FormAnswer),
    /// To the built-in consent question: the scope values allowed; none = refused.
    Consent {
        /// Whether the end-user pressed "Allow".
        allowed: bool,
    },
    /// To `ReturnState`.
    State(String),
    /// To a visit: the query (or form) parameters the browser came back with.
    Returned(BTreeMap<String, String>),
    /// To a look-up or a password.
    User(Option<UserView>),
    /// To a kv call.
    Value(serde_json::Value),
    /// To a request.
    Http(HttpResponse),
    /// To a call of `factors`.
    Factors(FactorsAnswer),
    /// To what makes or finds a factor, or does not.
    Factor(Option<FactorId>),
    /// To the end of a passkey's ceremony.
    Passkey(Option<PasskeyVerified>),
    /// To what begins something that is ended later by this name; to an address to visit.
    Name(String),
    /// To a comparison.
    Holds(bool),
    /// To a question how many.
    Count(u64),
    /// To a sign-in elsewhere.
    SignedIn(Option<SignedIn>),
    /// To `Secret`: it exists.
    Secret(SecretRef),
    /// To `Now`: milliseconds since 1970.
    Time(i64),
    /// To `Random`: base64url.
    Bytes(String),
    /// To `Log`, and to what has no answer.
    Done,
    /// The capability could not; a hook may catch it.
    Failed(CapabilityError),
}
