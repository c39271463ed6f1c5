//! Each limit, reached.

use super::{PATIENCE, Running, exchange, get, rest};
use crate::configuration::Limits;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_head_that_does_not_come_in_time_ends_the_connection() {
    let running = Running::start(&Limits { header_read_timeout_s: 1, ..Limits::default() }, None);
    for begun in ["", "GET / HTTP/1.1\r\nhost: local"] {
        let mut stream = running.connect().await;
        let start = Instant::now();
        let said = exchange(&mut stream, begun).await;
        assert!(!said.contains("200 OK") && start.elapsed() >= SECOND, "{said}");
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let limits = Limits { request_head_bytes: 8 * 1024, ..Limits::default() };
    let running = Running::start(&limits, None);
    let mut stream = running.connect().await;
    let padding = "x".repeat(8 * 1024);
    let said = exchange(&mut stream, &format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {padding}\r\n\r\n")).await;
    assert!(said.starts_with("HTTP/1.1 431"), "{said}");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_though_it_comes_at_once() {
    let limits = Limits { request_head_bytes: 8 * 1024, ..Limits::default() };
    let running = Running::start(&limits, None);
    for length in [7 * 1024, 9 * 1024, 12 * 1024, 15 * 1024] {
        let mut stream = running.connect().await;
        let head =
            format!("GET /who HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nx: {}\r\n\r\n", "x".repeat(length));
        let said = exchange(&mut stream, &head).await;
        let status = if length < 8 * 1024 { "200" } else { "431" };
        assert!(said.starts_with(&format!("HTTP/1.1 {status}")), "{length}: {said}");
    }
}

#[tokio::test]
async fn a_body_that_does_not_come_in_time_is_refused() {
    let running = Running::start(&Limits { body_read_timeout_s: 1, ..Limits::default() }, None);
    let mut stream = running.connect().await;
    let begun = "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhalf";
    let said = exchange(&mut stream, begun).await;
    assert!(said.starts_with("HTTP/1.1 4") || said.starts_with("HTTP/1.1 5"), "{said}");
}

#[tokio::test]
async fn a_body_ends_at_its_limit() {
    let running = Running::start(&Limits { request_body_bytes: 1024, ..Limits::default() }, None);
    for (length, accepted) in [(1024, true), (1025, false)] {
        let head = "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n";
        let body = "x".repeat(length);
        let whole = format!("{head}content-length: {length}\r\n\r\n{body}");
        let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n");
        for request in [whole, chunked] {
            let said = exchange(&mut running.connect().await, &request).await;
            assert_eq!(said.starts_with("HTTP/1.1 200"), accepted, "{length}: {said}");
        }
    }
}

#[tokio::test]
async fn more_requests_than_can_be_answered_are_told_to_come_back() {
    let running = Running::start(&Limits { requests_in_flight: 1, ..Limits::default() }, None);
    let mut busy = running.connect().await;
    busy.write_all(get("/slow/1000").as_bytes()).await.unwrap();
    tokio::time::sleep(SECOND / 4).await;
    let turned_away = exchange(&mut running.connect().await, &get("/who")).await;
    assert!(turned_away.starts_with("HTTP/1.1 503") && turned_away.contains("retry-after: 1"), "{turned_away}");
    assert!(rest(&mut busy).await.ends_with("slept"));
    assert!(exchange(&mut running.connect().await, &get("/who")).await.contains("200 OK"));
}

#[tokio::test]
async fn more_connections_than_there_are_places_wait() {
    let running = Running::start(&Limits { connections: 1, ..Limits::default() }, None);
    let first = running.connect().await;
    tokio::time::sleep(SECOND / 4).await;
    let mut second = running.connect().await;
    second.write_all(get("/who").as_bytes()).await.unwrap();
    let mut byte = [0u8];
    assert!(tokio::time::timeout(SECOND / 2, second.read(&mut byte)).await.is_err(), "it is answered too soon");
    drop(first);
    assert!(rest(&mut second).await.contains("200 OK"));
}

#[tokio::test]
async fn a_connection_on_which_nothing_moves_ends() {
    let limits = Limits { idle_timeout_s: 1, header_read_timeout_s: 30, ..Limits::default() };
    let running = Running::start(&limits, None);
    let mut stream = running.connect().await;
    let start = Instant::now();
    let said = exchange(&mut stream, "GET /who HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    assert!(said.contains("200 OK"), "{said}");
    assert!(start.elapsed() >= SECOND && start.elapsed() < PATIENCE);
}

#[tokio::test]
async fn a_connection_on_which_something_moves_stays() {
    let limits = Limits { idle_timeout_s: 1, header_read_timeout_s: 30, ..Limits::default() };
    let running = Running::start(&limits, None);
    let mut stream = running.connect().await;
    for piece in ["GET /who", " HTTP/1.1\r\n", "host: localhost\r\n", "connection: close\r\n", "\r\n"] {
        stream.write_all(piece.as_bytes()).await.unwrap();
        tokio::time::sleep(SECOND / 2).await;
    }
    assert!(rest(&mut stream).await.contains("200 OK"));
}

#[tokio::test]
async fn a_request_says_once_whom_it_is_for() {
    let running = Running::start(&Limits::default(), None);
    for (version, hosts, accepted) in [
        ("1.1", "host: localhost\r\n", true),
        ("1.1", "Host: [::1]:8080\r\n", true),
        ("1.0", "", true),
        ("1.1", "", false),
        ("1.1", "host:\r\n", false),
        ("1.1", "host: a b\r\n", false),
        ("1.1", "host: someone@localhost\r\n", false),
        ("1.1", "host: localhost\r\nhost: localhost\r\n", false),
        ("1.0", "host: localhost\r\nhost: evil.example\r\n", false),
    ] {
        let request = format!("GET /who HTTP/{version}\r\n{hosts}connection: close\r\n\r\n");
        let said = exchange(&mut running.connect().await, &request).await;
        let status = if accepted { " 200 " } else { " 400 " };
        assert!(said.lines().next().unwrap().contains(status), "{hosts:?}: {said}");
    }
}
