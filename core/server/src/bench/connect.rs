//! Opens connections: only to where a load driver may go, in clear or through TLS.

use super::arguments::NetworkArguments;
use super::error::BenchError;
use super::failure::Failure;
use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper_util::rt::TokioIo;
use openssl::ssl::{SslConnector, SslMethod, SslVerifyMode};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio_openssl::SslStream;
use url::{Host, Url};

/// A connection that requests are sent over, one after the other.
pub(super) type Sender = SendRequest<Full<Bytes>>;

/// Opens connections.
pub(super) struct Connector {
    /// Hosts beyond this machine that may be asked; none unless `--allow-remote` is given.
    remote: Option<BTreeSet<String>>,
    tls: SslConnector,
    insecure: bool,
    /// How long one request may take.
    pub(super) timeout: Duration,
}

impl Connector {
    /// A connector to this machine, and to the issuer's host if `--allow-remote` is given.
    pub(super) fn new(arguments: &NetworkArguments, issuer: &Url) -> Result<Self, BenchError> {
        let mut tls = SslConnector::builder(SslMethod::tls_client())
            .map_err(|error| BenchError::provider("TLS cannot be set up")(error.into()))?;
        if let Some(path) = &arguments.ca_file {
            tls.set_ca_file(path)
                .map_err(|error| BenchError::CaFile { path: path.clone(), reason: error.to_string() })?;
        }
        if arguments.insecure {
            tls.set_verify(SslVerifyMode::NONE);
        }
        Ok(Self {
            remote: arguments.allow_remote.then(|| issuer.host_str().map(Into::into).into_iter().collect()),
            tls: tls.build(),
            insecure: arguments.insecure,
            timeout: Duration::from_secs_f64(arguments.timeout),
        })
    }

    /// Lets the connector ask the host of `url` too, but only if it may leave this machine at all.
    pub(super) fn allow(&mut self, url: &Url) {
        if let (Some(remote), Some(host)) = (&mut self.remote, url.host_str()) {
            remote.insert(host.into());
        }
    }

    /// Connects to the host of `url`.
    pub(super) async fn open(&self, url: &Url, endpoint: &'static str) -> Result<Sender, Failure> {
        let stream = self.reach(url, endpoint).await?;
        let host = url.host_str().unwrap_or_default();
        // Requests are small; waiting to fill a packet would be measured as the server's time.
        stream.set_nodelay(true).map_err(|source| Failure::Connect { host: host.into(), source })?;
        if url.scheme() != "https" {
            return handshake(stream, endpoint).await;
        }
        let mut setup = self.tls.configure()?;
        setup.set_verify_hostname(!self.insecure);
        let name = host.trim_start_matches('[').trim_end_matches(']');
        let mut stream = SslStream::new(setup.into_ssl(name)?, stream)?;
        Pin::new(&mut stream).connect().await.map_err(|source| Failure::Tls { host: host.into(), source })?;
        handshake(stream, endpoint).await
    }

    async fn reach(&self, url: &Url, endpoint: &'static str) -> Result<TcpStream, Failure> {
        let unusable = || Failure::Address { endpoint, address: url.to_string() };
        let port = url.port_or_known_default().ok_or_else(unusable)?;
        let host = url.host_str().unwrap_or_default();
        let addresses: Vec<_> = match url.host().ok_or_else(unusable)? {
            Host::Ipv4(address) => vec![SocketAddr::new(address.into(), port)],
            Host::Ipv6(address) => vec![SocketAddr::new(address.into(), port)],
            Host::Domain(name) => {
                lookup_host((name, port)).await.map_err(|source| Failure::Name { host: host.into(), source })?.collect()
            }
        };
        let mut failure = Failure::Unreachable { host: host.into() };
        for address in addresses {
            failure = match self.admit(host, address.ip()) {
                Err(refused) => refused,
                Ok(()) => match TcpStream::connect(address).await {
                    Ok(stream) => return Ok(stream),
                    Err(source) => Failure::Connect { host: address.to_string(), source },
                },
            };
        }
        Err(failure)
    }

    /// Whether `host`, found at `address`, may be put under load. The address decides, not the name:
    /// a name says nothing about whose machine it is.
    fn admit(&self, host: &str, address: IpAddr) -> Result<(), Failure> {
        match &self.remote {
            _ if address.to_canonical().is_loopback() => Ok(()),
            None => Err(Failure::Unreachable { host: host.into() }),
            Some(hosts) if hosts.contains(host) => Ok(()),
            Some(_) => Err(Failure::Stranger { host: host.into() }),
        }
    }
}

async fn handshake<S>(stream: S, endpoint: &'static str) -> Result<Sender, Failure>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
    TokioIo<S>: Read + Write,
{
    let (sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|source| Failure::Transport { endpoint, source })?;
    // Whatever ends the connection is told to the request that waits on it; an idle one may just end.
    tokio::spawn(connection);
    Ok(sender)
}

#[cfg(test)]
#[path = "connect_tests.rs"]
mod tests;
