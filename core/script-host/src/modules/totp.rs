//! `totp`: authenticator apps (RFC 6238).

use super::answers::{factor, name};
use crate::failure::placed;
use crate::secret::Secret;
use crate::subject::subject_of;
use gatewright_domain::capabilities::totp::TotpCall;
use gatewright_domain::flow::HostCall;
use gatewright_domain::identifiers::FactorId;
use rhai::{Dynamic, ImmutableString, Module, NativeCallContext};

/// `totp::begin(user)`, `totp::confirm(enrolment, label, code)`, `totp::verify(user, code)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("begin", |context: NativeCallContext, user: Dynamic| {
        let subject = placed(&context, subject_of("totp::begin", &user))?;
        name(&context, HostCall::Totp(TotpCall::Begin { subject }), "totp::begin")
    });
    module.set_native_fn(
        "confirm",
        |context: NativeCallContext, enrolment: ImmutableString, label: ImmutableString, code: Secret| {
            match FactorId::parse(enrolment.as_str()) {
                Ok(enrolment) => {
                    let call = TotpCall::Confirm { enrolment, label: label.to_string(), code: code.0 };
                    factor(&context, HostCall::Totp(call), "totp::confirm")
                }
                Err(_) => Ok(Dynamic::UNIT),
            }
        },
    );
    module.set_native_fn("verify", |context: NativeCallContext, user: Dynamic, code: Secret| {
        let subject = placed(&context, subject_of("totp::verify", &user))?;
        factor(&context, HostCall::Totp(TotpCall::Verify { subject, code: code.0 }), "totp::verify")
    });
    module
}
