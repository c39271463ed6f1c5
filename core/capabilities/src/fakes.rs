//! What the tests of this crate stand on beside those all share: names, a hasher that counts, and a server that says one
//! thing.

use crate::resolver::Lookup;
use async_trait::async_trait;
use gatewright_domain::capabilities::guessing::{Guess, GuessLimit, Reserved};
use gatewright_domain::fault::Fault;
use gatewright_domain::password::{PasswordHash, PasswordHasher};
use gatewright_domain::secret::SecretText;
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Names and what they resolve to: each time the next answer, the last one for ever.
#[derive(Default)]
pub struct Names(Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>);

impl Names {
    pub fn of(name: &str, addresses: &[&str]) -> Self {
        Self::changing(name, &[addresses])
    }

    pub fn changing(name: &str, answers: &[&[&str]]) -> Self {
        let parsed = |answer: &&[&str]| answer.iter().map(|address| address.parse().unwrap()).collect();
        let answers = answers.iter().map(parsed).collect();
        Self(Mutex::new(BTreeMap::from([(name.to_owned(), answers)])))
    }
}

#[async_trait]
impl Lookup for Names {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        let mut names = self.0.lock().unwrap();
        let answers = names.get_mut(name).ok_or_else(|| io::Error::other("no such name"))?;
        Ok(if answers.len() > 1 { answers.remove(0) } else { answers[0].clone() })
    }
}

/// What stands before a hash that should be made anew.
pub const OUTDATED: &str = "outdated:";

/// Passwords that hash to themselves.
#[derive(Default)]
pub struct CountingHasher {
    verified: AtomicUsize,
    looked_at: AtomicUsize,
    busy: bool,
    always_yes: bool,
}

impl CountingHasher {
    pub fn always_yes() -> Self {
        Self { always_yes: true, ..Self::default() }
    }

    /// One that has no time to hash.
    pub fn busy() -> Self {
        Self { busy: true, ..Self::default() }
    }

    /// How often there was a hash to look at.
    pub fn looked_at(&self) -> usize {
        self.looked_at.load(Ordering::SeqCst)
    }

    pub fn verified(&self) -> usize {
        self.verified.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl PasswordHasher for CountingHasher {
    async fn hash(&self, password: &SecretText) -> Result<PasswordHash, Fault> {
        match self.busy {
            true => Err(Fault::new("fake", "busy")),
            false => Ok(PasswordHash(password.expose().to_owned())),
        }
    }

    fn needs_rehash(&self, hash: &PasswordHash) -> bool {
        hash.0.starts_with(OUTDATED)
    }

    async fn verify(&self, password: &SecretText, hash: Option<&PasswordHash>) -> Result<bool, Fault> {
        self.verified.fetch_add(1, Ordering::SeqCst);
        self.looked_at.fetch_add(usize::from(hash.is_some()), Ordering::SeqCst);
        Ok(self.always_yes || hash.is_some_and(|hash| hash.0.trim_start_matches(OUTDATED) == password.expose()))
    }
}

/// A hasher that has no time to look at anything.
pub struct Busy;

#[async_trait]
impl PasswordHasher for Busy {
    async fn hash(&self, _password: &SecretText) -> Result<PasswordHash, Fault> {
        Err(Fault::new("fake", "busy"))
    }

    fn needs_rehash(&self, _hash: &PasswordHash) -> bool {
        false
    }

    async fn verify(&self, _password: &SecretText, _hash: Option<&PasswordHash>) -> Result<bool, Fault> {
        Err(Fault::new("fake", "busy"))
    }
}

/// A limit on guessing that limits nothing.
pub struct Unlimited;

#[async_trait]
impl GuessLimit for Unlimited {
    async fn reserve(&self, _guess: &Guess) -> Result<Reserved, Fault> {
        Ok(Reserved::Counted { last: false })
    }

    async fn succeeded(&self, _guess: &Guess) -> Result<(), Fault> {
        Ok(())
    }

    async fn locked(&self, _guess: &Guess) -> Result<(), Fault> {
        Ok(())
    }

    async fn withdrawn(&self, _guess: &Guess) -> Result<(), Fault> {
        Ok(())
    }

    async fn wait_s(&self, _guess: &Guess) -> Result<u64, Fault> {
        Ok(0)
    }
}

/// An HTTP server on loopback that gives every request the same bytes and then stays silent. Stops when dropped.
pub struct Server {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Server {
    pub async fn saying(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (answer, heard) = (answer.into(), requests.clone());
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(converse(stream, answer.clone(), heard.clone()));
            }
        });
        Self { port, requests, task }
    }

    /// Answers with `status` and `body` as JSON.
    pub async fn ok(body: &str) -> Self {
        Self::saying(message("200 OK", &[], body)).await
    }

    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn named(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(mut stream: TcpStream, answer: Vec<u8>, heard: Arc<Mutex<Vec<String>>>) {
    let mut request = String::new();
    let mut buffer = [0u8; 4096];
    loop {
        let Ok(read @ 1..) = stream.read(&mut buffer).await else { return };
        request.push_str(&String::from_utf8_lossy(&buffer[..read]));
        if let Some((head, body)) = request.split_once("\r\n\r\n") {
            let lower = head.to_lowercase();
            let length = lower.split_once("content-length: ").and_then(|(_, rest)| rest.lines().next());
            if body.len() < length.map_or(0, |length| length.parse().unwrap()) {
                continue;
            }
            heard.lock().unwrap().push(std::mem::take(&mut request));
            if stream.write_all(&answer).await.is_err() {
                return;
            }
        }
    }
}

/// An answer in full.
pub fn message(status: &str, headers: &[(&str, &str)], body: &str) -> String {
    let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text + "\r\n" + body
}
