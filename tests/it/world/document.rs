//! A loopback site with one JSON document, as a client's owner publishes one (`sector_identifier_uri`, `jwks_uri`).

use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

/// Longest head of a request that is read, in bytes.
const HEAD_BYTES_MAX: usize = 8_192;

/// Serves the document at every path until the test ends; answers where.
pub fn published(document: &Value) -> String {
    published_as("application/json", document.to_string())
}

/// The same with any text of any content type.
pub fn published_as(content_type: &'static str, body: String) -> String {
    serve(content_type, Arc::new(Mutex::new(body)))
}

/// A document that its owner changes.
pub struct Publication {
    /// Where it is.
    pub uri: String,
    body: Arc<Mutex<String>>,
}

impl Publication {
    pub fn of(document: &Value) -> Self {
        let body = Arc::new(Mutex::new(document.to_string()));
        Self { uri: serve("application/json", body.clone()), body }
    }

    pub fn change(&self, document: &Value) {
        *self.body.lock().unwrap() = document.to_string();
    }
}

fn serve(content_type: &'static str, body: Arc<Mutex<String>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let _ = stream.read(&mut [0; HEAD_BYTES_MAX]);
            let body = body.lock().unwrap().clone();
            let length = body.len();
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
        }
    });
    format!("http://{address}/document.json")
}
