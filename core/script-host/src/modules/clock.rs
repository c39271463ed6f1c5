//! `clock`: the time, the same on every replay.

use crate::failure::Thrown;
use crate::slot::{host_call, wrong_answer};
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{Module, NativeCallContext};

/// `clock::now()` in seconds since 1970, `clock::now_ms()` in milliseconds.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("now", |context: NativeCallContext| Ok(now_ms(&context)?.div_euclid(1000)));
    module.set_native_fn("now_ms", |context: NativeCallContext| now_ms(&context));
    module
}

fn now_ms(context: &NativeCallContext) -> Thrown<i64> {
    match host_call(context, HostCall::Now)? {
        HostAnswer::Time(now_ms) => Ok(now_ms),
        _ => wrong_answer(context, "clock::now"),
    }
}
