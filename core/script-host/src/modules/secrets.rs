//! `secrets`: configured secrets by name, to be handed on.

use crate::failure::Thrown;
use crate::secret::{Bearer, Secret};
use crate::slot::{host_call, wrong_answer};
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{ImmutableString, Module, NativeCallContext};

/// `secrets::get(name)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("get", |context: NativeCallContext, name: ImmutableString| get(&context, &name));
    module
}

/// `bearer(secret)`: the value of an `Authorization` header (RFC 6750 2.1), put together by the host.
pub fn register_bearer(module: &mut Module) {
    module.set_native_fn("bearer", |secret: Secret| Ok(Bearer(secret.0)));
}

fn get(context: &NativeCallContext, name: &str) -> Thrown<Secret> {
    match host_call(context, HostCall::Secret { name: name.to_owned() })? {
        HostAnswer::Secret(secret) => Ok(Secret(secret)),
        _ => wrong_answer(context, "secrets::get"),
    }
}
