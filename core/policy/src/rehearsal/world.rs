//! The world around a hook under test: nothing in it but what the test gave, no time but what it set.

use async_trait::async_trait;
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::{HttpClient, HttpRequest, HttpResponse};
use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::capabilities::loan::HttpLoan;
use gatewright_domain::capabilities::unavailable::Unavailable;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::{Given, Misuse};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::secret::SecretText;
use gatewright_domain::user::UserView;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// When a test begins, in seconds since 1970: the `auth_time` of the sample inputs.
pub const BEGIN_S: i64 = 1_790_000_000;

/// The world of one test.
pub(crate) struct World {
    namespace: Mutex<String>,
    state: Mutex<State>,
}

struct State {
    now_ms: i64,
    drawn: u64,
    accounts: Vec<(UserView, Option<String>)>,
    values: BTreeMap<(String, String), (Value, i64)>,
    secrets: BTreeMap<String, String>,
    responses: Vec<(String, HttpResponse)>,
    requests: Vec<Value>,
}

/// A test has no factors, mail or other providers.
const NO_FACTORS: Unavailable = Unavailable("a test of a script has no factors, mail or other providers");

impl World {
    pub(crate) fn new() -> Arc<Self> {
        let state = State {
            now_ms: BEGIN_S * 1_000,
            drawn: 0,
            accounts: Vec::new(),
            values: BTreeMap::new(),
            secrets: BTreeMap::new(),
            responses: Vec::new(),
            requests: Vec::new(),
        };
        Arc::new(Self { namespace: Mutex::default(), state: Mutex::new(state) })
    }

    pub(crate) fn tools(self: &Arc<Self>) -> Tools {
        Tools {
            clock: self.clone(),
            entropy: self.clone(),
            users: self.clone(),
            kv: self.clone(),
            http: self.clone(),
            secrets: self.clone(),
            factors: Arc::new(NO_FACTORS),
            totp: Arc::new(NO_FACTORS),
            webauthn: Arc::new(NO_FACTORS),
            mail: Arc::new(NO_FACTORS),
            recovery: Arc::new(NO_FACTORS),
            oidc: Arc::new(NO_FACTORS),
        }
    }

    /// Values given without a namespace belong to this binding.
    pub(crate) fn belongs_to(&self, binding: &str) {
        *self.namespace.lock().unwrap_or_else(PoisonError::into_inner) = binding.to_owned();
    }

    pub(crate) fn give(&self, given: Given) -> Result<(), Misuse> {
        let mut state = self.state();
        match given {
            Given::User(account) => state.accounts.push(account_of(account)?),
            Given::Time(seconds) => state.now_ms = seconds.saturating_mul(1_000),
            Given::Value { key, value } => {
                let namespace = self.namespace.lock().unwrap_or_else(PoisonError::into_inner).clone();
                state.values.insert((namespace, key), (value, i64::MAX));
            }
            Given::Secret { name, text } => {
                state.secrets.insert(name, text);
            }
            Given::Http { url, response } => state.responses.push((url, response_of(response)?)),
        }
        Ok(())
    }

