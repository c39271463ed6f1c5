//! Stub capabilities: a directory, an HTTP client and a vault that answer from memory, at once.

use crate::clock::FixedClock;
use crate::entropy::SeededEntropy;
use crate::memory;
use crate::samples;
use async_trait::async_trait;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::{HttpClient, HttpRequest, HttpResponse};
use gatewright_domain::capabilities::loan::{HttpLoan, Loan};
use gatewright_domain::capabilities::unavailable::Unavailable;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::Tools;
use gatewright_domain::identifiers::FactorKind;
use gatewright_domain::secret::SecretText;
use gatewright_domain::user::{User, UserView};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Stubs for everything a hook can be lent, with a handle on each.
#[derive(Clone)]
pub struct StubTools {
    /// What a host is given.
    pub tools: Tools,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Its directory.
    pub users: Arc<StubDirectory>,
    /// Its HTTP client.
    pub http: Arc<StubHttp>,
}

impl StubTools {
    /// Stubs with one end-user, `alice` of [`samples::SUBJECT`] and [`samples::PASSWORD`], and one secret,
    /// `api_key` = `k-123`.
    pub fn new() -> Self {
        let clock = Arc::new(FixedClock::default());
        let users = Arc::new(StubDirectory::default());
        users.add(samples::user(samples::SUBJECT, "alice"), samples::PASSWORD);
        let http = Arc::new(StubHttp::default());
        let vault = StubVault(BTreeMap::from([("api_key".to_owned(), SecretText::new("k-123"))]));
        let tools = Tools {
            clock: clock.clone(),
            entropy: Arc::new(SeededEntropy::default()),
            users: users.clone(),
            kv: memory::stores().kv,
            http: http.clone(),
            secrets: Arc::new(vault),
            factors: Arc::new(NO_FACTORS),
            totp: Arc::new(NO_FACTORS),
            webauthn: Arc::new(NO_FACTORS),
            mail: Arc::new(NO_FACTORS),
            recovery: Arc::new(NO_FACTORS),
            oidc: Arc::new(NO_FACTORS),
        };
        Self { tools, clock, users, http }
    }
}

impl Default for StubTools {
    fn default() -> Self {
        Self::new()
    }
}

const NO_FACTORS: Unavailable = Unavailable("the stub keeps no factors");

/// A loan of everything there is: `api_key`, and requests to `https://risk.example.com`.
pub fn everything() -> Loan {
    Loan {
        log: true,
        users: true,
        kv: true,
        network: true,
        http: Some(HttpLoan { origins: ["https://risk.example.com".to_owned()].into(), private_addresses: false }),
        secrets: ["api_key".to_owned()].into(),
        factors: FactorKind::parse("badge").ok(),
        totp: true,
        webauthn: true,
        mail: true,
        recovery: true,
        oidc: ["corporate".to_owned()].into(),
    }
}

/// A directory in memory. Counts what it is asked, so that a test can tell a replay from a second call.
#[derive(Default)]
pub struct StubDirectory {
    users: Mutex<Vec<(User, String)>>,
    asked: AtomicUsize,
}

impl StubDirectory {
    /// Adds an account with its password in clear.
    pub fn add(&self, user: User, password: &str) {
        self.users.lock().unwrap_or_else(PoisonError::into_inner).push((user, password.to_owned()));
    }

    /// How many calls it has answered.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    fn search(&self, fits: impl Fn(&User, &str) -> bool) -> Option<UserView> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        let found = users.iter().find(|(user, password)| !user.disabled && fits(user, password));
        found.map(|(user, _)| UserView::from(user))
    }
}

#[async_trait]
impl UserDirectory for StubDirectory {
    async fn find(&self, key: &UserKey) -> Result<Option<UserView>, Fault> {
        Ok(self.search(|user, _| match key {
            UserKey::Subject(subject) => &user.subject == subject,
            UserKey::Username(username) => user.username.eq_ignore_ascii_case(username),
        }))
    }

    async fn verify_password(
        &self,
        username: &str,
        password: &SecretText,
        _from: Option<IpAddr>,
    ) -> Result<Option<UserView>, Fault> {
        Ok(self.search(|user, known| user.username.eq_ignore_ascii_case(username) && known == password.expose()))
    }

    async fn wait_s(&self, _: &str, _from: Option<IpAddr>) -> Result<u64, Fault> {
        Ok(0)
    }
}

/// An HTTP client that answers what it was told to, in order, and keeps what it was asked.
#[derive(Default)]
pub struct StubHttp {
    answers: Mutex<Vec<Result<HttpResponse, CapabilityError>>>,
    requests: Mutex<Vec<String>>,
}

impl StubHttp {
    /// The next answer, after those told before.
    pub fn will_answer(&self, answer: Result<HttpResponse, CapabilityError>) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
    }

    /// Every request so far as text: a line `METHOD url`, a line a header, the body; secrets in clear.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[async_trait]
impl HttpClient for StubHttp {
    async fn send(&self, loan: &HttpLoan, request: HttpRequest) -> Result<HttpResponse, CapabilityError> {
        let lent = loan.origins.iter().any(|origin| {
            let path = request.url.strip_prefix(origin.as_str());
            path.is_some_and(|path| path.is_empty() || path.starts_with(['/', '?']))
        });
        if !lent {
            return Err(CapabilityError::NotLent { what: request.url });
        }
        let mut text = format!("{} {}", request.method, request.url);
        for (name, value) in &request.headers {
            text.push_str(&format!("\n{name}: {}", value.expose()));
        }
        if let Some((media_type, body)) = &request.body {
            text.push_str(&format!("\ncontent-type: {media_type}\n{}", body.expose()));
        }
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(text);
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.is_empty() {
            let why = "the stub was told no further answer".to_owned();
            return Err(CapabilityError::Unreachable { what: request.url, why });
        }
        answers.remove(0)
    }
}

/// A vault with what it was built with.
pub struct StubVault(pub BTreeMap<String, SecretText>);

impl SecretVault for StubVault {
    fn secret(&self, name: &str) -> Option<SecretText> {
        self.0.get(name).cloned()
    }
}
