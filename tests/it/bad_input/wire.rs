//! Bytes on the wire (RFC 9112 2.2, 3.2, 6.1, 6.3, 7.1 and 11.2; RFC 9110 15.5.15, 17.2): messages with two lengths, broken
//! chunks, heads that are too much or come too slowly, and whatever else comes along. A request hidden in another is
//! never answered, and the server goes on.

use super::ask::{Ask, Parameters};
use super::table::Surface;
use crate::world::Server;
use crate::world::server::free_port;
use crate::world::wire::{Reply, connect, rest, say};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::io::{Read, Write};
use std::net::Shutdown;

/// How often random bytes are sent.
const RANDOM_CASES: u32 = 48;
/// Stands where a request is hidden in another; the answer to it cannot be mistaken.
const HIDDEN: &str = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n";
const POST: &str = "POST /token HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n";
/// Ends a conversation that would else wait for the next request.
const LAST: &str = "GET /jwks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// How often the hidden request was answered.
fn hidden_answers(said: &[u8]) -> usize {
    String::from_utf8_lossy(said).matches("\"status\":\"live\"").count()
}

fn statuses(said: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(said).into_owned();
    let mut found = Vec::new();
    for (at, _) in text.match_indices("HTTP/1.") {
        found.extend(Reply::read(&said[at..]).map(|reply| reply.status));
    }
    found
}

#[test]
fn a_message_with_two_lengths_hides_no_request() {
    let server = Server::quickstart();
    let length = HIDDEN.len();
    let chunk = format!("{length:x}\r\n{HIDDEN}\r\n0\r\n\r\n");
    for (name, message) in [
        (
            "length, then chunks",
            format!("{POST}content-length: 6\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}"),
        ),
        (
            "chunks, then length",
            format!("{POST}transfer-encoding: chunked\r\ncontent-length: 6\r\n\r\n0\r\n\r\n{HIDDEN}"),
        ),
        (
            "a length over both",
            format!("{POST}content-length: {}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}", length + 5),
        ),
        ("two lengths", format!("{POST}content-length: 0\r\ncontent-length: {length}\r\n\r\n{HIDDEN}")),
        ("two lengths in one", format!("{POST}content-length: {length}, 0\r\n\r\n{HIDDEN}")),
        ("a length with a sign", format!("{POST}content-length: +0\r\n\r\n{HIDDEN}")),
        ("a length below nought", format!("{POST}content-length: -1\r\n\r\n{HIDDEN}")),
        ("a length in other digits", format!("{POST}content-length: 0x0\r\n\r\n{HIDDEN}")),
        ("a length beyond all", format!("{POST}content-length: 99999999999999999999\r\n\r\n{HIDDEN}")),
        ("an empty length", format!("{POST}content-length:\r\n\r\n{HIDDEN}")),
        ("chunks that are not last", format!("{POST}transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n{HIDDEN}")),
        ("an encoding nobody knows", format!("{POST}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{HIDDEN}")),
        ("an encoding with a vertical tab", format!("{POST}transfer-encoding: \u{b}chunked\r\n\r\n0\r\n\r\n{HIDDEN}")),
        ("a space before the colon", format!("{POST}transfer-encoding : chunked\r\n\r\n0\r\n\r\n{HIDDEN}")),
        ("a folded header", format!("{POST}transfer-encoding:\r\n chunked\r\n\r\n0\r\n\r\n{HIDDEN}")),
        (
            "chunks in HTTP/1.0",
            format!("{}transfer-encoding: chunked\r\n\r\n0\r\n\r\n{HIDDEN}", POST.replace("1.1", "1.0")),
        ),
        ("a chunk with a sign", format!("{POST}transfer-encoding: chunked\r\n\r\n+{chunk}")),
        ("a chunk below nought", format!("{POST}transfer-encoding: chunked\r\n\r\n-1\r\n{HIDDEN}")),
        ("a chunk in no digits", format!("{POST}transfer-encoding: chunked\r\n\r\nzz\r\n{HIDDEN}")),
        ("a chunk beyond all", format!("{POST}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{HIDDEN}")),
        ("a chunk with a prefix", format!("{POST}transfer-encoding: chunked\r\n\r\n0x0\r\n\r\n{HIDDEN}")),
        ("a chunk without its end", format!("{POST}transfer-encoding: chunked\r\n\r\n1\r\nxx\r\n0\r\n\r\n{HIDDEN}")),
        ("line feeds alone", format!("{POST}transfer-encoding: chunked\r\n\r\n1\nx\n0\n\n{HIDDEN}")),
        (
            "an endless extension",
            format!("{POST}transfer-encoding: chunked\r\n\r\n1;{}\r\nx\r\n0\r\n\r\n{HIDDEN}", "x".repeat(40_000)),
        ),
        (
            "endless trailers",
            format!("{POST}transfer-encoding: chunked\r\n\r\n0\r\n{}\r\n{HIDDEN}", "t: x\r\n".repeat(4_000)),
        ),
        ("a request in a chunk", format!("{POST}transfer-encoding: chunked\r\n\r\n{chunk}{LAST}")),
        ("a request in a body", format!("{POST}content-length: {length}\r\n\r\n{HIDDEN}{LAST}")),
        (
            "a body of a GET",
            format!("GET /jwks HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n{HIDDEN}{LAST}"),
        ),
    ] {
        let said = say_and_hang_up(&server, message.as_bytes());
        assert_eq!(hidden_answers(&said), 0, "{name}: {}", String::from_utf8_lossy(&said));
        assert!(statuses(&said).iter().all(|status| *status < 500), "{name}: {:?}", statuses(&said));
    }
    Surface::of(&server).unharmed();
}

