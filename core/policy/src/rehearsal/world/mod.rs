//! The world around a hook under test: nothing in it but what the test gave, no time but what it set.

mod factors;
mod given;
mod letters;
mod passkeys;
mod providers;

use async_trait::async_trait;
use factors::Enrolled;
use gatewright_domain::capabilities::http::{HttpClient, HttpRequest, HttpResponse};
use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::capabilities::loan::HttpLoan;
use gatewright_domain::capabilities::oidc::SignedIn;
use gatewright_domain::capabilities::users::{UserDirectory, UserKey};
use gatewright_domain::capabilities::vault::SecretVault;
use gatewright_domain::capabilities::{CallFailed, CapabilityError};
use gatewright_domain::clock::{Clock, Timestamp};
use gatewright_domain::entropy::Entropy;
use gatewright_domain::fault::Fault;
use gatewright_domain::flow::Tools;
use gatewright_domain::hooks::{Given, Misuse};
use gatewright_domain::identifiers::Subject;
use gatewright_domain::secret::SecretText;
use gatewright_domain::user::UserView;
use letters::Challenge;
use passkeys::Ceremony;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// When a test begins, in seconds since 1970: the `auth_time` of the sample inputs.
pub const BEGIN_S: i64 = 1_790_000_000;

/// The world of one test.
pub(crate) struct World {
    namespace: Mutex<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    now_ms: i64,
    drawn: u64,
    /// How many things have got a name from it.
    named: u64,
    accounts: Vec<(UserView, Option<String>)>,
    /// When the next try counts, by username in lower case.
    waits: BTreeMap<String, i64>,
    values: BTreeMap<(String, String), (Value, i64)>,
    secrets: BTreeMap<String, String>,
    responses: Vec<(String, HttpResponse)>,
    requests: Vec<Value>,
    enrolled: Vec<Enrolled>,
    ceremonies: BTreeMap<String, Ceremony>,
    challenges: BTreeMap<String, Challenge>,
    mails: Vec<Value>,
    providers: BTreeMap<String, SignedIn>,
    /// Provider and `state` of every address that was asked for.
    visited: BTreeSet<(String, String)>,
}

impl World {
    pub(crate) fn new() -> Arc<Self> {
        let state = State { now_ms: BEGIN_S * 1_000, ..State::default() };
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
            factors: self.clone(),
            totp: self.clone(),
            webauthn: self.clone(),
            mail: self.clone(),
            recovery: self.clone(),
            oidc: self.clone(),
        }
    }

    /// Values given without a namespace belong to this binding.
    pub(crate) fn belongs_to(&self, binding: &str) {
        *self.namespace.lock().unwrap_or_else(PoisonError::into_inner) = binding.to_owned();
    }

    pub(crate) fn give(&self, given: Given) -> Result<(), Misuse> {
        let mut state = self.state();
        match given {
            Given::User(mut account) => {
                let wait_s = given::wait_of(&mut account)?;
                let account = given::account(account)?;
                if wait_s > 0 {
                    let until = state.now_s().saturating_add(wait_s);
                    state.waits.insert(account.0.username.to_ascii_lowercase(), until);
                }
                state.accounts.push(account);
            }
            Given::Time(seconds) => state.now_ms = seconds.saturating_mul(1_000),
            Given::Value { key, value } => {
                let namespace = self.namespace.lock().unwrap_or_else(PoisonError::into_inner).clone();
                state.values.insert((namespace, key), (value, i64::MAX));
            }
            Given::Secret { name, text } => {
                state.secrets.insert(name, text);
            }
            Given::Http { url, response } => state.responses.push((url, given::response(response)?)),
            Given::Factor(factor) => {
                let enrolled = given::factor(factor, &mut state)?;
                state.enrolled.push(enrolled);
            }
            Given::Provider { name, signed_in } => {
                state.providers.insert(name, given::signed_in(signed_in)?);
            }
            Given::Wait { username, seconds } => {
                let until = state.now_s().saturating_add(seconds);
                state.waits.insert(username.to_ascii_lowercase(), until);
            }
        }
        Ok(())
    }

    pub(crate) fn requests(&self) -> Value {
        Value::Array(self.state().requests.clone())
    }

    pub(crate) fn mails(&self) -> Value {
        Value::Array(self.state().mails.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn now_s(&self) -> i64 {
        self.now_ms.div_euclid(1_000)
    }

    /// A name that nothing had before.
    fn name(&mut self, of: &str) -> String {
        self.named += 1;
        format!("{of}-{}", self.named)
    }

    /// Whose subject it is.
    fn account(&self, subject: &Subject) -> Result<&UserView, CallFailed> {
        let found = self.accounts.iter().map(|(user, _)| user).find(|user| user.subject == *subject);
        let why = || format!("the test gives no user whose subject is `{subject}`; add given::user(…)");
        found.ok_or_else(|| CapabilityError::Invalid { why: why() }.into())
    }

    /// How many seconds until the next try with this username counts.
    fn wait_s(&self, username: &str) -> u64 {
        let until = self.waits.get(&username.to_ascii_lowercase()).copied().unwrap_or(i64::MIN);
        u64::try_from(until.saturating_sub(self.now_s())).unwrap_or(0)
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

    async fn verify_password(
        &self,
        username: &str,
        password: &SecretText,
        _from: Option<IpAddr>,
    ) -> Result<Option<UserView>, Fault> {
        let fits = |user: &UserView, known: &Option<String>| {
            user.username.eq_ignore_ascii_case(username) && known.as_deref() == Some(password.expose())
        };
        let state = self.state();
        let found = state.accounts.iter().find(|(user, known)| fits(user, known)).map(|(user, _)| user.clone());
        Ok(found.filter(|_| state.wait_s(username) == 0))
    }

    async fn wait_s(&self, username: &str, _from: Option<IpAddr>) -> Result<u64, Fault> {
        Ok(self.state().wait_s(username))
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
