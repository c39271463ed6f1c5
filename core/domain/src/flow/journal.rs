//! The journal: every host call of a flow with its answer, and the one it waits for.

use super::call::{HostAnswer, HostCall};
use serde::{Deserialize, Serialize};

/// A call and what it answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// What was asked.
    pub call: HostCall,
    /// What came back.
    pub answer: HostAnswer,
}

/// All host calls of one flow, in order.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Journal {
    entries: Vec<Entry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting: Option<HostCall>,
}

impl Journal {
    /// The calls answered so far.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The page or visit the flow waits for.
    pub fn waiting(&self) -> Option<&HostCall> {
        self.waiting.as_ref()
    }

    /// Answers what the flow waits for; answers `false`, with nothing done, when it waits for nothing.
    pub fn answer(&mut self, answer: HostAnswer) -> bool {
        match self.waiting.take() {
            Some(call) => {
                self.entries.push(Entry { call, answer });
                true
            }
            None => false,
        }
    }

    pub(super) fn wait(&mut self, call: HostCall) {
        self.waiting = Some(call);
    }

    pub(super) fn push(&mut self, call: HostCall, answer: HostAnswer) {
        self.entries.push(Entry { call, answer });
    }
}
