//! Sends requests over connections that are kept open, as one browser or client does.

use super::answer::Answer;
use super::connect::{Connector, Sender};
use super::failure::Failure;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use std::sync::Arc;
use url::{Origin, Position, Url};

/// Longest body that is read, in bytes.
pub(super) const BODY_BYTES_MAX: usize = 1 << 20;

/// Most connections a wire keeps; a provider spreads its endpoints over fewer hosts than this.
const CONNECTIONS_MAX: usize = 4;

const AGENT: &str = concat!("gatewright-bench/", env!("CARGO_PKG_VERSION"));

/// A request to an endpoint.
#[derive(Debug)]
pub(super) struct Call<'a> {
    /// What the endpoint is called in reports.
    pub(super) endpoint: &'static str,
    pub(super) method: Method,
    pub(super) url: &'a Url,
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) body: String,
}

impl<'a> Call<'a> {
    /// A `GET` request.
    pub(super) fn get(endpoint: &'static str, url: &'a Url) -> Self {
        Self { endpoint, method: Method::GET, url, headers: Vec::new(), body: String::new() }
    }

    /// A `POST` of form fields.
    pub(super) fn form(endpoint: &'static str, url: &'a Url, body: String) -> Self {
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        Self { endpoint, method: Method::POST, url, headers: vec![(CONTENT_TYPE, kind)], body }
    }

    /// A `POST` of a JSON document.
    pub(super) fn json(endpoint: &'static str, url: &'a Url, body: String) -> Self {
        let kind = HeaderValue::from_static("application/json");
        Self { endpoint, method: Method::POST, url, headers: vec![(CONTENT_TYPE, kind)], body }
    }

    /// The same with another header.
    pub(super) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// One party's connections, at most one to each host.
pub(super) struct Wire {
    connector: Arc<Connector>,
    open: Vec<(Origin, Sender)>,
    /// Requests sent so far.
    pub(super) requests: u64,
}

impl Wire {
    /// A wire without connections yet.
    pub(super) fn new(connector: Arc<Connector>) -> Self {
        Self { connector, open: Vec::new(), requests: 0 }
    }

    /// Sends the call and reads the whole answer.
    pub(super) async fn send(&mut self, call: &Call<'_>) -> Result<Answer, Failure> {
        let timeout = self.connector.timeout;
        tokio::time::timeout(timeout, self.exchange(call))
            .await
            .unwrap_or(Err(Failure::Timeout { endpoint: call.endpoint }))
    }

    async fn exchange(&mut self, call: &Call<'_>) -> Result<Answer, Failure> {
        let mut request = request(call)?;
        self.requests += 1;
        // The connection is out of the list while in use, so that one left in mid-answer is not used again.
        while let Some(mut sender) = self.kept(call.url) {
            if sender.ready().await.is_err() {
                continue;
            }
            match sender.try_send_request(request).await {
                Ok(response) => return self.read(call, sender, response).await,
                // The server had closed it before the request was sent: the next connection will do.
                Err(mut refused) => match refused.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(broken(call, refused.into_error())),
                },
            }
        }
        let mut sender = self.connector.open(call.url, call.endpoint).await?;
        let response = sender.send_request(request).await.map_err(|source| broken(call, source))?;
        self.read(call, sender, response).await
    }

    async fn read(&mut self, call: &Call<'_>, sender: Sender, response: Response<Incoming>) -> Result<Answer, Failure> {
        let (head, body) = response.into_parts();
        let body = Limited::new(body, BODY_BYTES_MAX)
            .collect()
            .await
            .map_err(|error| Failure::Body { endpoint: call.endpoint, reason: error.to_string() })?;
        if self.open.len() == CONNECTIONS_MAX {
            self.open.remove(0);
        }
        self.open.push((call.url.origin(), sender));
        Ok(Answer { endpoint: call.endpoint, status: head.status, headers: head.headers, body: body.to_bytes() })
    }

    fn kept(&mut self, url: &Url) -> Option<Sender> {
        let origin = url.origin();
        let at = self.open.iter().position(|(kept, _)| *kept == origin)?;
        Some(self.open.remove(at).1)
    }
}

fn broken(call: &Call<'_>, source: hyper::Error) -> Failure {
    Failure::Transport { endpoint: call.endpoint, source }
}

fn request(call: &Call<'_>) -> Result<Request<Full<Bytes>>, Failure> {
    let unusable = || Failure::Address { endpoint: call.endpoint, address: call.url.to_string() };
    if !matches!(call.url.scheme(), "http" | "https") {
        return Err(unusable());
    }
    let authority = &call.url[Position::BeforeHost..Position::AfterPort];
    let mut request = Request::builder()
        .method(&call.method)
        .uri(&call.url[Position::BeforePath..Position::AfterQuery])
        .header(HOST, authority)
        .header(USER_AGENT, AGENT);
    for (name, value) in &call.headers {
        request = request.header(name, value);
    }
    request.body(Full::from(call.body.clone())).map_err(|_| unusable())
}

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
