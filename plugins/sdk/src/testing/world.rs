//! The server around a hook under test: what the test gave, and what the hook did to it.

use super::account::Account;
use super::call::{Call, Reply};
use super::response::Response;
use super::run::Request;
use crate::bindings::http::{self, Body, Text};
use crate::bindings::log::Level;
use crate::bindings::types::{Failure, Secret, Value as Wire};
use crate::failure::told;
use crate::value::{Value, from_wire, to_wire};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// When tests happen, in seconds since 1970.
const BEGIN_S: i64 = 1_790_000_000;
/// Longest `kv` key.
const KEY_BYTES_MAX: usize = 256;
/// Largest `kv` value, as JSON.
const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Longest life of a `kv` value, in seconds.
const TTL_S_MAX: u64 = 400 * 24 * 3600;
/// Deepest nesting of a value that leaves the plugin.
const NESTING_MAX: usize = 32;
/// Most random bytes one call draws.
const RANDOM_BYTES_MAX: u32 = 256;
/// Longest wait for an answer, in milliseconds.
const TIMEOUT_MS_MAX: u64 = 5_000;

/// Everything outside of the hook.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(super) accounts: Vec<Account>,
    pub(super) secrets: BTreeMap<String, String>,
    pub(super) now_ms: i64,
    /// What was lent; all where nothing is said.
    pub(super) lent: Option<BTreeSet<String>>,
    pub(super) requests: Vec<Request>,
    pub(super) log: Vec<String>,
    answers: Vec<(String, VecDeque<Response>)>,
    kv: BTreeMap<String, (Value, i64)>,
    held: Vec<Held>,
    drawn: u64,
}

/// A secret that the hook holds, by its handle's place.
#[derive(Debug, Clone)]
struct Held {
    text: String,
    /// The journal entry of the page it was typed into; none for a configured one.
    typed_at: Option<usize>,
}

impl World {
    pub(super) fn new() -> Self {
        Self {
            accounts: vec![],
            secrets: BTreeMap::new(),
            now_ms: BEGIN_S * 1000,
            lent: None,
            requests: vec![],
            log: vec![],
            answers: vec![],
            kv: BTreeMap::new(),
            held: vec![],
            drawn: 0,
        }
    }

    pub(super) fn given_http(&mut self, url: &str, response: Response) {
        match self.answers.iter_mut().find(|(own, _)| own == url) {
            Some((_, answers)) => answers.push_back(response),
            None => self.answers.push((url.to_owned(), VecDeque::from([response]))),
        }
    }

    pub(super) fn given_kv(&mut self, key: &str, value: Value) {
        self.kv.insert(key.to_owned(), (value, i64::MAX));
    }

    pub(super) fn stored(&self, key: &str) -> Option<Value> {
        let (value, until_ms) = self.kv.get(key)?;
        (*until_ms > self.now_ms && !value.is_null()).then(|| value.clone())
    }

    /// Keeps what was typed into the page at `entry`.
    pub(super) fn typed(&mut self, entry: usize, text: String) -> Secret {
        self.hold(Held { text, typed_at: Some(entry) })
    }

    fn hold(&mut self, held: Held) -> Secret {
        self.held.push(held);
        Secret { handle: u32::try_from(self.held.len() - 1).unwrap_or(u32::MAX) }
    }

    /// Performs a call; the last page or visit before it is at `page`.
    pub(super) fn perform(&mut self, call: &Call, page: Option<usize>) -> Result<Reply, String> {
        Ok(match call {
            Call::BySubject(subject) => self.find(|account| account.subject == *subject),
            Call::ByUsername(username) => self.find(|account| account.username == *username),
            Call::VerifyPassword(username, password) => {
                let password = self.clear(*password, page)?.to_owned();
                let fits = |account: &Account| account.wait_s == 0 && account.password.as_ref() == Some(&password);
                self.find(|account| account.username == *username && fits(account))
            }
            Call::WaitS(username) => {
                let waiting = self.accounts.iter().find(|account| account.username == *username);
                Reply::Waits(self.lent("users").map(|()| waiting.map_or(0, |account| account.wait_s)))
            }
            Call::KvGet(key) => Reply::Value(self.kv_ready(key, 1).map(|()| self.stored(key).as_ref().map(to_wire))),
            Call::KvPut(key, value, ttl_s) => Reply::Stored(self.put(key, value, *ttl_s)),
            Call::KvDelete(key) => Reply::Stored(self.kv_ready(key, 1).map(|()| drop(self.kv.remove(key)))),
            Call::KvAdd(key, by, ttl_s) => Reply::Sum(self.add(key, *by, *ttl_s)),
            Call::Http(request) => Reply::Http(self.send(request, page)?),
            Call::Secret(name) => Reply::Secret(self.configured(name)),
            Call::Now => Reply::Time(self.now_ms),
            Call::Random(count) if (1..=RANDOM_BYTES_MAX).contains(count) => Reply::Bytes(self.draw(*count)),
            Call::Random(count) => return Err(format!("random draws 1 to {RANDOM_BYTES_MAX} bytes, not {count}")),
            Call::Log(level, message) => {
                self.lent("log").map_err(|failure| told(&failure))?;
                self.write(*level, message);
                Reply::Done
            }
            Call::Ask(_) | Call::Visit(_) | Call::ReturnState => return Err("a page is not performed".into()),
        })
    }

