//! `kv`: small values of the binding's own.

use super::{Answered, invalid};
use crate::bindings::gatewright::plugin::kv::Host;
use crate::bindings::gatewright::plugin::types::Value;
use crate::turn::Turn;
use crate::value::{to_json, to_typed};
use gatewright_domain::capabilities::kv::KvCall;
use gatewright_domain::flow::{HostAnswer, HostCall};

impl Host for Turn {
    fn get(&mut self, key: String) -> Answered<Option<Value>> {
        self.keep(KvCall::Get { key }, |value| Some((!value.is_null()).then(|| to_typed(value))))
    }

    fn put(&mut self, key: String, value: Value, ttl_s: u64) -> Answered<()> {
        match to_json(value) {
            Ok(value) => self.keep(KvCall::Put { key, value, ttl_s }, |_| Some(())),
            Err(why) => invalid(format!("this cannot be stored: {why}")),
        }
    }

    fn delete(&mut self, key: String) -> Answered<()> {
        self.keep(KvCall::Delete { key }, |_| Some(()))
    }

    fn add(&mut self, key: String, by: i64, ttl_s: u64) -> Answered<i64> {
        self.keep(KvCall::Add { key, by, ttl_s }, serde_json::Value::as_i64)
    }
}

impl Turn {
    fn keep<T>(&mut self, call: KvCall, read: impl FnOnce(&serde_json::Value) -> Option<T>) -> Answered<T> {
        self.ask("kv", HostCall::Kv(call), |_, answer| match answer {
            HostAnswer::Value(value) => read(&value),
            _ => None,
        })
    }
}
