//! Spans, as a collector of OpenTelemetry gets them (OTLP/HTTP, JSON encoding).

use super::{id, listed, traced};
use crate::world::RelyingParty;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Takes every request that comes, and hands on the bodies.
fn collector() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                head.push_str(&line);
                if line.trim().is_empty() {
                    break;
                }
            }
            assert!(head.starts_with("POST /v1/traces "), "{head}");
            assert!(head.to_ascii_lowercase().contains("content-type: application/json"), "{head}");
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            reader.get_mut().write_all(answer).unwrap();
            if send.send(serde_json::from_slice(&body).unwrap()).is_err() {
                return;
            }
        }
    });
    (endpoint, receive)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_a_login_as_one_trace_of_spans() {
    let (endpoint, bodies) = collector();
    let directory = tempfile::tempdir().unwrap();
    let server = traced(directory.path(), "1000", &[("GATEWRIGHT__TRACE__OTLP_ENDPOINT", &endpoint)]);
    RelyingParty::demo(&server).tokens().await;
    let [trace] = &listed(directory.path(), &[], 1)[..] else { unreachable!() };
    let trace_id: String =
        URL_SAFE_NO_PAD.decode(id(trace)).unwrap().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(trace_id.len(), 32);
    let mut spans: Vec<Value> = Vec::new();
    while !spans.iter().any(|span| span["name"] == "customize_token/tenant") {
        let body = bodies.recv_timeout(Duration::from_secs(20)).unwrap();
        let resource = &body["resourceSpans"][0];
        assert_eq!(resource["resource"]["attributes"][0]["value"]["stringValue"], "gatewright");
        spans.extend(resource["scopeSpans"][0]["spans"].as_array().unwrap().clone());
    }
    let named = |name: &str| {
        let span = spans.iter().find(|span| span["name"] == name);
        span.unwrap_or_else(|| panic!("{name} is not among {spans:#?}")).clone()
    };
    let (root, asked, run) = (named("login"), named("authenticate"), named("authenticate/pwd"));
    assert!(spans.iter().all(|span| span["traceId"] == *trace_id), "{spans:#?}");
    assert_eq!((&asked["parentSpanId"], &run["parentSpanId"]), (&root["spanId"], &asked["spanId"]));
    for span in &spans {
        let nanos = |name: &str| span[name].as_str().unwrap().parse::<u64>().unwrap();
        assert!(nanos("startTimeUnixNano") <= nanos("endTimeUnixNano"), "{span:#?}");
        assert_eq!(span["spanId"].as_str().unwrap().len(), 16);
    }
    let operations = |attribute: &Value| attribute["key"] == "gatewright.operations";
    assert!(run["attributes"].as_array().unwrap().iter().any(operations), "{run:#?}");
}
