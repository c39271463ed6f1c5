//! Values of bindings in memory.

use super::Memory;
use async_trait::async_trait;
use gatewright_domain::capabilities::kv::{KeyValue, KvCall};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::fault::Fault;
use serde_json::Value;

#[async_trait]
impl KeyValue for Memory {
    async fn call(&self, namespace: &str, call: &KvCall, now: Timestamp) -> Result<Value, Fault> {
        let mut tables = self.tables();
        let place = |key: &str| (namespace.to_owned(), key.to_owned());
        let alive = |entry: &&mut (Value, Timestamp)| now < entry.1;
        Ok(match call {
            KvCall::Get { key } => {
                tables.kv.get_mut(&place(key)).filter(alive).map_or(Value::Null, |(value, _)| value.clone())
            }
            KvCall::Put { key, value, ttl_s } => {
                tables.kv.insert(place(key), (value.clone(), now.plus(*ttl_s)));
                Value::Null
            }
            KvCall::Delete { key } => {
                tables.kv.remove(&place(key));
                Value::Null
            }
            KvCall::Add { key, by, ttl_s } => {
                let there = tables.kv.get_mut(&place(key)).filter(alive);
                let number = there.and_then(|(value, _)| Some((value.as_i64()?, value)));
                match number {
                    Some((before, value)) => {
                        *value = before.saturating_add(*by).into();
                        value.clone()
                    }
                    None => {
                        tables.kv.insert(place(key), ((*by).into(), now.plus(*ttl_s)));
                        (*by).into()
                    }
                }
            }
        })
    }
}
