//! A recorded question: all that is needed to ask another policy the same, and what came of it then.
//!
//! Only finished questions are recorded: a flow that waited for the browser is in the record of the question that ended
//! it, with every page and its answer. Typed secrets are in no journal, so they are not here; claims that the operator
//! names are replaced wherever they stand, in what was asked as in what was answered, so that a replay meets the same
//! text on both sides. What is stored is sealed for its trace.

use super::{AfterFault, Answer, Asked, HookRun, RunEnd, Sampling, Spent};
use crate::fault::Fault;
use crate::flow::{FaultKind, HookFault, Journal};
use crate::hooks::{HookDecision, HookInput, HookKind};
use crate::identifiers::{BindingName, BundleDigest, TraceId};
use crate::secret::SecretText;
use crate::signing::Sealer;
use gatewright_protocol::client_id::ClientId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const PLACE: &str = "trace.recording";
/// Shortest withheld text that is looked for in other texts, in bytes.
const SOUGHT_BYTES_MIN: usize = 3;
/// Members whose text is a name of the contracts' own, not what somebody said.
const TAGS: [&str; 11] =
    ["hook", "call", "answer", "users", "kv", "secret", "kind", "destination", "enrolment", "binding", "owner"];

/// Which requests are recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RecordingPlan {
    /// Of these clients; of all, where none is named.
    pub clients: BTreeSet<ClientId>,
    /// How many of their logins.
    pub share: Sampling,
    /// Claims whose values are withheld.
    pub without: BTreeSet<String>,
}

