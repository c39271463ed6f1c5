//! The binary as a process.

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longer than a server may take to come up or to stop.
const PATIENCE: Duration = Duration::from_secs(60);

fn gatewright(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
    let settings = std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("GATEWRIGHT"));
    settings.for_each(|(name, _)| {
        command.env_remove(name);
    });
    command.args(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Answer {
    /// What it answered on standard output, having succeeded.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.status, Some(0), "{}{}", self.out, self.err);
        self.out
    }

    /// The JSON document that it answered, having succeeded.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.done()).unwrap()
    }

    /// What it said on standard error, having failed.
    #[track_caller]
    pub fn failed(self) -> String {
        assert_eq!(self.status, Some(1), "{}{}", self.out, self.err);
        self.err
    }
}

/// Runs a command to its end, with `input` on its standard input.
pub fn run_with(words: &[&str], input: &str) -> Answer {
    let mut child = gatewright(words).spawn().unwrap();
    // Who does not read it has ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer { status: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Runs a command to its end.
pub fn run(words: &[&str]) -> Answer {
    run_with(words, "")
}

/// A server that answers.
pub struct Server {
    child: Child,
    /// Its issuer.
    pub issuer: String,
    /// All it said before it was ready.
    pub greeting: String,
}

impl Server {
    /// Starts a server and waits for its `ready` line; its last words when it ends without one.
    pub fn start(words: &[&str], environment: &[(&str, &str)]) -> Result<Self, String> {
        let mut child = gatewright(words).envs(environment.iter().copied()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut said = Vec::new();
        for line in lines.by_ref() {
            if let Some(issuer) = line.strip_prefix("ready ") {
                let (issuer, greeting) = (issuer.to_owned(), said.join("\n"));
                return Ok(Self { child, issuer, greeting });
            }
            said.push(line);
        }
        let mut last_words = String::new();
        child.stderr.take().unwrap().read_to_string(&mut last_words).unwrap();
        child.wait().unwrap();
        Err(last_words)
    }

    /// Starts a quickstart on a free port.
    pub fn quickstart(data: &Path, more: &[&str]) -> Result<Self, String> {
        let words = ["quickstart", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
        Self::start(&[&words, more].concat(), &[])
    }

    /// `host:port` of its issuer.
    pub fn address(&self) -> String {
        self.issuer.split_once("://").unwrap().1.to_owned()
    }

    /// Answers of a GET: status line, headers and body.
    pub fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\n"), "")
    }

    /// Answers of a POST of a form, from a client that authenticates.
    pub fn post(&self, path: &str, basic: &str, form: &str) -> String {
        let head = format!(
            "POST {path} HTTP/1.1\r\nauthorization: Basic {basic}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n",
            form.len()
        );
        self.ask(&head, form)
    }

    fn ask(&self, head: &str, body: &str) -> String {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "{head}host: {}\r\nconnection: close\r\n\r\n{body}", self.address()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Asks it to stop as whoever looks after processes does, and waits for its end.
    pub fn stop(mut self) -> (ExitStatus, String) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not stop");
            std::thread::sleep(Duration::from_millis(20));
        };
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (status, log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have stopped already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A configuration of its own, in a folder of its own, with the database migrated.
pub struct Home {
    folder: TempDir,
}

impl Home {
    /// With `more` at the end of its configuration.
    pub fn new(more: &str) -> Self {
        let home = Self::unmigrated(more);
        run(&["migrate", "--config", &home.config()]).done();
        home
    }

    /// With a database that has no schema yet.
    pub fn unmigrated(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Self { folder };
        let (key, database) = (home.path("master.key"), home.path("gatewright.db"));
        std::fs::write(&key, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n").unwrap();
        let text = format!(
            "issuer = \"http://localhost:8080\"\nkeys.master_key_file = {key:?}\ndatabase.url = \"sqlite:{}\"\n\
             keys.algorithms = [\"ES256\"]\nkeys.decryption = [\"ECDH-ES\"]\n{more}",
            database.display()
        );
        std::fs::write(home.config(), text).unwrap();
        home
    }

    /// A path in its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Its configuration.
    pub fn config(&self) -> String {
        self.path("gatewright.toml").display().to_string()
    }

    /// Runs a command on it.
    pub fn run(&self, words: &[&str]) -> Answer {
        self.run_with(words, "")
    }

    /// Runs a command on it, with `input` on its standard input.
    pub fn run_with(&self, words: &[&str], input: &str) -> Answer {
        run_with(&[words, &["--config", &self.config()]].concat(), input)
    }
}
