//! `[logging]`: what is logged, and in which form.

use super::choice::choice;
use super::complaint::Complaint;
use crate::logging::parse_level;
use serde::{Deserialize, Serialize};

choice! {
    /// The form of the log.
    pub enum LogFormat {
        /// A line for people.
        Text = "text",
        /// A JSON object a line, for machines.
        Json = "json",
    }
}

/// The log, on standard error.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Logging {
    /// Its form.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug` or `trace`; by target too: `info,gatewright_policy=debug`.
    pub level: String,
}

impl Default for Logging {
    fn default() -> Self {
        Self { format: LogFormat::Text, level: "info".into() }
    }
}

impl Logging {
    pub(super) fn admit(&self, complaints: &mut Vec<Complaint>) {
        if let Err(error) = parse_level(&self.level) {
            complaints.push(Complaint::of("logging.level", &format!("is not accepted: {error}")));
        }
    }
}
