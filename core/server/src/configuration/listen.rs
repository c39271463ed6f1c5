//! `[listen]`: where requests are taken.

use serde::{Deserialize, Serialize};
use std::net::{Ipv4Addr, SocketAddr};

/// Port when nothing else is asked for.
pub const PORT: u16 = 8080;

/// Where requests are taken.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// Address and port; `0.0.0.0:8080` or `[::]:8080` takes them from everywhere.
    pub address: SocketAddr,
}

impl Default for Listen {
    fn default() -> Self {
        Self { address: SocketAddr::from((Ipv4Addr::LOCALHOST, PORT)) }
    }
}
