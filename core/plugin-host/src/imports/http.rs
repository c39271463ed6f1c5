//! `http`: requests to the origins that were lent.

use super::{Answered, invalid};
use crate::bindings::gatewright::plugin::http as wit;
use crate::bindings::gatewright::plugin::types::{Failure, Value};
use crate::turn::Turn;
use crate::value::{NODES_MAX, nodes, to_json, to_typed};
use gatewright_domain::capabilities::http::{HttpBody, HttpCall, HttpText, TIMEOUT_MS_MAX};
use gatewright_domain::flow::{HostAnswer, HostCall};
use std::collections::BTreeMap;

impl wit::Host for Turn {
    fn send(&mut self, request: wit::Request) -> Answered<wit::Response> {
        if let Err(error) = self.lent("http") {
            return Ok(Err(error.into()));
        }
        let call = match self.described(request) {
            Ok(call) => call,
            Err(failure) => return Ok(Err(failure)),
        };
        self.ask("http", HostCall::Http(call), |_, answer| match answer {
            HostAnswer::Http(response) => Some(wit::Response {
                status: response.status,
                headers: response.headers.into_iter().collect(),
                body: response.body,
            }),
            _ => None,
        })
    }

    fn parse_json(&mut self, body: String) -> Answered<Value> {
        if let Err(error) = self.lent("http") {
            return Ok(Err(error.into()));
        }
        match serde_json::from_str::<serde_json::Value>(&body) {
            Ok(value) if nodes(&value) > NODES_MAX => invalid(format!("this JSON has more than {NODES_MAX} parts")),
            Ok(value) => Ok(Ok(to_typed(&value))),
            Err(error) => invalid(format!("this is no JSON: line {}, column {}", error.line(), error.column())),
        }
    }
}

impl Turn {
    fn described(&self, request: wit::Request) -> Result<HttpCall, Failure> {
        let wit::Request { method, url, headers, body, timeout_ms } = request;
        if !(1..=TIMEOUT_MS_MAX).contains(&timeout_ms) {
            return Err(Failure::Invalid(format!("a request takes 1 to {TIMEOUT_MS_MAX} milliseconds")));
        }
        let body = match body {
            None => None,
            Some(wit::Body::Json(value)) => Some(HttpBody::Json(
                to_json(value).map_err(|why| Failure::Invalid(format!("this cannot be sent as JSON: {why}")))?,
            )),
            Some(wit::Body::Form(fields)) => Some(HttpBody::Form(self.texts("field", fields)?)),
            Some(wit::Body::Plain(text)) => Some(HttpBody::Text(text)),
        };
        let headers = self.texts("header", headers)?;
        Ok(HttpCall { method: method.to_ascii_uppercase(), url, headers, body, timeout_ms })
    }

    fn texts(&self, what: &str, pairs: Vec<(String, wit::Text)>) -> Result<BTreeMap<String, HttpText>, Failure> {
        let mut texts = BTreeMap::new();
        for (name, text) in pairs {
            let text = match text {
                wit::Text::Plain(text) => HttpText::Plain(text),
                wit::Text::Secret((before, secret)) => HttpText::Secret { before, secret: self.secret(secret)? },
            };
            if texts.insert(name, text).is_some() {
                return Err(Failure::Invalid(format!("a request has each {what} once")));
            }
        }
        Ok(texts)
    }
}
