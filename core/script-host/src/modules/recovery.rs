//! `recovery`: codes for the day on which another factor is lost.

use super::answers::holds;
use crate::failure::placed;
use crate::input::whole;
use crate::secret::Secret;
use crate::slot::{host_call, wrong_answer};
use crate::subject::subject_of;
use gatewright_domain::capabilities::recovery::RecoveryCall;
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{Dynamic, Module, NativeCallContext};

/// `recovery::remaining(user)`, `recovery::verify(user, code)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("remaining", |context: NativeCallContext, user: Dynamic| {
        let subject = placed(&context, subject_of("recovery::remaining", &user))?;
        match host_call(&context, HostCall::Recovery(RecoveryCall::Remaining { subject }))? {
            HostAnswer::Count(left) => Ok(whole(left)),
            _ => wrong_answer(&context, "recovery::remaining"),
        }
    });
    module.set_native_fn("verify", |context: NativeCallContext, user: Dynamic, code: Secret| {
        let subject = placed(&context, subject_of("recovery::verify", &user))?;
        let call = RecoveryCall::Verify { subject, code: code.0 };
        holds(&context, HostCall::Recovery(call), "recovery::verify")
    });
    module
}
