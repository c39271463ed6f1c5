//! Somebody at the command line, and the servers that they look after.

use crate::reload::folder::write_policy;
use crate::world::relying_party::request;
use crate::world::server::{free_port, program};
use crate::world::{Server, postgres};
use reqwest::Method;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The least that a password hash may cost, which is not looked at here.
pub const CHEAP: [(&str, &str); 2] =
    [("GATEWRIGHT__PASSWORDS__MEMORY_KIB", "7168"), ("GATEWRIGHT__PASSWORDS__ITERATIONS", "5")];

/// Servers on one database, and somebody who can run commands on it.
pub struct Operator {
    pub servers: Vec<Server>,
    /// Where policies are written.
    pub directory: PathBuf,
    data: PathBuf,
    environment: Vec<(String, String)>,
}

/// How a command ended.
#[derive(Debug)]
pub struct Said {
    pub done: bool,
    pub out: String,
    pub error: String,
}

impl Said {
    /// The JSON it answered.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert!(self.done, "{}", self.error);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {}", self.out))
    }
}

impl Operator {
    /// Of one server, on SQLite.
    pub fn alone(directory: &Path) -> Self {
        Self::alone_with(directory, &[])
    }

    /// The same with settings of its server.
    pub fn alone_with(directory: &Path, environment: &[(&str, &str)]) -> Self {
        let server = Server::quickstart_with(directory, free_port(), &[&CHEAP, environment].concat());
        Self::of(vec![server], directory, directory.join("data"), &[])
    }

    /// Stops the one server, and starts it again with other settings.
    pub fn starts_again(&mut self, environment: &[(&str, &str)]) {
        let mut server = self.servers.pop().unwrap();
        server.ask_to_stop();
        assert!(server.ended().success(), "{}", server.log());
        drop(server);
        let environment = [&CHEAP, environment].concat();
        self.servers.push(Server::quickstart_with(&self.directory, free_port(), &environment));
    }

    /// Of two nodes, on PostgreSQL where there is one.
    pub fn of_two(directory: &Path, schema: &str) -> Option<Self> {
        Self::of_two_with(directory, schema, &[])
    }

    /// The same with these settings.
    pub fn of_two_with(directory: &Path, schema: &str, settings: &[(&str, &str)]) -> Option<Self> {
        let (one, other) = postgres::two_nodes(schema, directory, &[&CHEAP, settings].concat())?;
        // The schema was made there; its URL is known by its name.
        let url = std::env::var("GATEWRIGHT_TEST_POSTGRES").unwrap();
        let joint = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{joint}options=-csearch_path%3D{schema}");
        let data = directory.join("first").join("data");
        Some(Self::of(vec![one, other], directory, data, &[("GATEWRIGHT__DATABASE__URL", &url)]))
    }

    fn of(servers: Vec<Server>, directory: &Path, data: PathBuf, environment: &[(&str, &str)]) -> Self {
        let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { servers, directory: directory.to_owned(), data, environment }
    }

    /// Runs `gatewright policy` with these words.
    pub fn policy(&self, words: &[&str]) -> Said {
        self.policy_with(words, &[])
    }

    /// The same with settings from the environment.
    pub fn policy_with(&self, words: &[&str], environment: &[(&str, &str)]) -> Said {
        self.run_with(&[&["policy"], words].concat(), environment)
    }

    /// Runs `gatewright` with these words.
    pub fn run(&self, words: &[&str]) -> Said {
        self.run_with(words, &[])
    }

    fn run_with(&self, words: &[&str], environment: &[(&str, &str)]) -> Said {
        let mut command = Command::new(program());
        command.args(words).args(["--data", self.data.to_str().unwrap()]);
        command.env("USER", "ada").envs(self.environment.iter().map(|(name, value)| (name, value)));
        let output = command.envs(environment.iter().copied()).output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        Said { done: output.status.success(), out: text(output.stdout), error: text(output.stderr) }
    }

    /// The folder of a policy that says its version everywhere.
    pub fn version(&self, number: usize) -> PathBuf {
        let folder = self.directory.join(format!("version-{number}"));
        if !folder.exists() {
            write_policy(&folder, number);
        }
        folder
    }

    /// Pushes that version; answers its digest.
    pub fn push(&self, number: usize) -> String {
        let folder = self.version(number);
        let said = self.policy(&["push", folder.to_str().unwrap(), "--json"]);
        said.json()["digest"].as_str().unwrap().to_owned()
    }

    /// Pushes that version and puts it live; answers its digest.
    pub fn put_live(&self, number: usize) -> String {
        let digest = self.push(number);
        let said = self.policy(&["activate", &digest]);
        assert!(said.done, "{}", said.error);
        digest
    }

    /// What each server says it serves: digest and activation.
    pub async fn serving(&self) -> Vec<(String, u64)> {
        let mut all = Vec::new();
        for server in &self.servers {
            let ready = request(Method::GET, &format!("{}/health/ready", server.reach), None, None).await.json();
            all.push((ready["policy"].as_str().unwrap().to_owned(), ready["activation"].as_u64().unwrap()));
        }
        all
    }
}
