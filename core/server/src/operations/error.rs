//! Why an operation was not done: a problem, which whoever asked can mend, or a fault of ours. A problem is the same
//! whether it was met here or told by the admin API of another machine (RFC 9457).

use super::remote::RemoteError;
use crate::assembly::AssemblyError;
use gatewright_domain::fault::Fault;
use gatewright_engine::error::EndpointError;
use http::StatusCode;
use serde::{Deserialize, Serialize};

/// Why an operation was not done.
#[derive(Debug, thiserror::Error)]
pub enum OperationError {
    /// Whoever asked can mend it.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The server cannot be put together here.
    #[error(transparent)]
    Assembly(Box<AssemblyError>),
    /// The other machine's admin API could not be asked.
    #[error(transparent)]
    Remote(#[from] RemoteError),
}

/// A problem: what kind, and a sentence for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// What is wrong, naming what it is wrong with.
    pub detail: String,
}

macro_rules! problem_kinds {
    ($($(#[$doc:meta])* $kind:ident = $status:ident, $title:literal, $next:literal;)+) => {
        /// The kinds of problems. Their names are part of the admin API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ProblemKind { $($(#[$doc])* $kind,)+ }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// Its HTTP status.
            pub fn status(self) -> StatusCode {
                match self { $(Self::$kind => StatusCode::$status,)+ }
            }

            /// What it is, whatever it happened to.
            pub fn title(self) -> &'static str {
                match self { $(Self::$kind => $title,)+ }
            }

            /// What to do next.
            pub fn next(self) -> &'static str {
                match self { $(Self::$kind => $next,)+ }
            }
        }
    };
}

problem_kinds! {
    /// The request cannot be read.
    BadRequest = BAD_REQUEST, "The request cannot be read",
        "send what the OpenAPI document at /admin/api/v1/openapi.json says";
    /// No token, or one that is not ours, expired or revoked.
    Unauthenticated = UNAUTHORIZED, "No valid access token",
        "get a token at the token endpoint with client_credentials and an admin scope; \
         `gatewright client add --admin-scope` makes such a client";
    /// The token does not allow it.
    Forbidden = FORBIDDEN, "The access token does not allow this",
        "ask for a token with the scope that WWW-Authenticate names; the operator gives it with --admin-scope";
    /// Too many bad tokens from one address.
    TooManyTries = TOO_MANY_REQUESTS, "Too many bad access tokens from this address",
        "wait for the seconds that Retry-After names";
    /// There is no such path.
    NoRoute = NOT_FOUND, "There is nothing here", "look the path up in /admin/api/v1/openapi.json";
    /// The path has no such method.
    WrongMethod = METHOD_NOT_ALLOWED, "This cannot be done here", "use a method that Allow names";
    /// The body is of another type.
    WrongType = UNSUPPORTED_MEDIA_TYPE, "The body is of another type than is read",
        "send application/json";
    /// The body is larger than is read.
    TooLarge = PAYLOAD_TOO_LARGE, "The body is larger than is read",
        "send less at once, or raise limits.request_body_bytes";
    /// A write without the version it was made of.
    NoVersion = PRECONDITION_REQUIRED, "The version to change is not named",
        "read it first and send its ETag as If-Match, so that nobody's change is undone";
    /// It has changed since it was read.
    Changed = PRECONDITION_FAILED, "It has changed since it was read",
        "read it again, make the change again, and send the new ETag as If-Match";
    /// There is no such client.
    NoClient = NOT_FOUND, "There is no such client", "`gatewright client list` shows the clients there are";
    /// There is one of that id.
    ClientExists = CONFLICT, "The client exists already",
        "choose another --id, or remove the old one first: gatewright client remove ID";
    /// The metadata break a rule of registration.
    ClientRefused = UNPROCESSABLE_ENTITY, "The client is not accepted", "change what it names and send it again";
    /// The secret cannot be this one, or the client has none.
    Secret = UNPROCESSABLE_ENTITY, "The secret cannot be this one", "leave it out, and one is drawn";
    /// There is no such account.
    NoUser = NOT_FOUND, "There is no such end-user", "`gatewright user list` shows the end-users there are";
    /// There is one of that name or subject.
    UserExists = CONFLICT, "The end-user exists already",
        "choose another name, or set its password: gatewright user set-password NAME";
    /// No account may have this name.
    Username = UNPROCESSABLE_ENTITY, "The username cannot be this one",
        "choose one of 1 to 128 characters without control characters";
    /// No account may have this subject.
    Subject = UNPROCESSABLE_ENTITY, "The subject cannot be this one", "leave it out, and one is drawn";
    /// A claim that the server itself makes.
    Claim = UNPROCESSABLE_ENTITY, "A claim cannot be kept", "leave it out";
    /// A password that would be guessed.
    WeakPassword = UNPROCESSABLE_ENTITY, "The password cannot be set", "take a longer one that is not a name or a common word";
    /// There is no such factor.
    NoFactor = NOT_FOUND, "There is no such factor", "list the end-user's factors";
    /// There is no such session.
    NoSession = NOT_FOUND, "There is no such session", "list the end-user's sessions: it may have ended";
    /// Nothing was allowed.
    NoGrant = NOT_FOUND, "There is no such grant", "list the end-user's grants: it may have been withdrawn";
    /// The server does not sign or decrypt with that.
    NoAlgorithm = UNPROCESSABLE_ENTITY, "The server has no such key", "name one of keys.algorithms or keys.decryption";
    /// A bundle does not compile, or its tests fail.
    PolicyRefused = UNPROCESSABLE_ENTITY, "The policy has errors", "mend what it names and push it again";
    /// No stored bundle has that name.
    NoPolicy = NOT_FOUND, "There is no such policy",
        "`gatewright policy list` shows the bundles that were pushed, `policy history` those that were live";
    /// A bundle does not go live, or what it decided cannot be ended now.
    NotActivated = CONFLICT, "Nothing has changed",
        "what was live goes on; /admin/api/v1/policies/status shows the nodes and what is being decided";
    /// There is no such trace.
    NoTrace = NOT_FOUND, "There is no such trace", "list the traces: it may have been older than trace.keep_days";
    /// There are too many already.
    TooManyKeys = CONFLICT, "There are too many keys already",
        "wait until old ones are dropped; `gatewright keys list` shows when";
    /// Too many listen already.
    TooManySubscribers = SERVICE_UNAVAILABLE, "Too many listen to the events already", "close one of them, or come again later";
    /// Ours.
    Fault = INTERNAL_SERVER_ERROR, "The server failed", "look the correlation id up in the server's log";
}

