//! The graceful stop.

use super::{Running, exchange, get, rest};
use crate::configuration::Limits;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const BEGUN: Duration = Duration::from_millis(250);

#[tokio::test]
async fn a_request_in_flight_is_answered_and_no_further_one_is_taken() {
    let running = Running::start(&Limits::default(), None);
    let mut waiting = running.connect().await;
    // It would keep its connection, but for the stop.
    waiting.write_all(b"GET /slow/1000 HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    tokio::time::sleep(BEGUN).await;
    running.stop.send(()).unwrap();
    tokio::time::sleep(BEGUN).await;
    assert!(TcpStream::connect(running.address).await.is_err(), "it still listens");
    assert!(rest(&mut waiting).await.ends_with("slept"));
    assert!(running.done.await.unwrap(), "all was done");
}

#[tokio::test]
async fn a_connection_that_waits_for_its_next_request_does_not_hold_up_the_stop() {
    let running = Running::start(&Limits::default(), None);
    let mut idle = running.connect().await;
    idle.write_all(b"GET /who HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let silent = running.connect().await;
    tokio::time::sleep(BEGUN).await;
    let start = Instant::now();
    running.stop.send(()).unwrap();
    assert!(running.done.await.unwrap());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
    assert!(rest(&mut idle).await.contains("200 OK"));
    drop(silent);
}

#[tokio::test]
async fn what_is_not_done_in_time_is_broken_off() {
    let running = Running::start(&Limits { stop_timeout_s: 1, ..Limits::default() }, None);
    let mut endless = running.connect().await;
    endless.write_all(get("/slow/60000").as_bytes()).await.unwrap();
    tokio::time::sleep(BEGUN).await;
    running.stop.send(()).unwrap();
    assert!(!running.done.await.unwrap(), "it says that not all was done");
    assert_eq!(rest(&mut endless).await, "");
}

#[tokio::test]
async fn a_handler_that_panics_takes_nothing_else_down() {
    use crate::listener::Listener;
    use warp::Filter;
    let routes = warp::path("panic").map(|| -> warp::reply::Response { panic!("a defect") }).boxed();
    let routes = routes.or(super::routes()).unify().boxed();
    let listener = Listener::bind("127.0.0.1:0".parse().unwrap(), None, &Limits::default()).unwrap();
    let address = listener.local_address().unwrap();
    let serving = tokio::spawn(listener.serve(routes, std::future::pending()));
    for _ in 0..3 {
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert_eq!(exchange(&mut stream, &get("/panic")).await, "");
        let mut stream = TcpStream::connect(address).await.unwrap();
        assert!(exchange(&mut stream, &get("/who")).await.contains("200 OK"));
    }
    serving.abort();
}