    pub(super) fn lent(&self, name: &str) -> Result<(), Failure> {
        match &self.lent {
            Some(lent) if !lent.contains(name) => Err(Failure::NotLent(name.to_owned())),
            _ => Ok(()),
        }
    }

    fn find(&self, is: impl Fn(&Account) -> bool) -> Reply {
        let found = self.accounts.iter().find(|account| is(account)).map(Account::seen);
        Reply::User(self.lent("users").map(|()| found))
    }

    fn kv_ready(&self, key: &str, ttl_s: u64) -> Result<(), Failure> {
        self.lent("kv")?;
        if key.is_empty() || key.len() > KEY_BYTES_MAX || key.contains('\0') {
            return Err(Failure::Invalid(format!("a kv key has 1 to {KEY_BYTES_MAX} bytes, none of them NUL")));
        }
        if !(1..=TTL_S_MAX).contains(&ttl_s) {
            return Err(Failure::Invalid(format!("a kv value lives 1 to {TTL_S_MAX} seconds")));
        }
        Ok(())
    }

    fn put(&mut self, key: &str, value: &Wire, ttl_s: u64) -> Result<(), Failure> {
        self.kv_ready(key, ttl_s)?;
        let value = from_wire(value.clone());
        if let Some(why) = refusal(&value, NESTING_MAX) {
            return Err(Failure::Invalid(why));
        }
        if value.to_string().len() > VALUE_BYTES_MAX {
            return Err(Failure::Invalid(format!("a kv value has at most {VALUE_BYTES_MAX} bytes of JSON")));
        }
        self.kv.insert(key.to_owned(), (value, self.until_ms(ttl_s)));
        Ok(())
    }

    /// The life is set when the number is made and not prolonged.
    fn add(&mut self, key: &str, by: i64, ttl_s: u64) -> Result<i64, Failure> {
        self.kv_ready(key, ttl_s)?;
        let before = self.stored(key).and_then(|value| value.as_integer());
        let until_ms = match (before, self.kv.get(key)) {
            (Some(_), Some((_, until_ms))) => *until_ms,
            _ => self.until_ms(ttl_s),
        };
        let sum = before.unwrap_or(0).saturating_add(by);
        self.kv.insert(key.to_owned(), (sum.into(), until_ms));
        Ok(sum)
    }

    fn until_ms(&self, ttl_s: u64) -> i64 {
        self.now_ms.saturating_add_unsigned(ttl_s.saturating_mul(1000))
    }

    fn configured(&mut self, name: &str) -> Result<Secret, Failure> {
        self.lent("secrets").map_err(|_| Failure::NotLent(format!("the secret `{name}`")))?;
        match self.secrets.get(name).cloned() {
            Some(text) => Ok(self.hold(Held { text, typed_at: None })),
            None => Err(Failure::Invalid(format!("the secret `{name}` is not configured; add it under [secrets]"))),
        }
    }

    /// What a secret says. A typed one is gone after its page.
    fn clear(&self, secret: Secret, page: Option<usize>) -> Result<&str, String> {
        let held = self.held.get(secret.handle as usize).ok_or("the plugin made up a secret")?;
        if held.typed_at.is_some() && held.typed_at != page {
            return Err("a typed secret is gone after its page; use it before the next ask".into());
        }
        Ok(&held.text)
    }

