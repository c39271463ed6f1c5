//! A browser and a client on one HTTP/2 connection (RFC 9113).

use super::certificate::Certificate;
use crate::world::Answer;
use crate::world::page::Page;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use reqwest::header::SET_COOKIE;
use reqwest::{Method, Version};
use std::collections::BTreeMap;
use std::pin::Pin;
use tokio::net::TcpStream;
use tokio_openssl::SslStream;
use url::Url;

const FORM: &str = "application/x-www-form-urlencoded";

/// The connection, and the cookies that came over it, with their attributes.
pub struct Http2 {
    sender: SendRequest<Full<Bytes>>,
    issuer: String,
    pub cookies: BTreeMap<String, String>,
}

impl Http2 {
    /// A connection to an issuer whose certificate that is.
    pub async fn connect(issuer: &str, certificate: &Certificate) -> Self {
        let port = Url::parse(issuer).unwrap().port().unwrap();
        let mut connector = certificate.connector();
        connector.set_alpn_protos(b"\x02h2").unwrap();
        let ssl = connector.build().configure().unwrap().into_ssl("localhost").unwrap();
        let mut stream = SslStream::new(ssl, TcpStream::connect(("127.0.0.1", port)).await.unwrap()).unwrap();
        Pin::new(&mut stream).connect().await.unwrap();
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        tokio::spawn(connection);
        Self { sender, issuer: issuer.to_owned(), cookies: BTreeMap::new() }
    }

    /// One request. Each cookie has a header field of its own, as browsers send them for compression (RFC 9113 8.2.3).
    pub async fn ask(&mut self, method: Method, url: &str, body: Option<(&str, String)>) -> Answer {
        let mut request = http::Request::builder().method(method).uri(url);
        for (name, cookie) in &self.cookies {
            let value = cookie.split(';').next().unwrap();
            request = request.header("cookie", format!("{name}={value}"));
        }
        if let Some((content_type, _)) = body {
            request = request.header("content-type", content_type);
        }
        let body = Full::new(Bytes::from(body.map(|(_, text)| text).unwrap_or_default()));
        let response = self.sender.send_request(request.body(body).unwrap()).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_2);
        let (head, body) = response.into_parts();
        for cookie in head.headers.get_all(SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), rest.to_owned());
        }
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { url: Url::parse(url).unwrap(), status: head.status, headers: head.headers, body }
    }

    /// A posted form.
    pub async fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        self.ask(Method::POST, url, Some((FORM, body))).await
    }

    /// Signs in and allows what is asked, until the way leads to another site; answers where.
    pub async fn sign_in(&mut self, url: &str) -> Url {
        let mut answer = self.ask(Method::GET, url, None).await;
        loop {
            answer = match answer.location() {
                Some(to) if !to.as_str().starts_with(&self.issuer) => return to,
                Some(to) => self.ask(Method::GET, to.as_str(), None).await,
                None => self.submit(&answer.page()).await,
            };
        }
    }

    async fn submit(&mut self, page: &Page) -> Answer {
        let button = page.main_button();
        let known = [("username", "alice"), ("password", "wonderland")];
        let typed = known.into_iter().filter(|(name, _)| page.has_field(name));
        let hidden = page.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let form: Vec<_> = hidden.chain(typed).chain([("action", button.as_str())]).collect();
        self.post(page.action.as_str(), &form).await
    }
}
