//! A server process of this build, on a loopback port of its own, ended when the test ends.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Longest wait for `ready`.
const START_S_MAX: u64 = 60;

/// A running server.
pub struct Server {
    /// Its issuer.
    pub issuer: String,
    child: Child,
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
        Self::start(&["quickstart", "--listen", &listen, "--data", data.to_str().unwrap()], directory, environment)
    }

    /// `serve` with this configuration, in `directory`.
    pub fn serve_in(directory: &Path, configuration: &str) -> Self {
        let file = directory.join("gatewright.toml");
        std::fs::write(&file, configuration).unwrap();
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
            Ok(issuer) => Self { issuer, child, directory: None, log },
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

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Ends it without a chance to tidy up.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to stop and waits for it; answers whether it ended well.
    pub fn stop(&mut self) -> bool {
        let pid = self.pid().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The program under test.
pub fn program() -> &'static str {
    env!("CARGO_BIN_EXE_gatewright-under-test")
}

/// Runs the program to its end: whether it succeeded, what it printed, what it complained.
pub fn run(arguments: &[&str], directory: &Path, input: Option<&str>) -> (bool, String, String) {
    use std::io::Write as _;
    let mut child = Command::new(program())
        .args(arguments)
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.unwrap_or_default().as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// A loopback port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
