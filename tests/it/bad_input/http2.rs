//! Frames on the wire (RFC 9113 5.1, 6, 8.1.1 and 10.5): heads without end, streams that are reset as soon as they are
//! opened, frames nobody should send. A connection may end by it, and the server goes on.

use crate::tls::certificate::{Certificate, shake_hands};
use crate::tls::served;
use openssl::ssl::SslStream;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

/// How often random frames are sent.
const RANDOM_CASES: u32 = 32;
/// Longest wait for the server to hang up.
const PATIENCE: Duration = Duration::from_secs(20);
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// `GET /jwks` on `localhost`, in the words of RFC 7541 6.
fn get() -> Vec<u8> {
    let literal = |name: u8, value: &str| [&[name, u8::try_from(value.len()).unwrap()], value.as_bytes()].concat();
    [vec![0x82, 0x87], literal(1, "localhost"), literal(4, "/jwks")].concat()
}

fn connect(certificate: &Certificate, port: u16) -> SslStream<TcpStream> {
    let mut connector = certificate.connector();
    connector.set_alpn_protos(b"\x02h2").unwrap();
    let stream = shake_hands(connector, port).unwrap();
    stream.get_ref().set_read_timeout(Some(PATIENCE)).unwrap();
    stream.get_ref().set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Opens a connection, sends these frames, says that no more will come, and hears the server out.
fn say(certificate: &Certificate, port: u16, frames: &[u8]) {
    let mut stream = connect(certificate, port);
    let _ = stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), frames].concat());
    let _ = stream.get_ref().shutdown(Shutdown::Write);
    let mut piece = [0; 8192];
    loop {
        match stream.read(&mut piece) {
            Ok(1..) => {}
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                panic!("the server does not hang up");
            }
            _ => return,
        }
    }
}

/// Whether a request that is in order is answered.
fn is_answered(certificate: &Certificate, port: u16) -> bool {
    let mut stream = connect(certificate, port);
    let asked = frame(HEADERS, END_STREAM | END_HEADERS, 1, &get());
    stream.write_all(&[PREFACE, &frame(SETTINGS, 0, 0, &[]), &asked].concat()).unwrap();
    let (mut said, mut piece) = (Vec::new(), [0; 8192]);
    while let Ok(count @ 1..) = stream.read(&mut piece) {
        said.extend_from_slice(&piece[..count]);
        if String::from_utf8_lossy(&said).contains("\"keys\"") {
            return true;
        }
    }
    false
}

#[test]
fn frames_that_nobody_should_send_harm_nobody_else() {
    let directory = tempfile::tempdir().unwrap();
    let (server, certificate, port) = served(directory.path(), "");
    let padding = vec![0; 16_000];
    let opened = |stream| frame(HEADERS, END_HEADERS, stream, &get());
    let streams = |count: u32| (0..count).map(|n| 2 * n + 1);
    for (name, frames) in [
        (
            "a head without end",
            [frame(HEADERS, 0, 1, &get()), frame(CONTINUATION, 0, 1, &padding).repeat(100)].concat(),
        ),
        ("empty continuations", [frame(HEADERS, 0, 1, &get()), frame(CONTINUATION, 0, 1, &[]).repeat(10_000)].concat()),
        (
            "reset as soon as opened",
            streams(5_000).flat_map(|n| [opened(n), frame(RST_STREAM, 0, n, &[0, 0, 0, 8])].concat()).collect(),
        ),
        ("more streams than may be open", streams(5_000).flat_map(opened).collect()),
        ("pings without end", frame(PING, 0, 0, &[0; 8]).repeat(20_000)),
        ("settings without end", frame(SETTINGS, 0, 0, &[]).repeat(20_000)),
        ("empty data without end", [opened(1), frame(DATA, 0, 1, &[]).repeat(20_000)].concat()),
        ("a frame too large", frame(HEADERS, END_HEADERS, 1, &vec![0; 100_000])),
        (
            "no window at all",
            [frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]), streams(99).flat_map(opened).collect()].concat(),
        ),
        ("a window beyond all", frame(8, 0, 0, &[0x7f, 0xff, 0xff, 0xff]).repeat(2)),
        ("a promise from a client", frame(5, END_HEADERS, 1, &[0, 0, 0, 2])),
        ("a stream of the server's", opened(2)),
        ("a stream that depends on itself", frame(2, 0, 1, &[0, 0, 0, 1, 0])),
        ("fields that grow as they are read", frame(HEADERS, END_HEADERS, 1, &[&get()[..], &[0xbe; 10_000]].concat())),
        (
            "a table beyond all",
            frame(HEADERS, END_HEADERS, 1, &[&[0x3f, 0xe1, 0xff, 0xff, 0xff, 0x0f], &get()[..]].concat()),
        ),
    ] {
        say(&certificate, port, &frames);
        assert!(is_answered(&certificate, port), "{name}: nobody else is answered");
    }
    assert_unharmed(&server.log());
}

#[test]
fn whatever_frames_come_the_server_goes_on() {
    let directory = tempfile::tempdir().unwrap();
    let (server, certificate, port) = served(directory.path(), "");
    let any_frame = (0..12u8, any::<u8>(), 0..6u32, vec(any::<u8>(), 0..64))
        .prop_map(|(kind, flags, stream, payload)| frame(kind, flags, stream, &payload));
    let frames =
        vec(prop_oneof![any_frame, Just(frame(HEADERS, END_HEADERS, 1, &get())), vec(any::<u8>(), 0..32)], 0..12);
    let config = Config { cases: RANDOM_CASES, failure_persistence: None, ..Config::default() };
    let outcome = TestRunner::new(config).run(&frames, |frames| {
        say(&certificate, port, &frames.concat());
        Ok(())
    });
    outcome.unwrap();
    assert!(is_answered(&certificate, port));
    assert_unharmed(&server.log());
}

fn assert_unharmed(log: &str) {
    for sign in ["panicked", " ERROR "] {
        assert!(!log.contains(sign), "the log has {sign:?}:\n{log}");
    }
}
