//! The admin API (`/admin/api/v1`), asked as its callers ask it.

mod authority;
mod bad_input;
mod command_line;
mod events;
mod export;
mod listener;
mod records;
mod remote_policy;
mod resources;
mod uploads;

use crate::world::relying_party::post_form;
use crate::world::server::{free_port, program};
use crate::world::{Answer, Server};
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;
use tempfile::TempDir;

/// What all callers send with; it keeps no connection, for that would end with the runtime of one test.
static HTTP: LazyLock<reqwest::Client> =
    LazyLock::new(|| reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap());

/// A quickstart, and its bootstrap token.
pub struct Operated {
    pub server: Server,
    pub token: String,
    directory: TempDir,
}

impl Operated {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// With settings from the environment.
    pub fn start_with(environment: &[(&str, &str)]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let server = Server::quickstart_with(directory.path(), free_port(), environment);
        let mut operated = Self { server, token: String::new(), directory };
        operated.token = operated.new_token();
        operated
    }

    /// Where the server keeps its data.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// A new bootstrap token; the one before works no longer.
    pub fn new_token(&self) -> String {
        let told = self.command(&["admin", "bootstrap-token", "--json"]);
        told.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// A command over the server's own data.
    pub fn command(&self, words: &[&str]) -> Told {
        let data = self.data();
        run(&[words, &["--data", data.to_str().unwrap()]].concat(), &[], "")
    }

    /// A command over its admin API.
    pub fn remote(&self, words: &[&str], input: &str) -> Told {
        let server = self.server.reach.clone();
        run(&[words, &["--server", &server]].concat(), &[("GATEWRIGHT_ADMIN_TOKEN", &self.token)], input)
    }

    /// A request with the bootstrap token.
    pub async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_as(&self.token, method, path, body).await
    }

    /// A request with another token.
    pub async fn ask_as(&self, token: &str, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.ask_with(method, path, body, &[("authorization", &format!("Bearer {token}"))]).await
    }

    /// A change of the version that was read.
    pub async fn change(&self, path: &str, version: &str, body: Value) -> Answer {
        let token = format!("Bearer {}", self.token);
        let headers = [("authorization", token.as_str()), ("if-match", version)];
        self.ask_with(Method::PUT, path, Some(body), &headers).await
    }

    /// A request with these headers and no others.
    pub async fn ask_with(&self, method: Method, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Answer {
        let mut request = HTTP.request(method, self.at(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.unwrap();
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        Answer { url, status, headers, body: response.text().await.unwrap() }
    }

    /// What is at `path`.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Method::GET, path, None).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// The URL of a path of the API.
    pub fn at(&self, path: &str) -> String {
        format!("{}/admin/api/v1{path}", self.server.reach)
    }

    /// Adds a client that may have `scope` of the admin API, and gets it a token that asks for `asked`.
    pub async fn token_of(&self, id: &str, scope: &str, asked: &str) -> String {
        let new = json!({
            "client_id": id, "client_secret": "a secret of its own", "grant_types": ["client_credentials"],
            "admin_scope": scope,
        });
        let added = self.ask(Method::POST, "/clients", Some(new)).await;
        assert_eq!(added.status, 201, "{}", added.body);
        self.client_token(id, asked).await
    }

    /// A token of such a client.
    pub async fn client_token(&self, id: &str, asked: &str) -> String {
        let told = self.try_client_token(id, "a secret of its own", asked).await;
        assert_eq!(told.status, 200, "{}", told.body);
        told.json()["access_token"].as_str().unwrap().to_owned()
    }

    /// What a client's request for a token of its own comes to.
    pub async fn try_client_token(&self, id: &str, secret: &str, asked: &str) -> Answer {
        let form = [("grant_type", "client_credentials"), ("scope", asked)];
        let authorization = crate::world::relying_party::basic(id, secret);
        post_form(&self.server.at("/token"), &form, Some(&authorization)).await
    }
}

/// What a command told.
#[derive(Debug, PartialEq, Eq)]
pub struct Told {
    pub status: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Told {
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.status, Some(0), "{}", self.err);
        serde_json::from_str(&self.out).unwrap()
    }
}

/// Runs a command with this environment and this on its standard input.
pub fn run(words: &[&str], environment: &[(&str, &str)], input: &str) -> Told {
    let mut command = Command::new(program());
    let command = command.args(words).envs(environment.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A command that reads nothing may be done by now.
    let _ = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Told { status: status.code(), out: text(stdout), err: text(stderr) }
}

/// A header as text.
pub fn header<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

/// The kind of problem that an answer tells, which says what to do next.
#[track_caller]
pub fn problem(answer: &Answer) -> (u16, String) {
    assert_eq!(header(&answer.headers, "content-type"), "application/problem+json", "{}", answer.body);
    let told = answer.json();
    assert_eq!(told["status"], answer.status.as_u16(), "{told}");
    assert!(["title", "detail", "next"].iter().all(|member| !told[member].as_str().unwrap().is_empty()), "{told}");
    let kind = told["kind"].as_str().unwrap().to_owned();
    assert_eq!(told["type"], format!("urn:gatewright:problem:{kind}"));
    (answer.status.as_u16(), kind)
}
