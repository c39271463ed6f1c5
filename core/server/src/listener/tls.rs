//! TLS: which versions and suites, and the certificate, which may be renewed while the server runs (RFC 8446, RFC 9325,
//! FAPI 2.0 5.2.1).

use super::client_certificate::Authorities;
use super::error::TlsError;
use crate::configuration::TlsFiles;
use gatewright_domain::certificate::ClientCertificate;
use openssl::ssl::{
    AlpnError, Ssl, SslAcceptor, SslAcceptorBuilder, SslFiletype, SslMethod, SslOptions, SslSessionCacheMode,
    SslVerifyMode, SslVersion, select_next_proto,
};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock};
use tokio::net::TcpStream;
use tokio_openssl::SslStream;

/// The suites of TLS 1.2: ephemeral keys and AES-GCM, nothing else. TLS 1.3 has no bad ones.
const TLS_1_2_SUITES: &str = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:\
                              ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
/// What is spoken above, best first, as ALPN lists it (RFC 7301 3.1).
const PROTOCOLS: &[u8] = b"\x02h2\x08http/1.1";

/// What handshakes are made with.
pub(super) struct Tls {
    files: TlsFiles,
    used: RwLock<Used>,
}

/// What was read from the files.
struct Used {
    acceptor: SslAcceptor,
    authorities: Authorities,
}

/// What a handshake agreed on.
pub(super) struct Shaken {
    pub(super) spoken: Spoken,
    /// What the client showed of itself.
    pub(super) certificate: Option<Arc<ClientCertificate>>,
}

/// What is spoken on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    Http1,
    Http2,
}

impl Tls {
    /// Reads the files.
    pub(super) fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let used = RwLock::new(read(&files)?);
        Ok(Self { files, used })
    }

    /// Reads the files again, for connections from now on; what was read before stays when they cannot be used.
    pub(super) fn reload(&self) -> Result<(), TlsError> {
        let fresh = read(&self.files)?;
        *self.used.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    /// Shakes hands; answers what the two agreed on.
    pub(super) async fn accept(&self, stream: TcpStream) -> io::Result<(SslStream<TcpStream>, Shaken)> {
        let (ssl, authorities) = {
            let used = self.used.read().unwrap_or_else(PoisonError::into_inner);
            (Ssl::new(used.acceptor.context())?, used.authorities.clone())
        };
        let mut stream = SslStream::new(ssl, stream)?;
        Pin::new(&mut stream).accept().await.map_err(io::Error::other)?;
        let spoken = match stream.ssl().selected_alpn_protocol() {
            Some(b"h2") => Spoken::Http2,
            _ => Spoken::Http1,
        };
        let shown = self.files.clients.as_ref().and_then(|_| stream.ssl().peer_certificate());
        let certificate = shown.and_then(|shown| authorities.examine(&shown, stream.ssl().peer_cert_chain()));
        Ok((stream, Shaken { spoken, certificate }))
    }
}

fn read(files: &TlsFiles) -> Result<Used, TlsError> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    builder.set_cipher_list(TLS_1_2_SUITES)?;
    builder.set_alpn_select_callback(|_, offered| select_next_proto(PROTOCOLS, offered).ok_or(AlpnError::ALERT_FATAL));
    let unusable = |what, path: &std::path::Path| {
        let path = path.to_owned();
        move |cause| TlsError::File { what, path, cause }
    };
    let TlsFiles { certificate, key, clients } = files;
    builder.set_certificate_chain_file(certificate).map_err(unusable("the certificate", certificate))?;
    // OpenSSL compares the key with the certificate when it reads it.
    builder.set_private_key_file(key, SslFiletype::PEM).map_err(|cause| match is_mismatch(&cause) {
        true => TlsError::Mismatch { certificate: certificate.clone(), key: key.clone() },
        false => unusable("the private key", key)(cause),
    })?;
    let authorities = match clients {
        None => Authorities::default(),
        Some(clients) => {
            ask_for_certificates(&mut builder)?;
            clients.authorities.as_deref().map(Authorities::read).transpose()?.unwrap_or_default()
        }
    };
    Ok(Used { acceptor: builder.build(), authorities })
}

/// Asks every client for a certificate and takes any, or none: whose it is depends on the client that the request is of,
/// and those who vouch for it are looked at after the handshake. That the client has its key, the handshake shows.
fn ask_for_certificates(builder: &mut SslAcceptorBuilder) -> Result<(), TlsError> {
    builder.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
    // A resumed session has the certificate and not its chain, so that nobody could vouch for it: each connection shows all.
    builder.set_session_cache_mode(SslSessionCacheMode::OFF);
    builder.set_options(SslOptions::NO_TICKET);
    Ok(builder.set_num_tickets(0)?)
}

fn is_mismatch(cause: &openssl::error::ErrorStack) -> bool {
    cause.errors().iter().any(|error| error.reason().is_some_and(|reason| reason.contains("mismatch")))
}
