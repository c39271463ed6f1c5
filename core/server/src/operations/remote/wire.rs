//! Requests to the admin API, and its answers read back.

use crate::operations::error::{OperationError, Problem, ProblemKind};
use crate::operations::page::Expected;
use gatewright_domain::secret::SecretText;
use gatewright_policy::files::{ENCODED_BYTES_MAX, Files};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, IF_MATCH};
use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use url::{Host, Url};

/// Where the admin API is, below the server's URL.
const BASE: [&str; 3] = ["admin", "api", "v1"];
/// Longest wait for an answer, in seconds: a password is hashed behind others.
pub const ANSWER_S_MAX: u64 = 60;
/// Largest answer, in bytes: the largest bundle.
pub const ANSWER_BYTES_MAX: usize = ENCODED_BYTES_MAX;
/// What a bundle's canonical bytes are sent as.
pub const BUNDLE_TYPE: &str = "application/octet-stream";
const JSON_TYPE: &str = "application/json";

/// Why the admin API could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The token would travel in clear.
    #[error("{0} is http on another machine than this one: the token would travel in clear. Write https://")]
    InClear(Url),
    /// No URL of a server.
    #[error("{0} is no URL of a server: write it as https://login.example.com")]
    NoServer(Url),
    /// The file of authorities.
    #[error("the certificates in {} cannot be used: {cause}", path.display())]
    Authorities {
        /// The file.
        path: PathBuf,
        /// Why not.
        cause: String,
    },
    /// Nobody answered.
    #[error("{server} does not answer: {cause}")]
    Unreachable {
        /// Who.
        server: String,
        /// Why not.
        cause: String,
    },
    /// What answered is no admin API.
    #[error("what {server} answered is none of an admin API's answers ({why}); is admin.enabled set there?")]
    NotAnAdminApi {
        /// Who.
        server: String,
        /// What it is instead.
        why: String,
    },
}

/// The API, and the token for it.
pub(super) struct Wire {
    base: Url,
    authorization: HeaderValue,
    client: reqwest::Client,
}

/// A request.
pub(super) struct Asked<'a> {
    pub(super) method: Method,
    pub(super) path: &'a [&'a str],
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) body: Option<(Vec<u8>, &'static str)>,
    pub(super) expected: &'a Expected,
    /// Longest wait for the answer.
    pub(super) wait: Duration,
}

impl<'a> Asked<'a> {
    pub(super) fn new(method: Method, path: &'a [&'a str]) -> Self {
        let wait = Duration::from_secs(ANSWER_S_MAX);
        Self { method, path, query: &[], body: None, expected: &Expected::Any, wait }
    }

    pub(super) fn with(self, body: &impl Serialize) -> Result<Self, OperationError> {
        let body = serde_json::to_vec(body).map_err(|error| ProblemKind::BadRequest.says(error.to_string()))?;
        Ok(Self { body: Some((body, JSON_TYPE)), ..self })
    }

    /// With a bundle.
    pub(super) fn with_bundle(self, files: &Files) -> Self {
        Self { body: Some((files.encode(), BUNDLE_TYPE)), ..self }
    }

    /// An answer that may take so many seconds twice: for the bundle's tests, and for the nodes.
    pub(super) fn within(self, within_s: u64) -> Self {
        Self { wait: Duration::from_secs(ANSWER_S_MAX.saturating_add(within_s.saturating_mul(2))), ..self }
    }
}

impl Wire {
    pub(super) fn new(server: Url, token: SecretText, ca_file: Option<&Path>) -> Result<Self, RemoteError> {
        if server.scheme() != "https" && !(server.scheme() == "http" && is_this_machine(&server)) {
            return Err(RemoteError::InClear(server));
        }
        let mut base = server.clone();
        match base.path_segments_mut() {
            Ok(mut segments) => {
                segments.pop_if_empty();
                if !server.path().trim_end_matches('/').ends_with("/admin/api/v1") {
                    segments.extend(BASE);
                }
            }
            Err(()) => return Err(RemoteError::NoServer(server)),
        }
        base.set_query(None);
        base.set_fragment(None);
        let mut authorization = HeaderValue::from_str(&format!("Bearer {}", token.expose()))
            .map_err(|_| RemoteError::NoServer(server.clone()))?;
        authorization.set_sensitive(true);
        let mut client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(Duration::from_secs(ANSWER_S_MAX))
            .user_agent(concat!("gatewright/", env!("CARGO_PKG_VERSION")));
        if is_this_machine(&server) {
            client = client.no_proxy();
        }
        if let Some(path) = ca_file {
            for authority in authorities(path)? {
                client = client.add_root_certificate(authority);
            }
        }
        let client = client.build().map_err(|error| unreachable_at(&base, &error))?;
        Ok(Self { base, authorization, client })
    }

