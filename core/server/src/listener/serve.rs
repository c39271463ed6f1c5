//! The accept loop, and how it ends.

use super::Listener;
use super::connection::Servant;
use super::door::Doorway;
use super::tls::Tls;
use hyper_util::server::graceful::GracefulShutdown;
use std::future::pending;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::{JoinError, JoinSet};
use warp::filters::BoxedFilter;
use warp::reply::Response;

/// Pause after the system refused to hand over a connection: out of file descriptors, it would refuse again at once.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

impl Listener {
    /// Serves `routes` until `stop` comes to its end. Then no more connections are taken, requests in flight are
    /// answered, and what is not done within `limits.stop_timeout_s` is broken off. Answers whether all was done.
    ///
    /// On SIGHUP the certificate is read again.
    pub async fn serve(self, routes: BoxedFilter<(Response,)>, stop: impl Future<Output = ()>) -> bool {
        let servant = Arc::new(Servant::new(
            Doorway::new(routes, &self.limits, self.roomier.clone()),
            self.tls.clone(),
            &self.limits,
        ));
        let places = Arc::new(Semaphore::new(self.limits.connections));
        let graceful = GracefulShutdown::new();
        let mut connections = JoinSet::new();
        let reload = reload_on_hangup(self.tls.clone());
        tokio::pin!(stop, reload);
        loop {
            tokio::select! {
                () = &mut stop => break,
                () = &mut reload => {}
                Some(ended) = connections.join_next() => report(ended),
                (stream, peer, place) = self.next(&places) => {
                    let (servant, watcher) = (servant.clone(), graceful.watcher());
                    connections.spawn(async move {
                        servant.serve(stream, peer, watcher).await;
                        drop(place);
                    });
                }
            }
        }
        let time = Duration::from_secs(self.limits.stop_timeout_s);
        drop(self);
        let drained = async {
            graceful.shutdown().await;
            while let Some(ended) = connections.join_next().await {
                report(ended);
            }
        };
        let all_done = tokio::time::timeout(time, drained).await.is_ok();
        if !all_done {
            tracing::warn!("{} connections were broken off: they were not done within {time:?}", connections.len());
            connections.shutdown().await;
        }
        all_done
    }

    /// The next connection, once there is a place for it.
    async fn next(&self, places: &Arc<Semaphore>) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
        let Ok(place) = places.clone().acquire_owned().await else {
            // Only a closed semaphore has no places to come, and nobody closes this one.
            return pending().await;
        };
        loop {
            match self.accept().await {
                Ok((stream, peer)) => return (stream, peer, place),
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be taken");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }
}

fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection ended in a panic");
    }
}

/// Reads the certificate again whenever SIGHUP comes. Never ends.
#[cfg(unix)]
async fn reload_on_hangup(tls: Option<Arc<Tls>>) {
    use tokio::signal::unix::{SignalKind, signal};
    let (Some(tls), Ok(mut hangups)) = (tls, signal(SignalKind::hangup())) else { return pending().await };
    while hangups.recv().await.is_some() {
        match tls.reload() {
            Ok(()) => tracing::info!("the certificate was read again"),
            Err(error) => tracing::error!(%error, "the certificate stays the one that was read before"),
        }
    }
    pending().await
}

#[cfg(not(unix))]
async fn reload_on_hangup(_: Option<Arc<Tls>>) {
    pending().await
}
