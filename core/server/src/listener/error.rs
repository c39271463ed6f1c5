//! Why an address cannot be listened at.

use openssl::error::ErrorStack;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why an address cannot be listened at.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Somebody else listens there.
    #[error("the address {0} is already in use")]
    InUse(SocketAddr),
    /// The system does not allow it.
    #[error("this user may not listen at {0}: ports below 1024 take a privilege")]
    NotAllowed(SocketAddr),
    /// This machine has no such address, or something else.
    #[error("cannot listen at {address}: {cause}")]
    Other {
        /// The address.
        address: SocketAddr,
        /// Why.
        cause: io::Error,
    },
    /// The certificate or its key.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl ListenError {
    pub(super) fn of(address: SocketAddr, cause: io::Error) -> Self {
        match cause.kind() {
            io::ErrorKind::AddrInUse => Self::InUse(address),
            io::ErrorKind::PermissionDenied => Self::NotAllowed(address),
            _ => Self::Other { address, cause },
        }
    }
}

/// Why HTTPS cannot be spoken.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be used.
    #[error("{what} in {} cannot be used: {cause}", path.display())]
    File {
        /// What it should hold.
        what: &'static str,
        /// Its path.
        path: PathBuf,
        /// OpenSSL's words.
        cause: ErrorStack,
    },
    /// A file cannot be read.
    #[error("{} cannot be read: {cause}", path.display())]
    Unreadable {
        /// Its path.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// A file of authorities without one.
    #[error("there is no certificate of an authority in {}", path.display())]
    NoAuthority {
        /// Its path.
        path: PathBuf,
    },
    /// Two files that do not belong together.
    #[error("the private key in {} is not that of the certificate in {}", key.display(), certificate.display())]
    Mismatch {
        /// The certificate.
        certificate: PathBuf,
        /// The key.
        key: PathBuf,
    },
    /// OpenSSL cannot be set up.
    #[error("TLS cannot be set up: {0}")]
    SetUp(#[from] ErrorStack),
}