impl ProblemKind {
    /// Its name in the admin API.
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|name| name.as_str().map(ToOwned::to_owned)).unwrap_or_default()
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::from(name)).ok()
    }

    /// A problem of this kind.
    pub fn says(self, detail: impl Into<String>) -> Problem {
        Problem { kind: self, detail: detail.into() }
    }

    /// The same, as an outcome.
    pub(super) fn refuse<T>(self, detail: impl Into<String>) -> Result<T, OperationError> {
        Err(self.says(detail).into())
    }
}

impl From<AssemblyError> for OperationError {
    fn from(error: AssemblyError) -> Self {
        match error {
            AssemblyError::Fault(fault) => Self::Fault(fault),
            other => Self::Assembly(Box::new(other)),
        }
    }
}

impl From<EndpointError> for OperationError {
    fn from(error: EndpointError) -> Self {
        match error {
            EndpointError::Refused(refusal) => {
                let detail = format!("the client is not accepted: {}", refusal.description());
                ProblemKind::ClientRefused.says(detail).into()
            }
            EndpointError::Fault(fault) => Self::Fault(fault),
            hook @ EndpointError::Hook(_) => Self::Fault(Fault::new("operations", hook.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_name_an_error_status_and_says_what_to_do() {
        for kind in ProblemKind::ALL {
            assert_eq!(ProblemKind::named(&kind.name()), Some(*kind));
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
            assert!(!kind.title().is_empty() && !kind.next().is_empty(), "{kind:?}");
        }
        assert_eq!(ProblemKind::NoClient.name(), "no_client");
        assert_eq!(ProblemKind::named("nothing"), None);
    }
}