    fn send(
        &mut self,
        request: &http::Request,
        page: Option<usize>,
    ) -> Result<Result<http::Response, Failure>, String> {
        if let Err(failure) = self.lent("http") {
            return Ok(Err(failure));
        }
        if !(1..=TIMEOUT_MS_MAX).contains(&request.timeout_ms) {
            return Ok(Err(Failure::Invalid(format!("a request takes 1 to {TIMEOUT_MS_MAX} milliseconds"))));
        }
        if let Some(twice) = twice(&request.headers) {
            return Ok(Err(Failure::Invalid(format!("a request has each header once, not `{twice}` again"))));
        }
        if let Some(Body::Json(value)) = &request.body
            && let Some(why) = refusal(&from_wire(value.clone()), NESTING_MAX)
        {
            return Ok(Err(Failure::Invalid(format!("this cannot be sent as JSON: {why}"))));
        }
        let sent = self.in_clear(request, page)?;
        self.requests.push(sent);
        let url = request.url.as_str();
        let bare = url.split(['?', '#']).next().unwrap_or(url);
        let exact = self.answers.iter().position(|(own, _)| own == url);
        let Some(place) = exact.or_else(|| self.answers.iter().position(|(own, _)| own == bare)) else {
            return Ok(Err(Failure::Unreachable(format!("{url}: the test gives no answer for it"))));
        };
        let answers = &mut self.answers[place].1;
        let answer = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        Ok(answer.map(|Response(answer)| answer).ok_or_else(|| Failure::Unreachable(url.to_owned())))
    }

    fn in_clear(&self, request: &http::Request, page: Option<usize>) -> Result<Request, String> {
        let clear = |text: &Text| -> Result<String, String> {
            match text {
                Text::Plain(text) => Ok(text.clone()),
                Text::Secret((before, secret)) => Ok(format!("{before}{}", self.clear(*secret, page)?)),
            }
        };
        let pairs = |pairs: &[(String, Text)]| -> Result<Vec<_>, String> {
            pairs.iter().map(|(name, text)| Ok((name.clone(), clear(text)?))).collect()
        };
        let body = match &request.body {
            None => String::new(),
            Some(Body::Json(value)) => from_wire(value.clone()).to_string(),
            Some(Body::Plain(text)) => text.clone(),
            Some(Body::Form(fields)) => {
                let encode = crate::http::url_encode;
                let fields = pairs(fields)?;
                let fields: Vec<_> =
                    fields.iter().map(|(name, text)| format!("{}={}", encode(name), encode(text))).collect();
                fields.join("&")
            }
        };
        Ok(Request {
            method: request.method.to_ascii_uppercase(),
            url: request.url.clone(),
            headers: pairs(&request.headers)?,
            body,
        })
    }

    /// Bytes that differ from each other and are the same in every test (splitmix64).
    fn draw(&mut self, count: u32) -> Vec<u8> {
        let mut next = || {
            self.drawn = self.drawn.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.drawn;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (mixed ^ (mixed >> 31)).to_le_bytes()[0]
        };
        (0..count).map(|_| next()).collect()
    }

    fn write(&mut self, level: Level, message: &str) {
        let level = match level {
            Level::Debug => "debug",
            Level::Info => "info",
            Level::Warn => "warn",
        };
        self.log.push(format!("{level}: {message}"));
    }
}

/// A name that stands in a list twice.
fn twice(pairs: &[(String, Text)]) -> Option<&str> {
    let again =
        |(place, (name, _)): &(usize, &(String, Text))| pairs[..*place].iter().any(|(before, _)| before == name);
    pairs.iter().enumerate().find(again).map(|(_, (name, _))| name.as_str())
}

/// What the server says against a value; `levels` more may be nested in it.
fn refusal(value: &Value, levels: usize) -> Option<String> {
    let of = |mut children: std::slice::Iter<'_, Value>| match levels.checked_sub(1) {
        Some(levels) => children.find_map(|child| refusal(child, levels)),
        None => Some(format!("it is nested more than {NESTING_MAX} deep")),
    };
    match value {
        Value::Decimal(decimal) if !decimal.is_finite() => Some("a number that is not finite is no JSON".into()),
        Value::Items(items) => of(items.iter()),
        Value::Members(members) => {
            let values: Vec<_> = members.iter().map(|(_, value)| value.clone()).collect();
            of(values.iter())
        }
        _ => None,
    }
}
