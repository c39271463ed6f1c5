//! Calls whose answers several capabilities share.

use crate::failure::Thrown;
use crate::slot::{host_call, wrong_answer};
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{Dynamic, ImmutableString, NativeCallContext};

/// A call that answers a name.
///
/// # Errors
/// Of the capability.
pub fn name(context: &NativeCallContext, call: HostCall, function: &str) -> Thrown<ImmutableString> {
    match host_call(context, call)? {
        HostAnswer::Name(name) => Ok(name.into()),
        _ => wrong_answer(context, function),
    }
}

/// A call that answers a factor's id or nothing.
///
/// # Errors
/// Of the capability.
pub fn factor(context: &NativeCallContext, call: HostCall, function: &str) -> Thrown<Dynamic> {
    match host_call(context, call)? {
        HostAnswer::Factor(factor) => Ok(factor.map_or(Dynamic::UNIT, |factor| factor.as_str().into())),
        _ => wrong_answer(context, function),
    }
}

/// A call that answers whether something holds.
///
/// # Errors
/// Of the capability.
pub fn holds(context: &NativeCallContext, call: HostCall, function: &str) -> Thrown<bool> {
    match host_call(context, call)? {
        HostAnswer::Holds(holds) => Ok(holds),
        _ => wrong_answer(context, function),
    }
}