    pub(crate) fn requests(&self) -> Value {
        Value::Array(self.state().requests.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn account_of(mut account: Map<String, Value>) -> Result<(UserView, Option<String>), Misuse> {
    let username = match account.remove("username") {
        Some(Value::String(username)) => username,
        _ => return Err(Misuse::new("a user needs a `username`")),
    };
    let subject = match account.remove("subject") {
        None => format!("subject-of-{username}"),
        Some(Value::String(subject)) => subject,
        Some(_) => return Err(Misuse::new("a user's `subject` is a text")),
    };
    let subject = Subject::parse(subject).map_err(|error| Misuse::new(error.to_string()))?;
    let password = match account.remove("password") {
        None => None,
        Some(Value::String(password)) => Some(password),
        Some(_) => return Err(Misuse::new("a user's `password` is a text")),
    };
    let claims = match account.remove("claims") {
        None => Map::new(),
        Some(Value::Object(claims)) => claims,
        Some(_) => return Err(Misuse::new("a user's `claims` are a map")),
    };
    no_more("a user", &account)?;
    Ok((UserView { subject, username, claims }, password))
}

fn response_of(mut response: Map<String, Value>) -> Result<HttpResponse, Misuse> {
    let status = response.remove("status").and_then(|status| status.as_u64()).and_then(|status| status.try_into().ok());
    let status = status.ok_or_else(|| Misuse::new("a response needs a `status` such as 200"))?;
    let mut headers = BTreeMap::new();
    if let Some(Value::Object(given)) = response.remove("headers") {
        for (name, value) in given {
            let value = value.as_str().ok_or_else(|| Misuse::new("a response's header is a text"))?;
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
    }
    let body = match (response.remove("json"), response.remove("body")) {
        (Some(json), None) => {
            headers.entry("content-type".into()).or_insert_with(|| "application/json".into());
            json.to_string()
        }
        (None, Some(Value::String(body))) => body,
        (None, None) => String::new(),
        _ => return Err(Misuse::new("a response has either `json` or a text `body`")),
    };
    no_more("a response", &response)?;
    Ok(HttpResponse { status, headers, body })
}

fn no_more(what: &str, rest: &Map<String, Value>) -> Result<(), Misuse> {
    match rest.keys().next() {
        Some(unknown) => Err(Misuse::new(format!("{what} has no `{unknown}`"))),
        None => Ok(()),
    }
}

impl Clock for World {
    fn now_ms(&self) -> i64 {
        self.state().now_ms
    }
}

impl Entropy for World {
    /// The same bytes in every run of a test.
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state();
        for chunk in bytes.chunks_mut(32) {
            state.drawn += 1;
            let drawn = Sha256::digest(state.drawn.to_be_bytes());
            chunk.copy_from_slice(&drawn[..chunk.len()]);
        }
    }
}

#[async_trait]
impl UserDirectory for World {
    async fn find(&self, key: &UserKey) -> Result<Option<UserView>, Fault> {
        let fits = |user: &UserView| match key {
            UserKey::Subject(subject) => user.subject == *subject,
            UserKey::Username(username) => user.username.eq_ignore_ascii_case(username),
        };
        Ok(self.state().accounts.iter().map(|(user, _)| user).find(|user| fits(user)).cloned())
    }

    async fn verify_password(&self, username: &str, password: &SecretText) -> Result<Option<UserView>, Fault> {
        let fits = |user: &UserView, known: &Option<String>| {
            user.username.eq_ignore_ascii_case(username) && known.as_deref() == Some(password.expose())
        };
        Ok(self.state().accounts.iter().find(|(user, known)| fits(user, known)).map(|(user, _)| user.clone()))
    }

    async fn wait_s(&self, _: &str) -> Result<u64, Fault> {
        Ok(0)
    }
}

#[async_trait]
impl KeyValue for World {
    async fn call(&self, namespace: &str, call: &KvCall, now: Timestamp) -> Result<Value, Fault> {
        let mut state = self.state();
        let at = |key: &str| (namespace.to_owned(), key.to_owned());
        let until = |ttl_s: u64| now.plus(ttl_s).0;
        Ok(match call {
            KvCall::Get { key } => match state.values.get(&at(key)) {
                Some((value, expires)) if now.0 < *expires => value.clone(),
                _ => Value::Null,
            },
            KvCall::Put { key, value, ttl_s } => {
                state.values.insert(at(key), (value.clone(), until(*ttl_s)));
                Value::Null
            }
            KvCall::Delete { key } => {
                state.values.remove(&at(key));
                Value::Null
            }
            KvCall::Add { key, by, ttl_s } => {
                let entry = state.values.entry(at(key)).or_insert_with(|| (json!(0), until(*ttl_s)));
                if now.0 >= entry.1 {
                    *entry = (json!(0), until(*ttl_s));
                }
                let sum = entry.0.as_i64().unwrap_or(0).saturating_add(*by);
                entry.0 = json!(sum);
                json!(sum)
            }
        })
    }
}

#[async_trait]
impl HttpClient for World {
    async fn send(&self, loan: &HttpLoan, request: HttpRequest) -> Result<HttpResponse, CapabilityError> {
        let url = url::Url::parse(&request.url);
        let url = url.map_err(|_| CapabilityError::Invalid { why: format!("`{}` is no URL", request.url) })?;
        let origin = url.origin().ascii_serialization();
        if !loan.origins.contains(&origin) {
            return Err(CapabilityError::NotLent { what: origin });
        }
        let mut state = self.state();
        let headers: Map<_, _> =
            request.headers.iter().map(|(name, value)| (name.clone(), json!(value.expose()))).collect();
        let body = request.body.as_ref().map(|(_, body)| body.expose());
        let sent = json!({ "method": request.method, "url": request.url, "headers": headers, "body": body });
        state.requests.push(sent);
        let without_query = request.url.split('?').next().unwrap_or_default();
        let given = |known: &str| state.responses.iter().rev().find(|(url, _)| url == known);
        match given(&request.url).or_else(|| given(without_query)) {
            Some((_, response)) => Ok(response.clone()),
            None => {
                let why = "the test gave no response for it; add given::http(…)".to_owned();
                Err(CapabilityError::Unreachable { what: request.url, why })
            }
        }
    }
}

impl SecretVault for World {
    fn secret(&self, name: &str) -> Option<SecretText> {
        self.state().secrets.get(name).map(|text| SecretText::new(text.clone()))
    }
}
