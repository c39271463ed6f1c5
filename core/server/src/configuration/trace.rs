//! `[trace]`: which logins are written down, for how long, and what of a person may stand in them.

use super::complaint::{Complaint, within};
use gatewright_domain::trace::{PERSONAL_CLAIMS, RecordingPlan, Sampling};
use gatewright_protocol::client_id::ClientId;
use serde::{Deserialize, Serialize};
use url::Url;

/// All logins.
const WHOLE_PER_MILLE: u32 = 1_000;
/// Longest that traces are kept, in days.
pub const TRACE_DAYS_MAX: u32 = 3_650;
/// Most that traces may take up, in MiB.
pub const TRACE_MIB_MAX: u64 = 1_048_576;

/// Traces of logins.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// Of a thousand logins, how many are written from the beginning. Those that fail or are denied always are.
    pub sample_per_mille: u32,
    /// Days that they are kept.
    pub keep_days: u32,
    /// What they may take up, in MiB; the oldest go first.
    pub keep_mib: u64,
    /// Claims of which a trace shows the shape alone.
    pub personal_claims: Vec<String>,
    /// Questions to the policy are recorded whole, sealed with the master key, so that `gatewright policy replay` can ask
    /// another policy the same.
    pub record: bool,
    /// Of a thousand logins, how many are recorded.
    pub record_per_mille: u32,
    /// Only of these clients; of all, where none is named.
    pub record_clients: Vec<ClientId>,
    /// Claims whose values are withheld from records.
    pub record_without: Vec<String>,
    /// Where spans are sent (OTLP/HTTP with JSON), if anywhere.
    pub otlp_endpoint: Option<String>,
}

impl Default for Trace {
    fn default() -> Self {
        Self {
            sample_per_mille: 10,
            keep_days: 14,
            keep_mib: 256,
            personal_claims: PERSONAL_CLAIMS.map(str::to_owned).into(),
            record: false,
            record_per_mille: WHOLE_PER_MILLE,
            record_clients: Vec::new(),
            record_without: Vec::new(),
            otlp_endpoint: None,
        }
    }
}

impl Trace {
    pub(super) fn specimen() -> Self {
        Self { otlp_endpoint: Some("http://127.0.0.1:4318/v1/traces".to_owned()), ..Self::default() }
    }

    /// Which questions are recorded, if any.
    pub fn recorded(&self) -> Option<RecordingPlan> {
        self.record.then(|| RecordingPlan {
            clients: self.record_clients.iter().cloned().collect(),
            share: Sampling::per_million(self.record_per_mille * 1_000),
            without: self.record_without.iter().cloned().collect(),
        })
    }

    /// Where spans are sent, if anywhere.
    pub fn endpoint(&self) -> Option<Url> {
        let endpoint = self.otlp_endpoint.as_deref()?;
        Url::parse(endpoint).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
    }

    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        within(complaints, "trace.sample_per_mille", self.sample_per_mille, 0..=WHOLE_PER_MILLE);
        within(complaints, "trace.record_per_mille", self.record_per_mille, 1..=WHOLE_PER_MILLE);
        within(complaints, "trace.keep_days", self.keep_days, 1..=TRACE_DAYS_MAX);
        within(complaints, "trace.keep_mib", self.keep_mib, 1..=TRACE_MIB_MAX);
        if self.otlp_endpoint.is_some() && self.endpoint().is_none() {
            let what = "is no URL of a collector, such as \"http://127.0.0.1:4318/v1/traces\"";
            complaints.push(Complaint::of("trace.otlp_endpoint", what));
        }
    }
}
