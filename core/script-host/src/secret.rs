//! Secrets as a script holds them: by reference, to be handed on to host functions and nothing else. They
//! print as `Secret(…)`; comparing or joining one is an error that says so.

use crate::failure::{Thrown, refuse};
use gatewright_domain::flow::SecretRef;
use rhai::{Dynamic, ImmutableString, Module};

/// What a secret looks like wherever it is printed.
pub const SHOWN: &str = "Secret(…)";

/// A typed or configured secret.
#[derive(Debug, Clone)]
pub struct Secret(pub SecretRef);

/// `Bearer ` and a secret, for a header.
#[derive(Debug, Clone)]
pub struct Bearer(pub SecretRef);

/// Whether a value is a secret or holds one at its top.
pub fn is_secret(value: &Dynamic) -> bool {
    value.is::<Secret>() || value.is::<Bearer>()
}

/// Puts what can be done with secrets, and what cannot, into `module`.
pub fn register(module: &mut Module) {
    module.set_custom_type::<Secret>("Secret");
    module.set_custom_type::<Bearer>("Secret");
    shows_as_dots::<Secret>(module);
    shows_as_dots::<Bearer>(module);
    cannot_be_read::<Secret>(module);
    cannot_be_read::<Bearer>(module);
}

fn shows_as_dots<S: Clone + Send + Sync + 'static>(module: &mut Module) {
    for name in ["to_string", "print", "to_debug", "debug"] {
        module.set_native_fn(name, |_: &mut S| Ok(ImmutableString::from(SHOWN)));
    }
}

fn cannot_be_read<S: Clone + Send + Sync + 'static>(module: &mut Module) {
    for name in ["==", "!=", "<", "<=", ">", ">="] {
        module.set_native_fn(name, |_: &mut S, _: S| no::<bool>("compared"));
        module.set_native_fn(name, |_: &mut S, _: Dynamic| no::<bool>("compared"));
        module.set_native_fn(name, |_: Dynamic, _: S| no::<bool>("compared"));
        module.set_native_fn(name, |_: ImmutableString, _: S| no::<bool>("compared"));
    }
    for name in ["+", "+="] {
        module.set_native_fn(name, |_: &mut S, _: S| no::<Dynamic>("joined to text"));
        module.set_native_fn(name, |_: &mut S, _: Dynamic| no::<Dynamic>("joined to text"));
        module.set_native_fn(name, |_: &mut S, _: ImmutableString| no::<Dynamic>("joined to text"));
        module.set_native_fn(name, |_: ImmutableString, _: S| no::<Dynamic>("joined to text"));
    }
    module.set_native_fn("len", |_: &mut S| no::<i64>("measured"));
    module.set_getter_fn("len", |_: &mut S| no::<i64>("measured"));
}

fn no<T>(what: &str) -> Thrown<T> {
    Err(refuse(format!("a Secret cannot be {what}; hand it to a host function such as users::verify_password")))
}
