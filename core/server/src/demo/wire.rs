//! The relying party's own requests, over HTTP like any client's.

use super::trouble::Trouble;
use async_trait::async_trait;
use gatewright_domain::secret::SecretText;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use std::time::Duration;
use tokio::sync::OnceCell;
use url::Url;

/// Longest wait for an answer, in seconds.
pub const ANSWER_S_MAX: u64 = 10;
/// Largest answer, in bytes.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// A request of the relying party's own.
pub(super) struct Call {
    /// What it is sent to, as a page may call it.
    pub(super) endpoint: &'static str,
    /// Where that is.
    pub(super) url: Url,
    /// The `Authorization` header.
    pub(super) authorization: Option<SecretText>,
    /// A form, posted; without one the request is a GET.
    pub(super) form: Option<SecretText>,
}

/// What came back.
pub(super) struct Answer {
    /// The status.
    pub(super) status: StatusCode,
    /// The body.
    pub(super) body: Vec<u8>,
}

/// Sends requests.
#[async_trait]
pub(super) trait Wire: Send + Sync {
    /// The answer to `call`, whatever its status.
    ///
    /// # Errors
    /// When none came.
    async fn send(&self, call: Call) -> Result<Answer, Trouble>;
}

/// Sends them over HTTP. Its client is made when it is first needed: that reads the system's authorities.
pub(super) struct HttpWire {
    patience: Duration,
    client: OnceCell<reqwest::Client>,
}

impl HttpWire {
    /// A client that takes no proxy from the environment and follows no redirect: it knows whom it asks. It waits for
    /// a whole answer no longer than `patience`.
    pub(super) fn new(patience: Duration) -> Self {
        Self { patience, client: OnceCell::new() }
    }

    async fn client(&self) -> reqwest::Result<&reqwest::Client> {
        let make = || async {
            reqwest::Client::builder()
                .no_proxy()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(self.patience)
                .user_agent("gatewright-demo")
                .build()
        };
        self.client.get_or_try_init(make).await
    }
}

#[async_trait]
impl Wire for HttpWire {
    async fn send(&self, call: Call) -> Result<Answer, Trouble> {
        let Call { endpoint, url, authorization, form } = call;
        let method = if form.is_some() { Method::POST } else { Method::GET };
        // Without its URL: an error's text is shown on a page.
        let unreachable =
            |error: reqwest::Error| Trouble::Unreachable { endpoint, reason: error.without_url().to_string() };
        let mut request = self.client().await.map_err(unreachable)?.request(method, url);
        if let Some(authorization) = authorization {
            let value = HeaderValue::from_str(authorization.expose());
            let mut value = value.map_err(|error| Trouble::Unreachable { endpoint, reason: error.to_string() })?;
            value.set_sensitive(true);
            request = request.header(AUTHORIZATION, value);
        }
        if let Some(form) = form {
            let body = form.expose().to_owned();
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body);
        }
        let mut response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Trouble::Unreadable { endpoint, reason: format!("it is over {ANSWER_BYTES_MAX} bytes") });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    /// What comes back from a server that answers one request with `answer`, as far as it is waited for.
    async fn sent(answer: String, then_waits: bool) -> (Result<Answer, Trouble>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/token", listener.local_addr().unwrap())).unwrap();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.unwrap();
            // A client that has seen enough hangs up; that is no failure of this server.
            drop(stream.write_all(answer.as_bytes()).await);
            if then_waits {
                tokio::time::sleep(Duration::from_secs(5)).await;
            }
            String::from_utf8_lossy(&request[..read]).into_owned()
        });
        let wire = HttpWire::new(Duration::from_millis(500));
        let authorization = Some(SecretText::new("Basic x"));
        let form = Some(SecretText::new("a=b"));
        let answer = wire.send(Call { endpoint: "token endpoint", url, authorization, form }).await;
        let request = if then_waits { String::new() } else { server.await.unwrap() };
        (answer, request)
    }

    fn whole(body: &str) -> String {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn a_form_is_posted_with_the_client_s_credentials() {
        let (answer, request) = sent(whole("{}"), false).await;
        assert_eq!(answer.unwrap().body, b"{}");
        let request = request.to_lowercase();
        for part in ["post /token http/1.1", "authorization: basic x", "application/x-www-form-urlencoded", "a=b"] {
            assert!(request.contains(part), "{part} in {request}");
        }
    }

    #[tokio::test]
    async fn an_answer_is_read_to_the_limit_and_not_past_it() {
        let (answer, _) = sent(whole(&"x".repeat(ANSWER_BYTES_MAX)), false).await;
        assert_eq!(answer.unwrap().body.len(), ANSWER_BYTES_MAX);
        let (answer, _) = sent(whole(&"x".repeat(ANSWER_BYTES_MAX + 1)), false).await;
        assert!(matches!(answer, Err(Trouble::Unreadable { reason, .. }) if reason.contains("bytes")));
    }

    #[tokio::test]
    async fn an_answer_that_does_not_end_is_not_waited_for() {
        let (answer, _) = sent("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx".into(), true).await;
        assert!(matches!(answer, Err(Trouble::Unreachable { endpoint: "token endpoint", .. })));
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer_and_not_followed() {
        let (answer, _) =
            sent("HTTP/1.1 307 X\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n".into(), false).await;
        assert_eq!(answer.unwrap().status, StatusCode::TEMPORARY_REDIRECT);
    }
}
