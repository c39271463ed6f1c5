//! `webauthn`: passkeys and security keys (W3C Web Authentication).

use super::answers::{factor, name};
use crate::failure::{Thrown, placed};
use crate::secret::Secret;
use crate::slot::{host_call, wrong_answer};
use crate::subject::subject_of;
use gatewright_domain::capabilities::webauthn::{PasskeyVerified, WebauthnCall};
use gatewright_domain::flow::{HostAnswer, HostCall};
use rhai::{Dynamic, ImmutableString, Map, Module, NativeCallContext};

/// `webauthn::begin_registration(user)`, `webauthn::finish_registration(ceremony, label, response)`,
/// `webauthn::begin_authentication()`, `webauthn::begin_authentication(user)`,
/// `webauthn::finish_authentication(ceremony, response)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("begin_registration", |context: NativeCallContext, user: Dynamic| {
        let subject = placed(&context, subject_of("webauthn::begin_registration", &user))?;
        let call = HostCall::Webauthn(WebauthnCall::BeginRegistration { subject });
        name(&context, call, "webauthn::begin_registration")
    });
    module.set_native_fn(
        "finish_registration",
        |context: NativeCallContext, ceremony: ImmutableString, label: ImmutableString, response: Secret| {
            let (ceremony, label) = (ceremony.to_string(), label.to_string());
            let call = WebauthnCall::FinishRegistration { ceremony, label, response: response.0 };
            factor(&context, HostCall::Webauthn(call), "webauthn::finish_registration")
        },
    );
    module.set_native_fn("begin_authentication", |context: NativeCallContext| begin(&context, None));
    module.set_native_fn("begin_authentication", |context: NativeCallContext, user: Dynamic| {
        begin(&context, Some(&user))
    });
    module.set_native_fn(
        "finish_authentication",
        |context: NativeCallContext, ceremony: ImmutableString, response: Secret| {
            let call = WebauthnCall::FinishAuthentication { ceremony: ceremony.to_string(), response: response.0 };
            match host_call(&context, HostCall::Webauthn(call))? {
                HostAnswer::Passkey(verified) => Ok(verified.as_ref().map_or(Dynamic::UNIT, verified_map)),
                _ => wrong_answer(&context, "webauthn::finish_authentication"),
            }
        },
    );
    module
}

fn begin(context: &NativeCallContext, user: Option<&Dynamic>) -> Thrown<ImmutableString> {
    const FUNCTION: &str = "webauthn::begin_authentication";
    let subject = placed(context, user.map(|user| subject_of(FUNCTION, user)).transpose())?;
    name(context, HostCall::Webauthn(WebauthnCall::BeginAuthentication { subject }), FUNCTION)
}

fn verified_map(verified: &PasskeyVerified) -> Dynamic {
    let mut map = Map::new();
    map.insert("subject".into(), verified.subject.as_str().into());
    map.insert("factor".into(), verified.factor.as_str().into());
    map.insert("user_verified".into(), verified.user_verified.into());
    Dynamic::from_map(map)
}
