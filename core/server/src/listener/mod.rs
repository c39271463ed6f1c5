//! The listener: takes connections, plain or over TLS, and leads their requests to the routes (RFC 9110, 9112, 9113,
//! 8446).
//!
//! warp's own server knows neither TLS nor limits, so the accept loop is ours. Everything a stranger can do to a
//! connection ends: the handshake, the head, the body, silence each have a time, connections and requests have a
//! number. HTTP/2 is offered over TLS (ALPN); plain connections, which come from this machine or from a proxy, speak
//! HTTP/1.1.
//!
//! ```text
//! serve       the accept loop, the graceful stop      connection  one connection, from handshake to end
//! door        one request: limits, the extension      body, idle  the times of a body and of silence
//! tls         certificate, versions, suites           client_address  who is behind trusted proxies
//! client_certificate  what a client shows of itself in the handshake, or a trusted proxy names
//! ```

mod body;
mod client_address;
mod client_certificate;
mod connection;
mod door;
mod error;
mod forwarded;
mod idle;
mod serve;
#[cfg(test)]
mod tests;
mod tls;

pub use client_address::client_address;
pub use client_certificate::{Authorities, CERTIFICATE_HEADER_BYTES_MAX, client_certificate};
pub use door::{Room, RoomFinder};
pub use error::{ListenError, TlsError};

use crate::configuration::{Limits, TlsFiles};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tls::Tls;
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// Connections the system keeps until they are accepted.
const BACKLOG: u32 = 1024;

/// Whether HTTPS could be spoken with these files.
///
/// # Errors
/// Which of them cannot be used, and why.
pub fn read_certificate(files: &TlsFiles) -> Result<(), TlsError> {
    Tls::open(files.clone()).map(drop)
}

/// An address that is listened at.
pub struct Listener {
    socket: TcpListener,
    beside: Option<TcpListener>,
    tls: Option<Arc<Tls>>,
    limits: Limits,
    roomier: Option<RoomFinder>,
}

impl Listener {
    /// Takes the address; connections wait until [`Listener::serve`]. Must be called within a Tokio runtime.
    ///
    /// # Errors
    /// When the address cannot be had, or the certificate and its key cannot be used.
    pub fn bind(address: SocketAddr, tls: Option<TlsFiles>, limits: &Limits) -> Result<Self, ListenError> {
        let tls = tls.map(Tls::open).transpose()?.map(Arc::new);
        let socket = open(address).map_err(|cause| ListenError::of(address, cause))?;
        Ok(Self { socket, beside: None, tls, limits: limits.clone(), roomier: None })
    }

    /// Listens at a second address too, where it can be had.
    #[must_use]
    pub fn beside(self, address: SocketAddr) -> Self {
        let beside = open(address).inspect_err(|cause| tracing::debug!(%address, %cause, "not listened at"));
        Self { beside: beside.ok(), ..self }
    }

    /// Holds connections to other limits than those it was bound with.
    #[must_use]
    pub fn limited(self, limits: &Limits) -> Self {
        Self { limits: limits.clone(), ..self }
    }

    /// Gives some requests' bodies more room than the limits do.
    #[must_use]
    pub fn with_room(self, roomier: RoomFinder) -> Self {
        Self { roomier: Some(roomier), ..self }
    }

    /// The address it has, with the port that the system chose where 0 was asked for.
    ///
    /// # Errors
    /// When the system does not say.
    pub fn local_address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.beside {
            None => self.socket.accept().await,
            Some(beside) => tokio::select! {
                accepted = self.socket.accept() => accepted,
                accepted = beside.accept() => accepted,
            },
        }
    }
}

fn open(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // Without it a restart within a minute would find the address still taken by connections that have ended.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
