//! Why there is no configuration.

use super::complaint::Complaint;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigurationError {
    /// The file cannot be read.
    #[error("cannot read the configuration in {}: {cause}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The file is no TOML.
    #[error("{place}: this is no TOML: {what}")]
    Syntax {
        /// File, line and column.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// Settings are not accepted; all that is wrong, in order of origin.
    #[error("{}", Lines(.0))]
    Refused(Vec<Complaint>),
    /// The layers could not be put together.
    #[error("the configuration cannot be put together: {0}")]
    Layers(#[from] config::ConfigError),
    /// The defaults could not be written out.
    #[error("the defaults cannot be written out: {0}")]
    Defaults(#[from] serde_json::Error),
}

impl ConfigurationError {
    /// What is wrong, setting by setting; empty where it is not about settings.
    pub fn complaints(&self) -> &[Complaint] {
        match self {
            Self::Refused(complaints) => complaints,
            _ => &[],
        }
    }
}

struct Lines<'c>(&'c [Complaint]);

impl fmt::Display for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration is not accepted")?;
        self.0.iter().try_for_each(|complaint| write!(f, "\n  {complaint}"))
    }
}
