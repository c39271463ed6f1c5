//! What is known of the connection a request came on; the listener puts it into every request.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The connection of a request.
#[derive(Debug, Clone, Copy)]
pub struct Connection {
    /// The other end.
    pub peer: SocketAddr,
}

impl Default for Connection {
    fn default() -> Self {
        Self { peer: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0) }
    }
}
