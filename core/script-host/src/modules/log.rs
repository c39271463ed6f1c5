//! `log`: lines in the server's log.

use crate::failure::{Thrown, placed, refuse};
use crate::secret::is_secret;
use crate::slot::host_call;
use crate::values::{describe, to_json};
use gatewright_domain::flow::{HostCall, LogLevel};
use rhai::{Dynamic, Module, NativeCallContext};

/// `log::debug`, `log::info`, `log::warn`.
pub fn module() -> Module {
    let mut module = Module::new();
    for (name, level) in [("debug", LogLevel::Debug), ("info", LogLevel::Info), ("warn", LogLevel::Warn)] {
        module.set_native_fn(name, move |context: NativeCallContext, what: Dynamic| {
            let message = placed(&context, readable(&what))?;
            host_call(&context, HostCall::Log { level, message }).map(|_| ())
        });
    }
    module
}

fn readable(what: &Dynamic) -> Thrown<String> {
    if is_secret(what) {
        return Err(refuse("a Secret cannot be logged"));
    }
    if let Ok(text) = what.as_immutable_string_ref() {
        return Ok(text.to_string());
    }
    let json = to_json(what).map_err(|why| refuse(format!("{} cannot be logged: {why}", describe(what))))?;
    Ok(json.to_string())
}
