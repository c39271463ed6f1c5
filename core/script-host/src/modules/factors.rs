//! `factors`: what end-users enrolled, and factors of the binding's own kind.

use crate::failure::{Thrown, placed, refuse};
use crate::slot::{host_call, wrong_answer};
use crate::subject::subject_of;
use crate::values::{from_json, to_json};
use gatewright_domain::capabilities::factors::{FactorsAnswer, FactorsCall};
use gatewright_domain::factor::FactorView;
use gatewright_domain::flow::{HostAnswer, HostCall};
use gatewright_domain::identifiers::FactorId;
use rhai::{Dynamic, ImmutableString, Map, Module, NativeCallContext};

/// `factors::list(user)`, `factors::enrol(user, label, data)`, `factors::enrol(user, label, reference, data)`,
/// `factors::find(reference)`, `factors::data(id)`, `factors::update(id, before, to)`, `factors::remove(id)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("list", |context: NativeCallContext, user: Dynamic| {
        let subject = placed(&context, subject_of("factors::list", &user))?;
        ask(&context, FactorsCall::List { subject })
    });
    register_enrolment(&mut module);
    module.set_native_fn("find", |context: NativeCallContext, reference: ImmutableString| {
        ask(&context, FactorsCall::Find { reference: reference.to_string() })
    });
    module.set_native_fn("data", |context: NativeCallContext, id: ImmutableString| {
        match FactorId::parse(id.as_str()) {
            Ok(id) => ask(&context, FactorsCall::Data { id }),
            Err(_) => Ok(Dynamic::UNIT),
        }
    });
    module.set_native_fn("update", |context: NativeCallContext, id: ImmutableString, before: Dynamic, to: Dynamic| {
        let (before, to) = (kept(&context, "update", &before)?, kept(&context, "update", &to)?);
        match FactorId::parse(id.as_str()) {
            Ok(id) => ask(&context, FactorsCall::Update { id, before, to }),
            Err(_) => Ok(false.into()),
        }
    });
    module.set_native_fn("remove", |context: NativeCallContext, id: ImmutableString| {
        match FactorId::parse(id.as_str()) {
            Ok(id) => ask(&context, FactorsCall::Remove { id }),
            Err(_) => Ok(false.into()),
        }
    });
    module
}

fn register_enrolment(module: &mut Module) {
    module.set_native_fn(
        "enrol",
        |context: NativeCallContext, user: Dynamic, label: ImmutableString, data: Dynamic| {
            enrol(&context, (&user, &label), None, &data)
        },
    );
    module.set_native_fn(
        "enrol",
        |context: NativeCallContext,
         user: Dynamic,
         label: ImmutableString,
         reference: ImmutableString,
         data: Dynamic| enrol(&context, (&user, &label), Some(reference.to_string()), &data),
    );
}

fn enrol(
    context: &NativeCallContext,
    (user, label): (&Dynamic, &str),
    reference: Option<String>,
    data: &Dynamic,
) -> Thrown<Dynamic> {
    let subject = placed(context, subject_of("factors::enrol", user))?;
    let data = kept(context, "enrol", data)?;
    ask(context, FactorsCall::Enrol { subject, label: label.to_owned(), reference, data })
}

/// What is to be stored, as JSON.
fn kept(context: &NativeCallContext, function: &str, value: &Dynamic) -> Thrown<serde_json::Value> {
    let json = to_json(value).map_err(|why| refuse(format!("factors::{function} cannot store this: {why}")));
    placed(context, json)
}

fn ask(context: &NativeCallContext, call: FactorsCall) -> Thrown<Dynamic> {
    match host_call(context, HostCall::Factors(call))? {
        HostAnswer::Factors(answer) => Ok(match answer {
            FactorsAnswer::Listed(factors) => Dynamic::from_array(factors.iter().map(factor_map).collect()),
            FactorsAnswer::Enrolled(id) => id.as_str().into(),
            FactorsAnswer::Found(found) => found.as_ref().map_or(Dynamic::UNIT, factor_map),
            FactorsAnswer::Data(data) => data.as_ref().map_or(Dynamic::UNIT, from_json),
            FactorsAnswer::Done(done) => done.into(),
        }),
        _ => wrong_answer(context, "factors"),
    }
}

fn factor_map(factor: &FactorView) -> Dynamic {
    let mut map = Map::new();
    map.insert("id".into(), factor.id.as_str().into());
    map.insert("subject".into(), factor.subject.as_str().into());
    map.insert("kind".into(), factor.kind.as_str().into());
    map.insert("label".into(), factor.label.as_str().into());
    map.insert("created_at".into(), factor.created_at.0.into());
    map.insert("used_at".into(), factor.used_at.map_or(Dynamic::UNIT, |at| at.0.into()));
    Dynamic::from_map(map)
}
