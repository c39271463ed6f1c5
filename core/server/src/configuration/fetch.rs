//! `[fetch]`: documents that clients point at (`jwks_uri`, `sector_identifier_uri`).

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// How clients' documents are fetched.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fetch {
    /// Documents on this machine and in private networks are fetched too: any client could make the server
    /// ask there.
    pub allow_private_addresses: bool,
    /// Certificate authorities to trust beside the system's, in PEM.
    pub ca_file: Option<PathBuf>,
}

impl Fetch {
    pub(super) fn specimen() -> Self {
        Self { ca_file: Some("ca.pem".into()), ..Self::default() }
    }
}