    /// What is answered to a request that has an answer.
    pub(super) async fn ask<T: DeserializeOwned>(&self, asked: Asked<'_>) -> Result<T, OperationError> {
        let (_, body) = self.send(asked).await?;
        serde_json::from_slice(&body).map_err(|error| self.stranger(error.to_string()).into())
    }

    /// The bytes of an answer that is no JSON.
    pub(super) async fn fetch(&self, asked: Asked<'_>) -> Result<Vec<u8>, OperationError> {
        self.send(asked).await.map(|(_, body)| body)
    }

    /// Sends a request whose answer says only that it is done.
    pub(super) async fn tell(&self, asked: Asked<'_>) -> Result<(), OperationError> {
        match self.send(asked).await? {
            (StatusCode::NO_CONTENT, _) => Ok(()),
            (status, _) => Err(self.stranger(format!("status {status}")).into()),
        }
    }

    async fn send(&self, asked: Asked<'_>) -> Result<(StatusCode, Vec<u8>), OperationError> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(asked.path);
        }
        if !asked.query.is_empty() {
            url.query_pairs_mut().extend_pairs(asked.query);
        }
        let mut request = self.client.request(asked.method, url).header(AUTHORIZATION, self.authorization.clone());
        if let Expected::OneOf(versions) = asked.expected {
            let tags: Vec<String> = versions.iter().map(|version| format!("\"{version}\"")).collect();
            request = request.header(IF_MATCH, tags.join(", "));
        } else {
            request = request.header(IF_MATCH, "*");
        }
        if let Some((body, content_type)) = asked.body {
            request = request.header(CONTENT_TYPE, content_type).body(body);
        }
        request = request.timeout(asked.wait);
        let unreachable = |error: reqwest::Error| unreachable_at(&self.base, &error);
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(self.stranger(format!("over {ANSWER_BYTES_MAX} bytes")).into());
            }
            body.extend_from_slice(&chunk);
        }
        if status.is_success() { Ok((status, body)) } else { Err(self.refused(status, &body)) }
    }

    /// The problem that an answer tells (RFC 9457).
    fn refused(&self, status: StatusCode, body: &[u8]) -> OperationError {
        let told: Option<Value> = serde_json::from_slice(body).ok();
        let text = |member: &str| told.as_ref().and_then(|told| told.get(member)).and_then(Value::as_str);
        match (text("kind").and_then(ProblemKind::named), text("detail")) {
            (Some(kind), Some(detail)) => {
                let diagnostics = told.as_ref().map(|told| Problem::read(&told["diagnostics"])).unwrap_or_default();
                Problem { kind, detail: detail.to_owned(), diagnostics }.into()
            }
            _ => self.stranger(format!("status {status}")).into(),
        }
    }

    pub(super) fn stranger(&self, why: String) -> RemoteError {
        RemoteError::NotAnAdminApi { server: self.base.to_string(), why }
    }
}

fn unreachable_at(base: &Url, error: &reqwest::Error) -> RemoteError {
    let causes = std::iter::successors(Some(error as &dyn std::error::Error), |error| error.source());
    let cause = causes.last().map(ToString::to_string).unwrap_or_default();
    RemoteError::Unreachable { server: base.to_string(), cause }
}

fn authorities(path: &Path) -> Result<Vec<reqwest::Certificate>, RemoteError> {
    let unusable = |cause: String| RemoteError::Authorities { path: path.to_owned(), cause };
    let pem = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
    let authorities = reqwest::Certificate::from_pem_bundle(&pem).map_err(|error| unusable(error.to_string()))?;
    if authorities.is_empty() { Err(unusable("there are none in it".to_owned())) } else { Ok(authorities) }
}

fn is_this_machine(server: &Url) -> bool {
    match server.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(server: &str) -> Result<Wire, RemoteError> {
        Wire::new(Url::parse(server).unwrap(), SecretText::new("t"), None)
    }

    #[test]
    fn the_api_is_found_below_the_server_and_not_twice() {
        for (server, base) in [
            ("https://id.example", "https://id.example/admin/api/v1"),
            ("https://id.example/realm/", "https://id.example/realm/admin/api/v1"),
            ("https://id.example/admin/api/v1", "https://id.example/admin/api/v1"),
            ("https://id.example/admin/api/v1/?x#y", "https://id.example/admin/api/v1"),
            ("http://localhost:8080", "http://localhost:8080/admin/api/v1"),
        ] {
            assert_eq!(wire(server).unwrap().base.as_str(), base, "{server}");
        }
    }

    #[test]
    fn a_token_never_leaves_this_machine_in_clear() {
        for (server, goes) in [
            ("http://127.0.0.1:8080", true),
            ("http://[::1]:8080", true),
            ("http://id.example", false),
            ("http://192.168.0.1", false),
            ("ftp://localhost", false),
        ] {
            assert_eq!(wire(server).is_ok(), goes, "{server}");
        }
    }
}
