//! Requests byte by byte, as no well-behaved library would send them, and the answers as they came (RFC 9112).

use super::Server;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;
use url::Url;

/// Longest wait for the next bytes of an answer: shorter than a server with its own limits would wait for a head.
const PATIENCE: Duration = Duration::from_secs(20);

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    /// Names in lower case, in the order they came.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    /// Reads an answer's head, and everything after it as its body. `None` for what is no answer.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n")?;
        let mut lines = head.split("\r\n");
        let status = lines.next()?.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
        let headers = lines.filter_map(|line| line.split_once(':'));
        let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned())).collect();
        Some(Self { status, headers, body: body.to_owned() })
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }
}

/// A connection to a server.
pub fn connect(server: &Server) -> TcpStream {
    let port = Url::parse(&server.reach).unwrap().port().unwrap();
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Everything that comes until the other side is done. A connection that is broken off has said what it said.
pub fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let (mut said, mut piece) = (Vec::new(), [0; 8192]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return said,
            Ok(count) => said.extend_from_slice(&piece[..count]),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {
                panic!("the server neither answers nor hangs up; it said {:?}", String::from_utf8_lossy(&said));
            }
            Err(_) => return said,
        }
    }
}

/// Sends these bytes and answers everything the server says to them, until it hangs up.
pub fn say(server: &Server, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(server);
    // A server that has heard enough may hang up before everything is said.
    let _ = stream.write_all(bytes);
    rest(&mut stream)
}
