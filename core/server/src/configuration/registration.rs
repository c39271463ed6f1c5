//! `[registration]`: dynamic client registration (RFC 7591).

use serde::{Deserialize, Serialize};

/// Who may register clients.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Anyone may; otherwise the operator alone, by `gatewright client add`.
    pub open: bool,
}
