//! A server process of this build, on a loopback port of its own, ended when the test ends.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest wait for `ready`. A plugin in Python takes a debug build a minute to compile, more beside other work.
const START_S_MAX: u64 = 600;

/// Longest wait for its end.
const STOP_S_MAX: u64 = 60;

/// A master key that is worth nothing.
const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";

/// The process, ended with the server that it is.
struct Process(Child);

/// A running server.
pub struct Server {
    /// Its issuer.
    pub issuer: String,
    /// Where it answers: the issuer, but for a second node of one issuer.
    pub reach: String,
    process: Process,
    directory: Option<TempDir>,
    log: PathBuf,
}

impl Server {
    /// `quickstart` on fresh data.
    pub fn quickstart() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut server = Self::quickstart_in(directory.path(), free_port());
        server.directory = Some(directory);
        server
    }

    /// `quickstart` on the data in `directory`.
    pub fn quickstart_in(directory: &Path, port: u16) -> Self {
        Self::quickstart_with(directory, port, &[])
    }

    /// `quickstart` on the data in `directory`, with settings from the environment.
    pub fn quickstart_with(directory: &Path, port: u16, environment: &[(&str, &str)]) -> Self {
        let data = directory.join("data");
        let listen = format!("127.0.0.1:{port}");
        let arguments = ["quickstart", "--listen", &listen, "--data", data.to_str().unwrap()];
        let server = Self::start(&arguments, directory, environment);
        Self { reach: format!("http://localhost:{port}"), ..server }
    }

    /// `serve` with this configuration beside a database and a master key of its own, and with `alice`.
    pub fn serve_in(directory: &Path, configuration: &str) -> Self {
        let (file, key) = (directory.join("gatewright.toml"), directory.join("master.key"));
        std::fs::write(&key, MASTER_KEY).unwrap();
        let text = format!("{configuration}database.url = \"sqlite:gatewright.db\"\nkeys.master_key_file = {key:?}\n");
        std::fs::write(&file, text).unwrap();
        let configured = ["--config", file.to_str().unwrap()];
        command(directory, &[&["migrate"], &configured[..]].concat(), "");
        command(directory, &[&["user", "add", "alice"], &configured[..]].concat(), "wonderland\n");
        Self::start(&[&["serve"], &configured[..]].concat(), directory, &[])
    }

    /// `serve` once more on what [`Server::serve_in`] left in `directory`.
    pub fn serve_again_in(directory: &Path) -> Self {
        let file = directory.join("gatewright.toml");
        Self::start(&["serve", "--config", file.to_str().unwrap()], directory, &[])
    }

    fn start(arguments: &[&str], directory: &Path, environment: &[(&str, &str)]) -> Self {
        let log = directory.join(format!("server-{}.log", free_port()));
        let mut child = Command::new(program())
            .args(arguments)
            .envs(environment.iter().copied())
            .current_dir(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(issuer) = line.strip_prefix("ready ") {
                    let _ = send.send(issuer.trim().to_owned());
                }
            }
        });
        match receive.recv_timeout(Duration::from_secs(START_S_MAX)) {
            Ok(issuer) => Self { reach: issuer.clone(), issuer, process: Process(child), directory: None, log },
            Err(_) => {
                let _ = child.kill();
                panic!("the server did not start:\n{}", std::fs::read_to_string(&log).unwrap_or_default());
            }
        }
    }

    /// An endpoint's URL.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// Everything it logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Ends it without a chance to tidy up.
    pub fn kill(&mut self) {
        self.process.end();
    }

    /// Asks it to stop, as whoever looks after processes does.
    pub fn ask_to_stop(&self) {
        self.signal("TERM");
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let pid = self.process.0.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// How it ended, having been asked to.
    pub fn ended(&mut self) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.process.0.try_wait().unwrap() {
                return status;
            }
            assert!(begin.elapsed() < Duration::from_secs(STOP_S_MAX), "it does not stop:\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Process {
    fn end(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

/// Runs a command that must succeed, with `input` on its standard input.
pub fn command(directory: &Path, arguments: &[&str], input: &str) {
    let mut command = Command::new(program());
    let command = command.args(arguments).current_dir(directory).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The program under test.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_gatewright-under-test")
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
