//! Tests of the wire, against a server that says what it is told to.

use super::super::arguments::NetworkArguments;
use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that gives the answers in turn, each connection taking as many as its list holds, and
/// closes the connection after its last one.
async fn server(connections: Vec<Vec<String>>) -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for answers in connections {
            let (mut stream, _) = listener.accept().await.unwrap();
            for answer in answers {
                let mut seen = Vec::new();
                while !seen.ends_with(b"\r\n\r\n") {
                    assert_ne!(stream.read_buf(&mut seen).await.unwrap(), 0, "closed before a whole request");
                }
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    });
    Url::parse(&format!("http://{address}/here?a=1")).unwrap()
}

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn wire(timeout: f64) -> Wire {
    let arguments = NetworkArguments { allow_remote: false, ca_file: None, insecure: false, timeout };
    let issuer = Url::parse("http://127.0.0.1").unwrap();
    Wire::new(Arc::new(Connector::new(&arguments, &issuer).unwrap()))
}

#[tokio::test]
async fn requests_share_a_connection_until_the_server_closes_it() {
    let url = server(vec![vec![answer("one"), answer("two")], vec![answer("three")]]).await;
    let mut wire = wire(5.0);
    for expected in ["one", "two", "three"] {
        let answer = wire.send(&Call::get("page", &url)).await.unwrap();
        assert_eq!(answer.body, expected);
        // Lets the closing of a connection reach the driver before it is used again.
        tokio::task::yield_now().await;
    }
    assert_eq!(wire.requests, 3);
}

#[tokio::test]
async fn a_body_of_the_longest_length_is_read_and_a_longer_one_is_not() {
    let longest = "x".repeat(BODY_BYTES_MAX);
    let url = server(vec![vec![answer(&longest), answer(&format!("{longest}x"))]]).await;
    let mut wire = wire(5.0);
    assert_eq!(wire.send(&Call::get("page", &url)).await.unwrap().body.len(), BODY_BYTES_MAX);
    assert!(matches!(wire.send(&Call::get("page", &url)).await, Err(Failure::Body { endpoint: "page", .. })));
}

#[tokio::test]
async fn a_silent_server_is_left_in_time_and_its_connection_not_used_again() {
    let url = server(vec![vec![String::new()], vec![answer("again")]]).await;
    let mut wire = wire(0.05);
    assert!(wire.send(&Call::get("page", &url)).await.is_err());
    assert_eq!(wire.send(&Call::get("page", &url)).await.unwrap().body, "again");
}

#[tokio::test]
async fn an_address_that_is_no_web_address_is_refused() {
    let url = Url::parse("ftp://127.0.0.1/").unwrap();
    assert!(matches!(wire(1.0).send(&Call::get("page", &url)).await, Err(Failure::Address { .. })));
}

#[tokio::test]
async fn a_wire_keeps_few_connections_and_lets_the_oldest_go() {
    let mut urls = Vec::new();
    for _ in 0..=CONNECTIONS_MAX {
        urls.push(server(vec![vec![answer("one"), answer("two")]]).await);
    }
    let mut wire = wire(5.0);
    for url in &urls {
        wire.send(&Call::get("page", url)).await.unwrap();
    }
    assert_eq!(wire.open.len(), CONNECTIONS_MAX);
    assert!(wire.kept(&urls[0]).is_none() && wire.kept(&urls[1]).is_some());
}
