//! A server over HTTPS, and relying parties that are told of logouts: what they were posted, and what they answer.

use crate::tls::served;
use crate::world::relying_party::{basic, response_of};
use crate::world::server::free_port;
use crate::world::{Answer, Browser, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;
use tempfile::TempDir;
use url::Url;

pub const REDIRECT_URI: &str = "https://client.example/cb";
pub const BYE: &str = "https://client.example/post_logout_redirect";

/// Longest wait for a client to be told, in seconds.
const TOLD_S_MAX: u64 = 60;

/// Relying parties of these tests are on this machine; one that is down is tried again soon.
const SETTINGS: &str =
    "fetch.allow_private_addresses = true\nlogout.timeout_s = 1\nlogout.first_pause_s = 2\nlogout.tries = 3\n";

/// The server.
pub struct World {
    pub server: Server,
    http: reqwest::Client,
    pub directory: TempDir,
}

impl World {
    pub fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let (server, certificate, _) = served(directory.path(), SETTINGS);
        let http = certificate.client();
        Self { server, http, directory }
    }

    pub fn browser(&self) -> Browser {
        Browser::with(self.http.clone())
    }

    pub async fn metadata(&self) -> Value {
        self.get("/.well-known/openid-configuration").await.json()
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.browser().send(Method::GET, &self.server.at(path), None).await
    }

    /// A registration, as it is answered.
    pub async fn try_register(&self, members: Value) -> Answer {
        let mut document = json!({ "redirect_uris": [REDIRECT_URI], "post_logout_redirect_uris": [BYE] });
        for (name, value) in members.as_object().unwrap() {
            document[name] = value.clone();
        }
        let post = self.http.post(self.server.at("/register")).header("content-type", "application/json");
        answered(post.body(document.to_string())).await
    }

    pub async fn register(&self, members: Value) -> Client<'_> {
        let answer = self.try_register(members).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        Client { world: self, registration: answer.json() }
    }

    /// What a client reads of itself.
    pub async fn read_registration(&self, registration: &Value) -> Value {
        let bearer = format!("Bearer {}", text(registration, "registration_access_token"));
        let get = self.http.get(text(registration, "registration_client_uri")).header("authorization", bearer);
        answered(get).await.json()
    }

    pub async fn log_out(&self, browser: &Browser, parameters: &[(&str, &str)]) -> Answer {
        let url = Url::parse_with_params(&self.server.at("/end_session"), parameters).unwrap();
        browser.send(Method::GET, url.as_str(), None).await
    }
}

async fn answered(request: reqwest::RequestBuilder) -> Answer {
    crate::world::browser::read(request).await.unwrap()
}

/// A registered client.
pub struct Client<'w> {
    world: &'w World,
    pub registration: Value,
}

impl Client<'_> {
    pub fn id(&self) -> &str {
        text(&self.registration, "client_id")
    }

    pub fn url(&self, extra: &[(&str, &str)]) -> String {
        let usual = [("client_id", self.id()), ("redirect_uri", REDIRECT_URI), ("scope", "openid"), ("state", "s1")];
        let parameters = usual.iter().chain(&[("response_type", "code"), ("nonce", "n1")]).chain(extra);
        Url::parse_with_params(&self.world.server.at("/authorize"), parameters).unwrap().into()
    }

    /// Signs alice in, and answers the authorization response with the ID token in the place of its code.
    pub async fn sign_in(&self, browser: &Browser) -> BTreeMap<String, String> {
        let answer = browser.sign_in(&self.url(&[]), "alice", "wonderland").await;
        let mut response = response_of(&answer);
        let code = response.remove("code").unwrap_or_else(|| panic!("no code in {response:?}"));
        let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT_URI)];
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let post = self.world.http.post(self.world.server.at("/token"));
        let post = post.header("authorization", basic(self.id(), text(&self.registration, "client_secret")));
        let tokens = answered(post.header("content-type", "application/x-www-form-urlencoded").body(body)).await.json();
        response.insert("id_token".to_owned(), text(&tokens, "id_token").to_owned());
        response
    }

    /// Whether a request that may show no page finds somebody signed in.
    pub async fn is_signed_in(&self, browser: &Browser) -> bool {
        let answer = browser.open(&self.url(&[("prompt", "none")])).await;
        let response = response_of(&answer);
        assert!(response.contains_key("code") || response["error"] == "login_required", "{response:?}");
        response.contains_key("code")
    }
}

pub fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}"))
}

/// A relying party's back channel: an address that takes posts.
pub struct BackChannel {
    pub uri: String,
    port: u16,
    posts: (Sender<Post>, Receiver<Post>),
}

/// One post.
#[derive(Debug)]
pub struct Post {
    pub head: String,
    pub body: String,
}

impl Post {
    /// The fields of its form.
    pub fn form(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes()).into_owned().collect()
    }

    /// The one field that there may be.
    pub fn logout_token(&self) -> String {
        let form = self.form();
        assert_eq!(form.len(), 1, "{form:?}");
        assert_eq!(form[0].0, "logout_token");
        form[0].1.clone()
    }
}

impl BackChannel {
    /// One that takes posts already.
    pub fn up() -> Self {
        let mut channel = Self::down();
        channel.come_up();
        channel
    }

    /// One whose port is nobody's yet.
    pub fn down() -> Self {
        let port = free_port();
        Self { uri: format!("http://127.0.0.1:{port}/backchannel_logout"), port, posts: channel() }
    }

    /// From now on posts are taken.
    pub fn come_up(&mut self) {
        let (listener, send) = (TcpListener::bind(("127.0.0.1", self.port)).unwrap(), self.posts.0.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // One that gave up waiting has gone.
                if let Ok(post) = taken(stream)
                    && send.send(post).is_err()
                {
                    return;
                }
            }
        });
    }

    /// The next post.
    pub fn next(&self) -> Post {
        self.posts.1.recv_timeout(Duration::from_secs(TOLD_S_MAX)).expect("the client was not told")
    }

    /// Whether there is another one now.
    pub fn is_silent(&self) -> bool {
        self.posts.1.try_recv().is_err()
    }
}

fn taken(stream: TcpStream) -> std::io::Result<Post> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        head.push_str(&line);
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    Ok(Post { head, body: String::from_utf8(body).unwrap() })
}
