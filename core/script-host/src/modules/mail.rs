//! `mail`: messages to end-users, at the address of their `email` claim.

use super::answers::{holds, name};
use crate::failure::{Thrown, placed};
use crate::secret::Secret;
use crate::slot::{host_call, wrong_answer};
use crate::subject::subject_of;
use gatewright_domain::capabilities::mail::{MailCall, Message};
use gatewright_domain::flow::{HostAnswer, HostCall};
use gatewright_domain::identifiers::Subject;
use rhai::{Dynamic, ImmutableString, Module, NativeCallContext};

/// `mail::send(user, title, text)`, `mail::send_code(user, title, text)`, `mail::verify_code(challenge, code)`.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn(
        "send",
        |context: NativeCallContext, user: Dynamic, title: ImmutableString, text: ImmutableString| {
            let (subject, message) = letter(&context, "mail::send", &user, (title, text))?;
            match host_call(&context, HostCall::Mail(MailCall::Send { subject, message }))? {
                HostAnswer::Done => Ok(()),
                _ => wrong_answer(&context, "mail::send"),
            }
        },
    );
    module.set_native_fn(
        "send_code",
        |context: NativeCallContext, user: Dynamic, title: ImmutableString, text: ImmutableString| {
            let (subject, message) = letter(&context, "mail::send_code", &user, (title, text))?;
            name(&context, HostCall::Mail(MailCall::SendCode { subject, message }), "mail::send_code")
        },
    );
    module.set_native_fn("verify_code", |context: NativeCallContext, challenge: ImmutableString, code: Secret| {
        let call = MailCall::VerifyCode { challenge: challenge.to_string(), code: code.0 };
        holds(&context, HostCall::Mail(call), "mail::verify_code")
    });
    module
}

fn letter(
    context: &NativeCallContext,
    function: &str,
    user: &Dynamic,
    (title, text): (ImmutableString, ImmutableString),
) -> Thrown<(Subject, Message)> {
    let subject = placed(context, subject_of(function, user))?;
    Ok((subject, Message { title: title.to_string(), text: text.to_string() }))
}
