//! What stands in front of several nodes of one issuer: carries every new connection to the node of the moment.

use super::Server;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use url::Url;

/// The front, on a port of its own.
pub struct Front {
    /// What the nodes have for their issuer.
    pub issuer: String,
    node: Arc<AtomicU16>,
}

impl Front {
    /// A front with no node behind it yet.
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let issuer = format!("http://localhost:{}", listener.local_addr().unwrap().port());
        let node = Arc::new(AtomicU16::new(0));
        let to = node.clone();
        thread::spawn(move || {
            for browser in listener.incoming().map_while(Result::ok) {
                let port = to.load(Ordering::SeqCst);
                // A node that is gone ends the connection, as a real front would have to.
                thread::spawn(move || carry(&browser, &TcpStream::connect(("127.0.0.1", port))?));
            }
        });
        Self { issuer, node }
    }

    /// From now on, connections are carried to that node.
    pub fn lead_to(&self, server: &Server) {
        self.node.store(Url::parse(&server.reach).unwrap().port().unwrap(), Ordering::SeqCst);
    }
}

fn carry(browser: &TcpStream, node: &TcpStream) -> io::Result<()> {
    let (mut from_browser, mut to_node) = (browser.try_clone()?, node.try_clone()?);
    thread::spawn(move || {
        let _ = io::copy(&mut from_browser, &mut to_node);
        to_node.shutdown(Shutdown::Write)
    });
    let (mut from_node, mut to_browser) = (node, browser);
    let _ = io::copy(&mut from_node, &mut to_browser);
    browser.shutdown(Shutdown::Both)
}
