//! `http`: requests to the hosts that were lent.

use crate::failure::{Thrown, failed, placed, refuse};
use crate::secret::{Bearer, Secret};
use crate::slot::{host_call, wrong_answer};
use crate::values::{describe, from_json, to_json};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::{HttpBody, HttpCall, HttpResponse, HttpText, TIMEOUT_MS_MAX};
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{Dynamic, Identifier, ImmutableString, Map, Module, NativeCallContext};
use std::collections::BTreeMap;

/// What a request is described with.
const MEMBERS: [&str; 7] = ["method", "url", "headers", "json", "form", "text", "timeout_ms"];

/// `http::get(url)`, `http::get(url, options)`, `http::post(url, body)`, `http::post(url, body, options)`,
/// `http::send(request)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("get", |context: NativeCallContext, url: ImmutableString| {
        send(&context, &described("GET", url, Map::new()))
    });
    module.set_native_fn("get", |context: NativeCallContext, url: ImmutableString, options: Map| {
        send(&context, &described("GET", url, options))
    });
    module.set_native_fn("post", |context: NativeCallContext, url: ImmutableString, body: Dynamic| {
        send(&context, &with_body(described("POST", url, Map::new()), body))
    });
    module.set_native_fn("post", |context: NativeCallContext, url: ImmutableString, body: Dynamic, options: Map| {
        send(&context, &with_body(described("POST", url, options), body))
    });
    module.set_native_fn("send", |context: NativeCallContext, request: Map| send(&context, &request));
    module
}

fn described(method: &str, url: ImmutableString, mut options: Map) -> Map {
    options.insert("method".into(), method.into());
    options.insert("url".into(), url.into());
    options
}

/// A string is sent as text, anything else as JSON.
fn with_body(mut request: Map, body: Dynamic) -> Map {
    let name = if body.is_string() { "text" } else { "json" };
    request.insert(name.into(), body);
    request
}

fn send(context: &NativeCallContext, request: &Map) -> Thrown<Dynamic> {
    let call = placed(context, read(request))?;
    match host_call(context, HostCall::Http(call))? {
        HostAnswer::Http(response) => placed(context, answer(context, response)),
        _ => wrong_answer(context, "http"),
    }
}

fn read(request: &Map) -> Thrown<HttpCall> {
    if let Some(unknown) = request.keys().find(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(refuse(format!("a request has no `{unknown}`; it has {}", MEMBERS.join(", "))));
    }
    let text = |name: &str| match request.get(name).map(Dynamic::as_immutable_string_ref) {
        Some(Ok(text)) => Ok(Some(text.to_string())),
        Some(Err(_)) => Err(refuse(format!("`{name}` of a request is a string"))),
        None => Ok(None),
    };
    let body = match (request.get("json"), request.get("form"), text("text")?) {
        (Some(json), None, None) => Some(HttpBody::Json(
            to_json(json)
                .map_err(|why| refuse(format!("this cannot be sent as JSON: {why}; use `form` or a header")))?,
        )),
        (None, Some(form), None) => Some(HttpBody::Form(texts("form", form)?)),
        (None, None, Some(text)) => Some(HttpBody::Text(text)),
        (None, None, None) => None,
        _ => return Err(refuse("a request has one of `json`, `form` and `text`")),
    };
    Ok(HttpCall {
        method: text("method")?.unwrap_or_else(|| "GET".to_owned()).to_ascii_uppercase(),
        url: text("url")?.ok_or_else(|| refuse("a request needs a `url`"))?,
        headers: request.get("headers").map_or(Ok(BTreeMap::new()), |headers| texts("headers", headers))?,
        body,
        timeout_ms: timeout(request)?,
    })
}

fn timeout(request: &Map) -> Thrown<u64> {
    let Some(given) = request.get("timeout_ms") else { return Ok(TIMEOUT_MS_MAX) };
    let given = given.as_int().ok().and_then(|given| u64::try_from(given).ok());
    given
        .filter(|given| (1..=TIMEOUT_MS_MAX).contains(given))
        .ok_or_else(|| refuse(format!("`timeout_ms` of a request is a number from 1 to {TIMEOUT_MS_MAX}")))
}

fn texts(what: &str, members: &Dynamic) -> Thrown<BTreeMap<String, HttpText>> {
    let members = members.as_map_ref().map_err(|_| refuse(format!("`{what}` of a request is a map")))?;
    members.iter().map(|(name, value)| Ok((name.to_string(), text(what, name, value)?))).collect()
}

fn text(what: &str, name: &Identifier, value: &Dynamic) -> Thrown<HttpText> {
    if let Some(Secret(secret)) = value.read_lock::<Secret>().as_deref() {
        return Ok(HttpText::Secret { before: String::new(), secret: secret.clone() });
    }
    if let Some(Bearer(secret)) = value.read_lock::<Bearer>().as_deref() {
        return Ok(HttpText::Secret { before: "Bearer ".to_owned(), secret: secret.clone() });
    }
    match to_json(value) {
        Ok(serde_json::Value::String(text)) => Ok(HttpText::Plain(text)),
        Ok(plain @ (serde_json::Value::Number(_) | serde_json::Value::Bool(_))) => {
            Ok(HttpText::Plain(plain.to_string()))
        }
        _ => Err(refuse(format!("`{name}` in `{what}` is a string or a Secret, not {}", describe(value)))),
    }
}

fn answer(context: &NativeCallContext, response: HttpResponse) -> Thrown<Dynamic> {
    let is_json = response.headers.get("content-type").is_some_and(|media_type| media_type.contains("json"));
    let json = is_json.then(|| serde_json::from_str(&response.body).ok()).flatten();
    let headers: Map = response.headers.iter().map(|(name, value)| (name.as_str().into(), value.into())).collect();
    let mut map = Map::new();
    map.insert("status".into(), i64::from(response.status).into());
    map.insert("headers".into(), headers.into());
    map.insert("body".into(), response.body.into());
    map.insert("json".into(), json.as_ref().map_or(Dynamic::UNIT, from_json));
    let map = Dynamic::from_map(map);
    let engine = context.engine();
    // Without this the size would end the script at once; as a failure of the capability it can be caught.
    engine
        .ensure_data_size_within_limits(&map)
        .map_err(|_| failed(CapabilityError::TooLarge { bytes_max: engine.max_string_size() }))?;
    Ok(map)
}
