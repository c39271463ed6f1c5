//! `kv`: small values of the binding's own.

use crate::failure::{Thrown, placed, refuse};
use crate::slot::{host_call, wrong_answer};
use crate::values::{from_json, to_json};
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{Dynamic, ImmutableString, Module, NativeCallContext};

/// `kv::get(key)`, `kv::put(key, value, ttl_s)`, `kv::delete(key)`, `kv::add(key, by, ttl_s)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("get", |context: NativeCallContext, key: ImmutableString| {
        ask(&context, KvCall::Get { key: key.to_string() })
    });
    module.set_native_fn("put", |context: NativeCallContext, key: ImmutableString, value: Dynamic, ttl_s: i64| {
        let value = to_json(&value).map_err(|why| refuse(format!("kv::put cannot store this: {why}")));
        let value = placed(&context, value)?;
        ask(&context, KvCall::Put { key: key.to_string(), value, ttl_s: seconds(ttl_s) }).map(|_| ())
    });
    module.set_native_fn("delete", |context: NativeCallContext, key: ImmutableString| {
        ask(&context, KvCall::Delete { key: key.to_string() }).map(|_| ())
    });
    module.set_native_fn("add", |context: NativeCallContext, key: ImmutableString, by: i64, ttl_s: i64| {
        ask(&context, KvCall::Add { key: key.to_string(), by, ttl_s: seconds(ttl_s) })
    });
    module
}

/// A life below zero becomes 0, which the host refuses with the range that is allowed.
fn seconds(ttl_s: i64) -> u64 {
    u64::try_from(ttl_s).unwrap_or(0)
}

fn ask(context: &NativeCallContext, call: KvCall) -> Thrown<Dynamic> {
    match host_call(context, HostCall::Kv(call))? {
        HostAnswer::Value(value) => Ok(from_json(&value)),
        _ => wrong_answer(context, "kv"),
    }
}
