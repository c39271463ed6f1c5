//! A browser without a face: keeps cookies, follows redirects on the server, reads pages, posts forms.

use super::page::Page;
use crate::tls::certificate::trusted;
use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex};
use url::Url;

/// Most redirects followed in a row.
const REDIRECTS_MAX: usize = 10;

/// What browsers and relying parties send with, unless they need a client of their own. It trusts one certificate, and keeps no
/// connection, for that would end with the runtime of one test.
pub fn http() -> &'static Client {
    static HTTP: LazyLock<Client> = LazyLock::new(|| {
        let root = reqwest::Certificate::from_pem(&trusted().certificate.to_pem().unwrap()).unwrap();
        let builder = Client::builder().redirect(Policy::none()).no_proxy().tls_certs_only([root]);
        builder.pool_max_idle_per_host(0).build().unwrap()
    });
    &HTTP
}

/// A browser.
pub struct Browser {
    http: Client,
    cookies: Mutex<BTreeMap<String, String>>,
}

/// What a request came to.
#[derive(Debug, Clone)]
pub struct Answer {
    pub url: Url,
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: String,
}

impl Answer {
    /// Where it redirects to.
    pub fn location(&self) -> Option<Url> {
        let location = self.headers.get(LOCATION)?.to_str().unwrap();
        Some(self.url.join(location).unwrap())
    }

    /// The page in it.
    pub fn page(&self) -> Page {
        Page::read(self)
    }

    /// The JSON in it.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.body))
    }
}

impl Browser {
    pub fn new() -> Self {
        Self::with(http().clone())
    }

    /// A browser that reaches servers by this client.
    pub fn with(http: Client) -> Self {
        Self { http, cookies: Mutex::default() }
    }

    /// The cookies it holds.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.lock().unwrap().clone()
    }

    /// A browser with the same cookies, as a second tab has them.
    pub fn another_tab(&self) -> Self {
        Self { http: self.http.clone(), cookies: Mutex::new(self.cookies()) }
    }

    /// One request, no redirect followed.
    pub async fn send(&self, method: Method, url: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let mut request = self.http.request(method, url);
        if let Some(form) = form {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        self.send_with_cookies(request).await
    }

    /// One request of a native app: JSON is asked for, and posted where there is a document.
    pub async fn send_json(&self, url: &str, document: Option<&serde_json::Value>) -> Answer {
        let request = match document {
            None => self.http.get(url),
            Some(document) => self.http.post(url).header("content-type", "application/json").body(document.to_string()),
        };
        self.send_with_cookies(request.header("accept", "application/json")).await
    }

    async fn send_with_cookies(&self, mut request: reqwest::RequestBuilder) -> Answer {
        let cookies: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies.join("; "));
        }
        let response = request.send().await.unwrap();
        let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
        for header in headers.get_all(SET_COOKIE) {
            self.keep(header.to_str().unwrap());
        }
        Answer { url, status, headers, body: response.text().await.unwrap() }
    }

    fn keep(&self, header: &str) {
        let pair = header.split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        let mut cookies = self.cookies.lock().unwrap();
        if header.contains("Max-Age=0") || value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }

    /// One GET that may be cut off: `None` when no whole answer came.
    pub async fn try_open(&self, url: &str) -> Option<Answer> {
        let cookies: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        read(self.http.get(url).header(COOKIE, cookies.join("; "))).await
    }

    /// One page answered by the button of that name, where that may be cut off: `None` when no whole answer came.
    pub async fn try_submit(&self, page: &Page, button: &str) -> Option<Answer> {
        let hidden = page.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let form = hidden.chain([("action", button)]);
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let cookies: Vec<String> = self.cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.http.post(page.action.clone()).header(COOKIE, cookies.join("; "));
        read(request.header("content-type", "application/x-www-form-urlencoded").body(body)).await
    }

    /// Opens a URL, following redirects as long as they stay on its server.
    pub async fn open(&self, url: &str) -> Answer {
        let answer = self.send(Method::GET, url, None).await;
        self.follow(answer).await
    }

    /// Goes on to where an answer of one node leads on another, of which this is the issuer.
    pub async fn go_on(&self, answer: Answer, issuer: &str) -> Answer {
        match answer.location() {
            Some(to) if is_own(&to, &Url::parse(issuer).unwrap()) => self.open(to.as_str()).await,
            _ => answer,
        }
    }

    async fn follow(&self, mut answer: Answer) -> Answer {
        for _ in 0..REDIRECTS_MAX {
            match answer.location() {
                Some(to) if is_own(&to, &answer.url) => answer = self.send(Method::GET, to.as_str(), None).await,
                _ => return answer,
            }
        }
        panic!("more than {REDIRECTS_MAX} redirects, the last to {:?}", answer.location());
    }

    /// Fills in the page's form and posts it by the button of that name.
    pub async fn submit(&self, page: &Page, typed: &[(&str, &str)], button: &str) -> Answer {
        let mut form: Vec<(&str, &str)> =
            page.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.extend_from_slice(typed);
        form.push(("action", button));
        let answer = self.send(Method::POST, page.action.as_str(), Some(&form)).await;
        self.follow(answer).await
    }

    /// Opens an authorization URL and signs in on whatever page comes, allowing whatever is asked, until the
    /// browser is sent away from the server.
    pub async fn sign_in(&self, url: &str, username: &str, password: &str) -> Answer {
        let mut answer = self.open(url).await;
        for _ in 0..REDIRECTS_MAX {
            if answer.location().is_some() {
                return answer;
            }
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let page = answer.page();
            let known = [("username", username), ("password", password)];
            let typed: Vec<_> = known.into_iter().filter(|(name, _)| page.has_field(name)).collect();
            answer = self.submit(&page, &typed, &page.main_button()).await;
        }
        panic!("no end of pages: {}", answer.body);
    }
}

/// Whether a redirect stays on the server. The paths of relying parties in these tests end in `cb` or `callback`.
fn is_own(to: &Url, server: &Url) -> bool {
    to.origin() == server.origin() && !to.path().ends_with("/callback") && !to.path().ends_with("/cb")
}

/// A request's whole answer; `None` when it was cut off.
pub async fn read(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request.send().await.ok()?;
    let (url, status, headers) = (response.url().clone(), response.status(), response.headers().clone());
    Some(Answer { url, status, headers, body: response.text().await.ok()? })
}
