//! The journal: every host call of a flow with its answer, and the one it waits for.

use super::call::{HostAnswer, HostCall};
use crate::identifiers::BindingName;
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
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<BindingName>,
    entries: Vec<Entry>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiting: Option<HostCall>,
}

impl Journal {
    /// The binding whose calls these are: the one that runs again when the flow goes on, even where the
    /// manifest would by now begin with another (its fallback took over, the browser changed its network).
    pub fn owner(&self) -> Option<&BindingName> {
        self.owner.as_ref()
    }

    /// Says whose calls these are; does nothing where that is known.
    pub fn begin(&mut self, owner: &BindingName) {
        self.owner.get_or_insert_with(|| owner.clone());
    }

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
