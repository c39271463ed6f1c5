//! What a hook asks of the server and what it is answered, as the journal keeps them.

use crate::bindings::http::{Body, Request};
use crate::bindings::log::Level;
use crate::bindings::pages::{Answer, Form};
use crate::bindings::types::{Failure, Secret, User, Value};
use crate::value::from_wire;
use std::fmt::{Display, Formatter, Result as Formatted};

/// What a hook asks.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Call {
    Ask(Form),
    ReturnState,
    Visit(String),
    Log(Level, String),
    BySubject(String),
    ByUsername(String),
    VerifyPassword(String, Secret),
    WaitS(String),
    KvGet(String),
    KvPut(String, Value, u64),
    KvDelete(String),
    KvAdd(String, i64, u64),
    Http(Request),
    Secret(String),
    Now,
    Random(u32),
}

/// What it is answered.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    Answer(Answer),
    State(String),
    Returned(Vec<(String, String)>),
    Done,
    User(Result<Option<User>, Failure>),
    Value(Result<Option<Value>, Failure>),
    Stored(Result<(), Failure>),
    Sum(Result<i64, Failure>),
    Waits(Result<u64, Failure>),
    Http(Result<crate::bindings::http::Response, Failure>),
    Secret(Result<Secret, Failure>),
    Time(i64),
    Bytes(Vec<u8>),
}

impl Call {
    /// Both in words that differ, though they may differ in what is not worth telling otherwise.
    pub(super) fn told_apart(&self, other: &Self) -> (String, String) {
        let (own, others) = (self.to_string(), other.to_string());
        if own == others { (format!("{self:?}"), format!("{other:?}")) } else { (own, others) }
    }
}

impl Display for Call {
    fn fmt(&self, f: &mut Formatter<'_>) -> Formatted {
        match self {
            Self::Ask(form) => {
                let parts = [&form.text, &form.notice].into_iter().flatten().map(|text| format!(", {text:?}"));
                let fields = form.fields.iter().map(|field| match &field.value {
                    Some(value) => format!(", {}={value:?}", field.name),
                    None => format!(", {}", field.name),
                });
                write!(f, "ask the page {:?}{}", form.title, parts.chain(fields).collect::<String>())
            }
            Self::ReturnState => f.write_str("a state for the next visit"),
            Self::Visit(url) => write!(f, "visit {url}"),
            Self::Log(level, message) => write!(f, "log {level:?} {message:?}"),
            Self::BySubject(subject) => write!(f, "users: by subject {subject:?}"),
            Self::ByUsername(username) => write!(f, "users: by username {username:?}"),
            Self::WaitS(username) => write!(f, "users: how long {username:?} has to wait"),
            Self::VerifyPassword(username, _) => write!(f, "users: verify the password of {username:?}"),
            Self::KvGet(key) => write!(f, "kv: get {key:?}"),
            Self::KvPut(key, value, ttl_s) => {
                write!(f, "kv: put {key:?} {} for {ttl_s} seconds", from_wire(value.clone()))
            }
            Self::KvDelete(key) => write!(f, "kv: delete {key:?}"),
            Self::KvAdd(key, by, ttl_s) => write!(f, "kv: add {by} to {key:?} for {ttl_s} seconds"),
            Self::Http(request) => {
                write!(f, "http: {} {}", request.method, request.url)?;
                match &request.body {
                    Some(Body::Json(value)) => write!(f, " {}", from_wire(value.clone())),
                    Some(Body::Plain(text)) => write!(f, " {text:?}"),
                    Some(Body::Form(fields)) => write!(f, " {fields:?}"),
                    None => Ok(()),
                }
            }
            Self::Secret(name) => write!(f, "secrets: get {name:?}"),
            Self::Now => f.write_str("clock: the time"),
            Self::Random(count) => write!(f, "random: {count} bytes"),
        }
    }
}
