//! The listener from without: what a stranger can do to it, and how it stops.

mod certificates;
mod limits;
mod secure;
mod stopping;

use super::Listener;
use crate::configuration::{Limits, TlsFiles};
use crate::http::Connection;
use bytes::Bytes;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reply::{Reply, Response};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A listener that serves.
struct Running {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    done: JoinHandle<bool>,
}

impl Running {
    fn start(limits: &Limits, tls: Option<TlsFiles>) -> Self {
        let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), tls, limits).unwrap();
        let address = listener.local_address().unwrap();
        let (stop, stopped) = oneshot::channel();
        let serve = listener.serve(routes(), async { stopped.await.unwrap_or(()) });
        Self { address, stop, done: tokio::spawn(serve) }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// `/who` answers the other end's address, `/certificate` what it has shown, `/slow/MS` takes its time, anything else answers the length of its body.
fn routes() -> BoxedFilter<(Response,)> {
    let who = warp::path("who").and(warp::ext::get::<Connection>());
    let who = who.map(|connection: Connection| connection.peer.to_string().into_response()).boxed();
    let certificate = warp::path("certificate").and(warp::ext::get::<Connection>());
    let certificate = certificate.map(|connection: Connection| {
        let shown = connection.certificate.map_or_else(
            || "none".to_owned(),
            |known| format!("{}{}", known.thumbprint.as_str(), if known.is_vouched_for { " vouched" } else { "" }),
        );
        shown.into_response()
    });
    let slow = warp::path("slow").and(warp::path::param()).then(|ms: u64| async move {
        tokio::time::sleep(Duration::from_millis(ms)).await;
        "slept".into_response()
    });
    let length = warp::body::bytes().map(|body: Bytes| body.len().to_string().into_response()).boxed();
    who.or(certificate.boxed()).unify().boxed().or(slow.boxed()).unify().boxed().or(length).unify().boxed()
}

/// All that comes until the other side has no more to say.
async fn rest(stream: &mut (impl AsyncReadExt + Unpin)) -> String {
    let mut said = Vec::new();
    // A connection that is broken off has said what it has said.
    let _ = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut said)).await.expect("it ends in time");
    String::from_utf8(said).unwrap()
}

/// Sends a request and answers everything up to the end of the connection.
async fn exchange(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    rest(stream).await
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
}

#[tokio::test]
async fn a_request_is_told_the_other_end_of_its_connection() {
    let running = Running::start(&Limits::default(), None);
    let mut stream = running.connect().await;
    let own = stream.local_addr().unwrap().to_string();
    let answer = exchange(&mut stream, &get("/who")).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.ends_with(&own), "{answer}");
}

#[tokio::test]
async fn two_addresses_are_served_by_one_listener() {
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), None, &Limits::default()).unwrap();
    let port = listener.local_address().unwrap().port();
    let other: SocketAddr = format!("127.0.0.2:{port}").parse().unwrap();
    let serving = tokio::spawn(listener.beside(other).serve(routes(), std::future::pending()));
    for address in [format!("127.0.0.1:{port}"), other.to_string()] {
        let mut stream = TcpStream::connect(&address).await.unwrap();
        assert!(exchange(&mut stream, &get("/who")).await.contains("200 OK"), "{address}");
    }
    serving.abort();
}

#[tokio::test]
async fn an_address_that_is_taken_is_refused_in_plain_words() {
    let running = Running::start(&Limits::default(), None);
    let refused = Listener::bind(running.address, None, &Limits::default()).err().unwrap();
    assert_eq!(refused.to_string(), format!("the address {} is already in use", running.address));
    let elsewhere = Listener::bind("192.0.2.1:80".parse().unwrap(), None, &Limits::default()).err().unwrap();
    assert!(elsewhere.to_string().contains("192.0.2.1:80"), "{elsewhere}");
}
