//! `users`: the directory of end-users.

use crate::failure::Thrown;
use crate::input::{user_map, whole};
use crate::secret::Secret;
use crate::slot::{host_call, wrong_answer};
use gatewright_domain::capabilities::users::UserKey;
use gatewright_domain::flow::{HostAnswer, HostCall, UsersCall};
use gatewright_domain::identifiers::Subject;
use rhai::{Dynamic, ImmutableString, Module, NativeCallContext};

/// `users::find(username)`, `users::by_subject(subject)`, `users::verify_password(username, secret)`: each answers
/// a user or `()`. `users::wait_s(username)`: seconds until the next try counts.
pub fn module() -> Module {
    let mut module = Module::new();
    module.set_native_fn("find", |context: NativeCallContext, username: ImmutableString| {
        ask(&context, UsersCall::Find(UserKey::Username(username.to_string())))
    });
    module.set_native_fn("by_subject", |context: NativeCallContext, subject: ImmutableString| {
        match Subject::parse(subject.as_str()) {
            Ok(subject) => ask(&context, UsersCall::Find(UserKey::Subject(subject))),
            // What is no subject is nobody's.
            Err(_) => Ok(Dynamic::UNIT),
        }
    });
    module.set_native_fn(
        "verify_password",
        |context: NativeCallContext, username: ImmutableString, password: Secret| {
            let call = UsersCall::VerifyPassword { username: username.to_string(), password: password.0 };
            ask(&context, call)
        },
    );
    module.set_native_fn("wait_s", |context: NativeCallContext, username: ImmutableString| {
        match host_call(&context, HostCall::Users(UsersCall::WaitS { username: username.to_string() }))? {
            HostAnswer::Count(seconds) => Ok(whole(seconds)),
            _ => wrong_answer(&context, "users::wait_s"),
        }
    });
    module
}

fn ask(context: &NativeCallContext, call: UsersCall) -> Thrown<Dynamic> {
    match host_call(context, HostCall::Users(call))? {
        HostAnswer::User(user) => Ok(user.map_or(Dynamic::UNIT, |user| user_map(&user))),
        _ => wrong_answer(context, "users"),
    }
}
