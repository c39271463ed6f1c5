//! A small SMTP server (RFC 5321) on loopback that says what a test wants and keeps what it is sent.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// What the server says; nothing where it stays silent.
#[derive(Clone, Copy)]
pub struct Says {
    /// First.
    pub greeting: &'static str,
    /// To credentials.
    pub auth: &'static str,
    /// To each recipient.
    pub recipient: &'static str,
    /// To the message.
    pub data_end: &'static str,
}

impl Default for Says {
    fn default() -> Self {
        Self {
            greeting: "220 mail.example.com ESMTP",
            auth: "235 2.7.0 welcome",
            recipient: "250 ok",
            data_end: "250 taken",
        }
    }
}

/// A message that was taken.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The sender of its envelope.
    pub from: String,
    /// The recipients of its envelope.
    pub to: Vec<String>,
    /// Headers and text, as they came.
    pub text: String,
}

#[derive(Default)]
struct Heard {
    letters: Vec<Letter>,
    commands: Vec<String>,
}

/// The server. Stops when dropped.
pub struct SmtpServer {
    /// Where it listens.
    pub port: u16,
    heard: Arc<Mutex<Heard>>,
    task: tokio::task::JoinHandle<()>,
}

impl SmtpServer {
    /// A server on a port of its own.
    ///
    /// # Panics
    /// When there is no port.
    pub async fn start(says: Says) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap_or_else(|why| panic!("{why}"));
        let port = listener.local_addr().unwrap_or_else(|why| panic!("{why}")).port();
        let heard = Arc::new(Mutex::new(Heard::default()));
        let hears = heard.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, says, hears.clone()));
            }
        });
        Self { port, heard, task }
    }

    /// What it took so far.
    pub fn letters(&self) -> Vec<Letter> {
        heard(&self.heard).letters.clone()
    }

    /// What it was told so far, but for messages.
    pub fn commands(&self) -> Vec<String> {
        heard(&self.heard).commands.clone()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn heard(by: &Mutex<Heard>) -> MutexGuard<'_, Heard> {
    by.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn say(to: &mut OwnedWriteHalf, line: &str) -> Option<()> {
    let line = if line.is_empty() { String::new() } else { format!("{line}\r\n") };
    to.write_all(line.as_bytes()).await.ok()
}

/// A line; none where it does not end as one must.
async fn hear(from: &mut BufReader<OwnedReadHalf>) -> Option<String> {
    let mut line = String::new();
    from.read_line(&mut line).await.ok().filter(|read| *read > 0)?;
    line.strip_suffix("\r\n").map(ToOwned::to_owned)
}

/// One connection; ends with it.
async fn converse(stream: TcpStream, says: Says, ears: Arc<Mutex<Heard>>) -> Option<()> {
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    say(&mut to, says.greeting).await?;
    let mut letter = Letter { from: String::new(), to: vec![], text: String::new() };
    loop {
        let command = hear(&mut from).await?;
        heard(&ears).commands.push(command.clone());
        let path = |start: &str| command.strip_prefix(start)?.split('>').next().map(ToOwned::to_owned);
        if command.starts_with("EHLO ") {
            say(&mut to, "250-mail.example.com\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN").await?;
        } else if command.starts_with("AUTH ") {
            say(&mut to, says.auth).await?;
        } else if let Some(sender) = path("MAIL FROM:<") {
            letter.from = sender;
            say(&mut to, "250 ok").await?;
        } else if let Some(recipient) = path("RCPT TO:<") {
            letter.to.push(recipient);
            say(&mut to, says.recipient).await?;
        } else if command == "DATA" {
            say(&mut to, "354 go on").await?;
            letter.text = content(&mut from).await?;
            if says.data_end.starts_with('2') {
                heard(&ears).letters.push(letter.clone());
            }
            say(&mut to, says.data_end).await?;
        } else if command == "QUIT" {
            return say(&mut to, "221 bye").await;
        } else {
            say(&mut to, "500 what?").await?;
        }
    }
}

/// What stands before the line of one dot, without the dots that were put before dots (RFC 5321 4.5.2).
async fn content(from: &mut BufReader<OwnedReadHalf>) -> Option<String> {
    let mut text = String::new();
    loop {
        let line = hear(from).await?;
        if line == "." {
            return Some(text);
        }
        text.push_str(line.strip_prefix('.').unwrap_or(&line));
        text.push_str("\r\n");
    }
}
