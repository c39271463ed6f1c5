//! `clock`: the time, the same on every replay.

use crate::bindings::gatewright::plugin::clock::Host;
use crate::turn::Turn;
use gatewright_domain::flow::{HostAnswer, HostCall};
use wasmtime::Result;

impl Host for Turn {
    fn now_ms(&mut self) -> Result<i64> {
        match self.meet(HostCall::Now)? {
            HostAnswer::Time(now_ms) => Ok(now_ms),
            _ => Err(self.wrong_answer("clock")),
        }
    }
}
