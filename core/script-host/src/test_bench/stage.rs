//! What a test can do, by the names it uses:
//!
//! - `bind(manifest)`: binds the script as this piece of a `policy.toml` says;
//! - `sample()`: the sample input of its hook, to be changed; `run(input)`: runs it; `answer(map)`: answers its page;
//! - `recorded(path)`: runs it on a recorded case of the bundle (`gatewright policy replay … --save`);
//! - `given::user(map)`, `given::time(seconds)`, `given::kv(key, value)`, `given::secret(name, text)`,
//!   `given::http(url, response)`, `given::factor(map)`, `given::provider(name, signed_in)`,
//!   `given::wait(username, seconds)`: what is in the world around it; `requests()`, `mails()`: what it has sent;
//! - `expect(what)`, `expect(what, expected)`: see [`super::expect`].

use super::expect::{self, Unmet};
use crate::values::{from_json, to_json};
use gatewright_domain::hooks::{Given, Misuse, Stage};
use rhai::{Dynamic, Engine, EvalAltResult, ImmutableString, Map, Module, Position};
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

type Answer<T> = Result<T, Box<EvalAltResult>>;
type Shared = Arc<Mutex<Box<dyn Stage>>>;

/// The last expectation that did not hold.
pub(super) type LastUnmet = Arc<Mutex<Option<Unmet>>>;

/// Puts the functions of the stage into an engine.
pub(super) fn register(engine: &mut Engine, stage: Box<dyn Stage>) -> LastUnmet {
    let stage: Shared = Arc::new(Mutex::new(stage));
    let on = stage.clone();
    engine.register_fn("bind", move |manifest: &str| -> Answer<()> { with(&on, |stage| stage.bind(manifest)) });
    let on = stage.clone();
    engine.register_fn("sample", move || -> Answer<Dynamic> { shown(with(&on, |stage| stage.sample())) });
    let on = stage.clone();
    engine.register_fn("run", move |input: Map| -> Answer<Dynamic> {
        let input = json(&input.into())?;
        shown(with(&on, |stage| stage.run(input)))
    });
    let on = stage.clone();
    engine.register_fn("recorded", move |case: &str| -> Answer<Dynamic> {
        shown(with(&on, |stage| stage.recorded(case)))
    });
    let on = stage.clone();
    engine.register_fn("answer", move |answer: Map| -> Answer<Dynamic> {
        let answer = object(answer)?;
        shown(with(&on, |stage| stage.answer(answer)))
    });
    let on = stage.clone();
    engine.register_fn("requests", move || -> Answer<Dynamic> { shown(with(&on, |stage| Ok(stage.requests()))) });
    let on = stage.clone();
    engine.register_fn("mails", move || -> Answer<Dynamic> { shown(with(&on, |stage| Ok(stage.mails()))) });
    engine.register_static_module("given", given(&stage).into());
    engine.register_fn("expect", |holds: bool| -> Answer<()> {
        if holds { Ok(()) } else { Err(thrown("this does not hold")) }
    });
    let last = LastUnmet::default();
    let note = last.clone();
    engine.register_fn("expect", move |actual: Dynamic, expected: Dynamic| -> Answer<()> {
        let Some(unmet) = expect::unmet(&json(&actual)?, &json(&expected)?) else { return Ok(()) };
        let error = thrown(unmet.says.as_str());
        *note.lock().unwrap_or_else(PoisonError::into_inner) = Some(unmet);
        Err(error)
    });
    last
}

/// The module `given`.
fn given(stage: &Shared) -> Module {
    let mut module = Module::new();
    let on = stage.clone();
    module.set_native_fn("user", move |user: Map| give(&on, Given::User(object(user)?)));
    let on = stage.clone();
    module.set_native_fn("time", move |seconds: i64| give(&on, Given::Time(seconds)));
    let on = stage.clone();
    module.set_native_fn("kv", move |key: ImmutableString, value: Dynamic| {
        give(&on, Given::Value { key: key.into(), value: json(&value)? })
    });
    let on = stage.clone();
    module.set_native_fn("secret", move |name: ImmutableString, text: ImmutableString| {
        give(&on, Given::Secret { name: name.into(), text: text.into() })
    });
    let on = stage.clone();
    module.set_native_fn("http", move |url: ImmutableString, response: Map| {
        give(&on, Given::Http { url: url.into(), response: object(response)? })
    });
    given_people(&mut module, stage);
    module.build_index();
    module
}

/// Of `given`: what end-users have and do elsewhere.
fn given_people(module: &mut Module, stage: &Shared) {
    let on = stage.clone();
    module.set_native_fn("factor", move |factor: Map| give(&on, Given::Factor(object(factor)?)));
    let on = stage.clone();
    module.set_native_fn("provider", move |name: ImmutableString, signed_in: Map| {
        give(&on, Given::Provider { name: name.into(), signed_in: object(signed_in)? })
    });
    let on = stage.clone();
    module.set_native_fn("wait", move |username: ImmutableString, seconds: i64| {
        give(&on, Given::Wait { username: username.into(), seconds })
    });
}

fn give(stage: &Shared, given: Given) -> Answer<()> {
    with(stage, |stage| stage.given(given))
}

fn with<T>(stage: &Shared, act: impl FnOnce(&mut dyn Stage) -> Result<T, Misuse>) -> Answer<T> {
    let mut stage = stage.lock().unwrap_or_else(PoisonError::into_inner);
    act(stage.as_mut()).map_err(|misuse| thrown(misuse.to_string()))
}

fn shown(value: Answer<Value>) -> Answer<Dynamic> {
    value.map(|value| from_json(&value))
}

fn json(value: &Dynamic) -> Answer<Value> {
    to_json(value).map_err(thrown)
}

fn object(map: Map) -> Answer<serde_json::Map<String, Value>> {
    match json(&map.into())? {
        Value::Object(members) => Ok(members),
        _ => Err(thrown("a map was expected")),
    }
}

fn thrown(message: impl Into<ImmutableString>) -> Box<EvalAltResult> {
    let message: ImmutableString = message.into();
    EvalAltResult::ErrorRuntime(message.into(), Position::NONE).into()
}
