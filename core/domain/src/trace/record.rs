//! A trace as it is written down: of one login, or of what was asked later on its behalf. Redacted, and read by people.

use crate::hooks::HookKind;
use crate::identifiers::{BundleDigest, Subject, TraceId};
use gatewright_protocol::client_id::ClientId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What a trace is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceKind {
    /// A walk from `/authorize` to the code, and the code's redemption.
    Login,
    /// A refresh.
    Refresh,
    /// A look at userinfo.
    Userinfo,
    /// A resource's question about a token.
    Introspection,
    /// A client's tokens for itself.
    ClientCredentials,
}

/// How a trace stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TraceOutcome {
    /// It waits for the browser.
    #[default]
    Open,
    /// The browser never came back in time.
    Abandoned,
    /// What was asked for was given.
    Completed,
    /// It was refused; that may be as the policy wants it.
    Refused,
    /// A hook or the server failed.
    Failed,
}

/// What is known of a whole trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceHead {
    /// Its name.
    pub id: TraceId,
    /// What it is of.
    pub kind: TraceKind,
    /// The login that it came after, where it is of something later.
    pub login: Option<TraceId>,
    /// For whom.
    pub client: ClientId,
    /// About whom, once known.
    pub subject: Option<Subject>,
    /// The bundle that was asked first.
    pub bundle: BundleDigest,
    /// When it began, in milliseconds since 1970.
    pub began_at_ms: i64,
    /// How it stands.
    pub outcome: TraceOutcome,
    /// What was wrong: an error code of the protocol, or `fault`.
    pub error: Option<String>,
}

/// One step of a trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TraceStep {
    /// Its place, unique in its trace and growing with time. Written again, it stays as it is.
    pub number: i64,
    /// When it began, in milliseconds since 1970.
    pub at_ms: i64,
    /// The id that the log and an error page have of it, where it was a fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation: Option<String>,
    /// What happened.
    pub what: StepRecord,
    /// What a replay needs ([`Recording`](super::Recording)), sealed; where that is asked for.
    #[serde(skip)]
    pub recording: Option<String>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum StepRecord {
    /// The policy was asked.
    Asked(AskedRecord),
    /// A page of the server's own was shown: `choose_account`, `failed_tries` or `consent`.
    Page {
        /// Which.
        page: String,
    },
    /// The request came to its end.
    Ended {
        /// How.
        outcome: TraceOutcome,
        /// What was wrong: an error code of the protocol, or `fault`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// In words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// A fault was logged and, at an endpoint for browsers, shown with the step's correlation id.
    Logged {
        /// At which endpoint.
        endpoint: String,
    },
    /// What came before was too much to be kept.
    LeftOut,
}

/// A question, written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AskedRecord {
    /// Which hook.
    pub hook: HookKind,
    /// Of which bundle.
    pub bundle: BundleDigest,
    /// What it was told; not again where it goes on after a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// What came of it.
    pub answer: EndRecord,
    /// The bindings that were run.
    pub runs: Vec<RunRecord>,
}

/// A run, written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Which binding.
    pub binding: String,
    /// Its host calls, from the page that the browser answered on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<CallRecord>,
    /// How it ended.
    pub end: EndRecord,
    /// What its binding says is to be done after a fault: `deny`, `skip`, `fallback`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
    /// What it took, in microseconds.
    pub micros: u64,
    /// Operations of a script.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operations: Option<u64>,
    /// Instructions of a plugin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
}

/// A host call, written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallRecord {
    /// Its name, as in a script.
    pub call: String,
    /// What it was about; never a secret.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub about: Value,
    /// What came back, in short.
    pub answer: Value,
}

/// How a question or a run ended, written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum EndRecord {
    /// A decision, as JSON.
    Decided {
        /// Which.
        decision: Value,
    },
    /// A page was shown.
    Page {
        /// Its title.
        title: String,
    },
    /// The browser was sent elsewhere.
    Visit {
        /// To which host.
        host: String,
    },
    /// A fault.
    Fault {
        /// Which.
        why: String,
        /// Where in the bundle, where that is known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<String>,
    },
}

/// What is to be written of one trace.
#[derive(Debug, Clone, PartialEq)]
pub struct TraceEntry {
    /// Which trace.
    pub trace: TraceId,
    /// What is known of it; none where only steps are added to one that is there.
    pub head: Option<TraceHead>,
    /// Its new steps.
    pub steps: Vec<TraceStep>,
}

impl TraceKind {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Refresh => "refresh",
            Self::Userinfo => "userinfo",
            Self::Introspection => "introspection",
            Self::ClientCredentials => "client_credentials",
        }
    }

    /// The kind of that name.
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::Login, Self::Refresh, Self::Userinfo, Self::Introspection, Self::ClientCredentials];
        all.into_iter().find(|kind| kind.name() == name)
    }
}

impl TraceOutcome {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Abandoned => "abandoned",
            Self::Completed => "completed",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    /// The outcome of that name.
    pub fn of(name: &str) -> Option<Self> {
        let all = [Self::Open, Self::Abandoned, Self::Completed, Self::Refused, Self::Failed];
        all.into_iter().find(|outcome| outcome.name() == name)
    }
}
