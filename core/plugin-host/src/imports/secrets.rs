//! `secrets`: configured secrets by name, to be handed on.

use super::Answered;
use crate::bindings::gatewright::plugin::secrets::Host;
use crate::bindings::gatewright::plugin::types::Secret;
use crate::turn::Turn;
use gatewright_domain::flow::{HostAnswer, HostCall};

impl Host for Turn {
    fn get(&mut self, name: String) -> Answered<Secret> {
        self.ask("secrets", HostCall::Secret { name }, |turn, answer| match answer {
            HostAnswer::Secret(secret) => Some(turn.hold(secret)),
            _ => None,
        })
    }
}
