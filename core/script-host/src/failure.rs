//! What a native function raises: a capability's own failure, which a script may catch and look into, or a
//! plain message about a wrong argument.

use gatewright_domain::capabilities::CapabilityError;
use rhai::{Dynamic, EvalAltResult, ImmutableString, Module, NativeCallContext, Position};

/// What every native function answers.
pub type Thrown<T> = Result<T, Box<EvalAltResult>>;

/// A capability's failure as `catch (error)` sees it: `error.kind`, `error.message`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure(pub CapabilityError);

/// Raises a capability's failure. Uncaught, it is the fault [`FaultKind::Capability`].
///
/// [`FaultKind::Capability`]: gatewright_domain::flow::FaultKind::Capability
pub fn failed(error: CapabilityError) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(Failure(error)), Position::NONE))
}

/// Raises a message: what is wrong with an argument and what would be right.
pub fn refuse(why: impl Into<String>) -> Box<EvalAltResult> {
    Box::new(EvalAltResult::ErrorRuntime(Dynamic::from(why.into()), Position::NONE))
}

/// What was made, or why not with the place of the call: Rhai does not fill it in for functions of a namespace.
///
/// # Errors
/// The same as before.
pub fn placed<T>(context: &NativeCallContext, made: Thrown<T>) -> Thrown<T> {
    made.map_err(|mut error| {
        if error.position().is_none() {
            error.set_position(context.call_position());
        }
        error
    })
}

/// Puts what a script can do with a failure into `module`.
pub fn register(module: &mut Module) {
    module.set_custom_type::<Failure>("Failure");
    module.set_getter_fn("kind", |failure: &mut Failure| Ok(ImmutableString::from(kind(&failure.0))));
    module.set_getter_fn("message", |failure: &mut Failure| Ok(ImmutableString::from(failure.0.to_string())));
    for name in ["to_string", "print", "to_debug", "debug"] {
        module.set_native_fn(name, |failure: &mut Failure| Ok(ImmutableString::from(failure.0.to_string())));
    }
}

fn kind(error: &CapabilityError) -> &'static str {
    match error {
        CapabilityError::NotLent { .. } => "not_lent",
        CapabilityError::Invalid { .. } => "invalid",
        CapabilityError::Unreachable { .. } => "unreachable",
        CapabilityError::TooLarge { .. } => "too_large",
    }
}
