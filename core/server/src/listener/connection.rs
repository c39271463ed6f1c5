//! One connection, from its handshake to its end.

use super::door::{Door, Doorway};
use super::idle::Idle;
use super::tls::{Shaken, Spoken, Tls};
use crate::configuration::Limits;
use crate::http::Connection;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::Watcher;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// What all connections are served with.
pub(super) struct Servant {
    doorway: Arc<Doorway>,
    tls: Option<Arc<Tls>>,
    handshake_time: Duration,
    silence: Duration,
    http1: auto::Builder<TokioExecutor>,
    http2: auto::Builder<TokioExecutor>,
}

impl Servant {
    pub(super) fn new(doorway: Doorway, tls: Option<Arc<Tls>>, limits: &Limits) -> Self {
        // A connection is told in advance what is spoken on it: guessing would wait for its first bytes without end.
        let mut http1 = auto::Builder::new(TokioExecutor::new()).http1_only();
        http1
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(limits.header_read_timeout_s))
            .max_buf_size(usize::try_from(limits.request_head_bytes).unwrap_or(usize::MAX));
        let mut http2 = auto::Builder::new(TokioExecutor::new()).http2_only();
        http2
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(limits.streams_per_connection)
            .max_header_list_size(limits.request_head_bytes);
        Self {
            doorway: Arc::new(doorway),
            tls,
            handshake_time: Duration::from_secs(limits.tls_handshake_timeout_s),
            silence: Duration::from_secs(limits.idle_timeout_s),
            http1,
            http2,
        }
    }

    /// Serves a connection until it ends, or until `watcher` says that the server stops and its requests are answered.
    pub(super) async fn serve(&self, stream: TcpStream, peer: SocketAddr, watcher: Watcher) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%peer, %error, "the connection was gone at once");
            return;
        }
        let plain = Shaken { spoken: Spoken::Http1, certificate: None };
        let Some(tls) = &self.tls else { return self.speak(stream, (peer, plain), watcher).await };
        match tokio::time::timeout(self.handshake_time, tls.accept(stream)).await {
            Ok(Ok((stream, shaken))) => self.speak(stream, (peer, shaken), watcher).await,
            Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
            Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
        }
    }

    async fn speak<S>(&self, stream: S, (peer, shaken): (SocketAddr, Shaken), watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let stream = TokioIo::new(Idle::new(stream, self.silence));
        let door =
            Door { doorway: self.doorway.clone(), connection: Connection { peer, certificate: shaken.certificate } };
        let builder = match shaken.spoken {
            Spoken::Http1 => &self.http1,
            Spoken::Http2 => &self.http2,
        };
        if let Err(error) = watcher.watch(builder.serve_connection(stream, door)).await {
            tracing::debug!(%peer, %error, "a connection broke");
        }
    }
}
