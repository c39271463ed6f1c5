//! `users`: the directory of end-users.

use super::Answered;
use crate::bindings::gatewright::plugin::types::{Secret, User};
use crate::bindings::gatewright::plugin::users::Host;
use crate::exports::user;
use crate::turn::Turn;
use gatewright_domain::capabilities::users::UserKey;
use gatewright_domain::flow::{HostAnswer, HostCall, UsersCall};
use gatewright_domain::identifiers::Subject;

impl Host for Turn {
    fn find_by_subject(&mut self, subject: String) -> Answered<Option<User>> {
        match (self.lent("users"), Subject::parse(subject)) {
            (Ok(()), Ok(subject)) => self.found(UsersCall::Find(UserKey::Subject(subject))),
            // What is no subject is nobody's.
            (Ok(()), Err(_)) => Ok(Ok(None)),
            (Err(error), _) => Ok(Err(error.into())),
        }
    }

    fn find_by_username(&mut self, username: String) -> Answered<Option<User>> {
        self.found(UsersCall::Find(UserKey::Username(username)))
    }

    fn verify_password(&mut self, username: String, password: Secret) -> Answered<Option<User>> {
        match (self.lent("users"), self.secret(password)) {
            (Ok(()), Ok(password)) => self.found(UsersCall::VerifyPassword { username, password }),
            (Ok(()), Err(failure)) => Ok(Err(failure)),
            (Err(error), _) => Ok(Err(error.into())),
        }
    }

    fn wait_s(&mut self, username: String) -> Answered<u64> {
        self.ask("users", HostCall::Users(UsersCall::WaitS { username }), |_, answer| match answer {
            HostAnswer::Count(seconds) => Some(seconds),
            _ => None,
        })
    }
}

impl Turn {
    fn found(&mut self, call: UsersCall) -> Answered<Option<User>> {
        self.ask("users", HostCall::Users(call), |_, answer| match answer {
            HostAnswer::User(found) => Some(found.as_ref().map(user)),
            _ => None,
        })
    }
}
