//! What is known of the connection a request came on; the listener puts it into every request.

use gatewright_domain::certificate::ClientCertificate;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// The connection of a request.
#[derive(Debug, Clone)]
pub struct Connection {
    /// The other end.
    pub peer: SocketAddr,
    /// What the other end showed of itself in the TLS handshake.
    pub certificate: Option<Arc<ClientCertificate>>,
}

impl Default for Connection {
    fn default() -> Self {
        Self { peer: SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0), certificate: None }
    }
}