/// Sends bytes, hears what is said to them, and says that no more will come.
fn say_and_hang_up(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(server);
    let _ = stream.write_all(bytes);
    // What has been taken for whole is answered before the end is noticed.
    let mut first = vec![0; 65_536];
    stream.set_read_timeout(Some(std::time::Duration::from_millis(250))).unwrap();
    let count = stream.read(&mut first).unwrap_or(0);
    stream.set_read_timeout(Some(std::time::Duration::from_secs(20))).unwrap();
    let _ = stream.shutdown(Shutdown::Write);
    let mut said = first[..count].to_vec();
    said.extend(rest(&mut stream));
    said
}

#[test]
fn a_head_that_is_none_is_refused() {
    let server = Server::quickstart();
    for (name, message) in [
        ("another protocol", "GET /jwks HTTP/9.9\r\nhost: localhost\r\n\r\n"),
        ("no protocol", "GET /jwks\r\n\r\n"),
        ("HTTP/2 without being asked", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("no host", "GET /jwks HTTP/1.1\r\n\r\n"),
        ("two hosts", "GET /jwks HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\n\r\n"),
        ("a host that is none", "GET /jwks HTTP/1.1\r\nhost: a b\r\n\r\n"),
        ("a space in the target", "GET /jw ks HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        ("NUL in the target", "GET /jw\0ks HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        ("a control character in the target", "GET /jwks\u{7f} HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        ("no method", " /jwks HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        ("a method with brackets", "G(T /jwks HTTP/1.1\r\nhost: localhost\r\n\r\n"),
        ("NUL in a header", "GET /jwks HTTP/1.1\r\nhost: localhost\r\nx: a\0b\r\n\r\n"),
        ("a carriage return in a header", "GET /jwks HTTP/1.1\r\nhost: localhost\r\nx: a\rb\r\n\r\n"),
        ("a header without a name", "GET /jwks HTTP/1.1\r\nhost: localhost\r\n: x\r\n\r\n"),
        ("a header without a colon", "GET /jwks HTTP/1.1\r\nhost: localhost\r\nx\r\n\r\n"),
        ("a header's name with a space", "GET /jwks HTTP/1.1\r\nhost: localhost\r\nx y: z\r\n\r\n"),
        ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}\r\n\r\n"),
    ] {
        let said = say_and_hang_up(&server, message.as_bytes());
        assert!(matches!(statuses(&said)[..], [] | [400]), "{name}: {}", String::from_utf8_lossy(&said));
    }
    Surface::of(&server).unharmed();
}

#[test]
fn a_head_that_is_too_much_is_refused() {
    let server = Server::quickstart();
    let ask = || Ask::new("GET", "/jwks");
    let many = |count: usize| (0..count).fold(ask(), |ask, n| ask.header(&format!("x-{n}"), "x"));
    let cookies = (0..90).fold(ask(), |ask, n| ask.cookies(&format!("c{n}={}", "x".repeat(300))));
    let long = "x".repeat(40_000);
    for (name, ask, wanted) in [
        ("a target", Ask::get("/jwks", &Parameters::of(&[("x", &long)])), vec![414, 431]),
        ("a path", Ask::new("GET", &format!("/{long}")), vec![414, 431]),
        ("a method", Ask::new(&long, "/jwks"), vec![400, 405, 431]),
        ("a header", ask().header("x", &long), vec![431]),
        ("a header's name", ask().header(&long, "x"), vec![400, 431]),
        ("a thousand headers", many(1_000), vec![431]),
        ("a hundred thousand headers", many(100_000), vec![431]),
        ("ninety large cookies", cookies, vec![200]),
        ("fifty headers", many(50), vec![200]),
    ] {
        let said = say(&server, &ask.bytes(&server));
        let found = statuses(&said);
        assert!(found.len() == 1 && wanted.contains(&found[0]), "{name}: {found:?}");
    }
    Surface::of(&server).unharmed();
}

#[test]
fn what_comes_too_slowly_is_not_waited_for() {
    let directory = tempfile::tempdir().unwrap();
    let limits = ["HEADER_READ_TIMEOUT_S", "BODY_READ_TIMEOUT_S", "IDLE_TIMEOUT_S"];
    let limits = limits.map(|name| (format!("GATEWRIGHT__LIMITS__{name}"), "1"));
    let limits: Vec<(&str, &str)> = limits.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    let server = Server::quickstart_with(directory.path(), free_port(), &limits);
    for (name, begun, drip) in [
        ("nothing at all", String::new(), ""),
        ("half a head", "GET /jwks HTTP/1.1\r\nhost: loc".into(), ""),
        ("a head in drops", "GET /jwks HTTP/1.1\r\n".into(), "x: y\r\n"),
        ("half a body", format!("{POST}content-length: 100\r\n\r\ngrant"), ""),
        ("a body in drops", format!("{POST}content-length: 100000\r\n\r\n"), "x"),
        ("chunks in drops", format!("{POST}transfer-encoding: chunked\r\n\r\n"), "1\r\nx\r\n"),
        ("an answer nobody asks for more of", "GET /jwks HTTP/1.1\r\nhost: localhost\r\n\r\n".into(), ""),
    ] {
        let mut stream = connect(&server);
        stream.write_all(begun.as_bytes()).unwrap();
        let mut dripping = stream.try_clone().unwrap();
        let drops = std::thread::spawn(move || {
            // Never silent for as long as the limit, and never done.
            while !drip.is_empty() && dripping.write_all(drip.as_bytes()).is_ok() {
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        });
        let said = rest(&mut stream);
        assert!(statuses(&said).iter().all(|status| *status < 500), "{name}: {}", String::from_utf8_lossy(&said));
        let _ = stream.shutdown(Shutdown::Both);
        drops.join().unwrap();
    }
    Surface::of(&server).unharmed();
}

#[test]
fn a_body_may_come_in_chunks_or_not_at_all_and_a_request_behind_another_is_answered() {
    let server = Server::quickstart();
    let authorization = "authorization: Basic ZGVtbzpkZW1vLXNlY3JldA==\r\n";
    let chunks = "a\r\ngrant_type\r\n13\r\n=client_credentials\r\n0\r\n\r\n";
    for (name, message, wanted) in [
        ("chunks", format!("{POST}{authorization}transfer-encoding: chunked\r\n\r\n{chunks}{LAST}"), vec![200, 200]),
        ("no length", format!("{POST}{authorization}\r\n{LAST}"), vec![400, 200]),
        (
            "asked to go on",
            format!(
                "{POST}{authorization}expect: 100-continue\r\ncontent-length: 29\r\n\r\ngrant_type=client_credentials{LAST}"
            ),
            vec![200, 200],
        ),
        ("empty lines before", format!("\r\n\r\n{LAST}"), vec![200]),
        (
            "an absolute target",
            "GET http://localhost/jwks HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n".into(),
            vec![200],
        ),
        ("HTTP/1.0", "GET /jwks HTTP/1.0\r\n\r\n".into(), vec![200]),
    ] {
        let said = say(&server, message.as_bytes());
        let found: Vec<u16> = statuses(&said).into_iter().filter(|status| *status != 100).collect();
        assert_eq!(found, wanted, "{name}: {}", String::from_utf8_lossy(&said));
    }
    Surface::of(&server).unharmed();
}

#[test]
fn whatever_bytes_come_the_server_goes_on() {
    let server = Server::quickstart();
    let head = prop_oneof![
        Just(Vec::new()),
        Just(b"GET /authorize?".to_vec()),
        Just(POST.as_bytes().to_vec()),
        Just(format!("{POST}transfer-encoding: chunked\r\n\r\n").into_bytes()),
        Just(format!("{POST}content-length: 64\r\n\r\n").into_bytes()),
        Just(b"POST /register HTTP/1.1\r\nhost: localhost\r\ncontent-length: 64\r\n\r\n".to_vec()),
    ];
    let bytes = (
        head,
        vec(any::<u8>(), 0..512),
        prop_oneof![Just(""), Just("\r\n\r\n"), Just(" HTTP/1.1\r\nhost: localhost\r\n\r\n")],
    );
    let config = Config { cases: RANDOM_CASES, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&bytes, |(mut message, random, end)| {
        message.extend(random);
        message.extend_from_slice(end.as_bytes());
        let mut stream = connect(&server);
        let _ = stream.write_all(&message);
        let _ = stream.shutdown(Shutdown::Write);
        let said = rest(&mut stream);
        let found = statuses(&said);
        prop_assert!(found.iter().all(|status| (200..500).contains(status)), "{found:?}");
        prop_assert_eq!(Ask::new("GET", "/health/live").send(&server).map(|reply| reply.status), Some(200));
        Ok(())
    });
    outcome.unwrap();
    Surface::of(&server).unharmed();
}