/// A question, recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recording {
    hook: HookKind,
    bundle: BundleDigest,
    at_ms: i64,
    input: Value,
    answer: RecordedAnswer,
    runs: Vec<RecordedRun>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RecordedAnswer {
    Decided(HookDecision),
    Fault { binding: BindingName, why: String },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct RecordedRun {
    binding: BindingName,
    journal: Journal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    decided: Option<HookDecision>,
}

impl RecordingPlan {
    /// Whether what belongs to that login is recorded.
    pub fn takes(&self, client: &ClientId, login: &TraceId) -> bool {
        (self.clients.is_empty() || self.clients.contains(client)) && self.share.takes(login)
    }
}

impl Recording {
    /// The record of a question; none of one that waits.
    ///
    /// # Errors
    /// A fault where what is withheld would leave no readable record; then there is none.
    pub fn of(asked: &Asked, without: &BTreeSet<String>) -> Result<Option<Self>, Fault> {
        let answer = match &asked.answer {
            Answer::Waiting(_) => return Ok(None),
            Answer::Decided(decision) => RecordedAnswer::Decided(decision.clone()),
            Answer::Fault(fault) => {
                RecordedAnswer::Fault { binding: fault.binding.clone(), why: fault.kind.to_string() }
            }
        };
        let recording = Self {
            hook: asked.hook(),
            bundle: asked.bundle.clone(),
            at_ms: asked.at_ms,
            input: serde_json::to_value(&asked.input).map_err(|error| Fault::caused(PLACE, error))?,
            answer,
            runs: asked.runs.iter().map(RecordedRun::of).collect(),
        };
        if without.is_empty() { Ok(Some(recording)) } else { recording.withheld(without).map(Some) }
    }

    /// Which hook was asked.
    pub fn hook(&self) -> HookKind {
        self.hook
    }

    /// Seals it for its trace.
    ///
    /// # Errors
    /// A fault of the crypto library.
    pub fn seal(&self, trace: &TraceId, sealer: &dyn Sealer) -> Result<String, Fault> {
        let text = serde_json::to_string(self).map_err(|error| Fault::caused(PLACE, error))?;
        sealer.seal(&purpose(trace), &SecretText::new(text))
    }

    /// Opens what was sealed for that trace.
    ///
    /// # Errors
    /// A fault when the master key is another, or it is not readable.
    pub fn open(sealed: &str, trace: &TraceId, sealer: &dyn Sealer) -> Result<Self, Fault> {
        let text = sealer.open(&purpose(trace), sealed)?;
        serde_json::from_str(text.expose()).map_err(|error| Fault::caused(PLACE, error))
    }

    /// The question as it was asked. What its runs took is not in the record.
    ///
    /// # Errors
    /// A fault when its input is none of its hook's.
    pub fn asked(&self) -> Result<Asked, Fault> {
        let answer = match &self.answer {
            RecordedAnswer::Decided(decision) => Answer::Decided(decision.clone()),
            RecordedAnswer::Fault { binding, why } => Answer::Fault(failed(binding, why)),
        };
        Ok(Asked {
            bundle: self.bundle.clone(),
            input: input_of(self.hook, self.input.clone()).map_err(|error| Fault::caused(PLACE, error))?,
            at_ms: self.at_ms,
            answer,
            runs: self.runs.iter().map(RecordedRun::run).collect(),
        })
    }

    /// Without the values of these claims.
    fn withheld(&self, without: &BTreeSet<String>) -> Result<Self, Fault> {
        let unreadable = |error| Fault::caused(PLACE, error);
        let mut whole = serde_json::to_value(self).map_err(unreadable)?;
        let mut sought = BTreeMap::new();
        gather(false, &whole, without, &mut sought);
        let mut sought: Vec<(String, String)> = sought.into_iter().collect();
        // The longest first: a name inside a mail address is gone with it.
        sought.sort_by_key(|(text, _)| std::cmp::Reverse(text.len()));
        replace(None, &mut whole, without, &sought);
        let recording: Self = serde_json::from_value(whole).map_err(unreadable)?;
        recording.asked().map(|_| recording)
    }
}

impl RecordedRun {
    fn of(run: &HookRun) -> Self {
        let decided = match &run.end {
            RunEnd::Decided(decision) => Some(decision.clone()),
            RunEnd::Waiting(_) | RunEnd::Fault { .. } => None,
        };
        Self { binding: run.binding.clone(), journal: run.journal.clone(), decided }
    }

    fn run(&self) -> HookRun {
        let end = match &self.decided {
            Some(decision) => RunEnd::Decided(decision.clone()),
            None => RunEnd::Fault { fault: failed(&self.binding, "it failed"), then: AfterFault::Deny },
        };
        let known = self.journal.entries().len();
        HookRun { binding: self.binding.clone(), journal: self.journal.clone(), known, end, spent: Spent::default() }
    }
}

fn failed(binding: &BindingName, why: &str) -> HookFault {
    HookFault::new(binding.clone(), FaultKind::Threw { message: why.to_owned() })
}

fn purpose(trace: &TraceId) -> String {
    format!("{PLACE}/{trace}")
}

fn input_of(hook: HookKind, input: Value) -> Result<HookInput, serde_json::Error> {
    Ok(match hook {
        HookKind::SelectAcr => HookInput::SelectAcr(serde_json::from_value(input)?),
        HookKind::Authenticate => HookInput::Authenticate(serde_json::from_value(input)?),
        HookKind::AfterAuthentication => HookInput::AfterAuthentication(serde_json::from_value(input)?),
        HookKind::Consent => HookInput::Consent(serde_json::from_value(input)?),
        HookKind::Claims => HookInput::Claims(serde_json::from_value(input)?),
        HookKind::CustomizeToken => HookInput::CustomizeToken(serde_json::from_value(input)?),
    })
}

/// The texts of withheld claims, each with what stands for it.
fn gather(in_claims: bool, value: &Value, without: &BTreeSet<String>, sought: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                if in_claims && without.contains(name) {
                    texts(name, member, sought);
                }
                gather(name == "claims", member, without, sought);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(in_claims, item, without, sought)),
        _ => {}
    }
}

fn texts(name: &str, value: &Value, sought: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) if text.len() >= SOUGHT_BYTES_MIN => {
            sought.entry(text.clone()).or_insert_with(|| stand_in(name));
        }
        Value::Array(items) => items.iter().for_each(|item| texts(name, item, sought)),
        Value::Object(members) => members.values().for_each(|member| texts(name, member, sought)),
        _ => {}
    }
}

fn stand_in(name: &str) -> String {
    format!("‹{name} withheld›")
}

fn replace(key: Option<&str>, value: &mut Value, without: &BTreeSet<String>, sought: &[(String, String)]) {
    if key.is_some_and(|key| TAGS.contains(&key)) && value.is_string() {
        return;
    }
    match value {
        Value::String(text) => {
            for (from, to) in sought {
                if text.contains(from.as_str()) {
                    *text = text.replace(from.as_str(), to);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| replace(None, item, without, sought)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if key == Some("claims") && without.contains(name) && !member.is_null() {
                    *member = Value::String(stand_in(name));
                } else {
                    replace(Some(name), member, without, sought);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
