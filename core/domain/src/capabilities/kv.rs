//! `kv`: small values of a binding's own, with an age limit.

use crate::clock::Timestamp;
use crate::fault::Fault;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 256;
/// Largest value, in bytes of JSON.
pub const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Longest life of a value, in seconds (400 days).
pub const TTL_S_MAX: u64 = 400 * 24 * 3600;

/// What a hook asks of its store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kv", rename_all = "snake_case")]
pub enum KvCall {
    /// The value, or nothing.
    Get {
        /// Key.
        key: String,
    },
    /// Stores a value for `ttl_s` seconds.
    Put {
        /// Key.
        key: String,
        /// Value.
        value: Value,
        /// Life in seconds.
        ttl_s: u64,
    },
    /// Removes it.
    Delete {
        /// Key.
        key: String,
    },
    /// Adds to a whole number (0 where there is none) and answers the sum; atomic across nodes. The life
    /// is set when the number is made and not prolonged.
    Add {
        /// Key.
        key: String,
        /// What to add.
        by: i64,
        /// Life in seconds of a number made now.
        ttl_s: u64,
    },
}

/// The store behind `kv`, by namespace (one a binding).
#[async_trait]
pub trait KeyValue: Send + Sync {
    /// Does `call` in `namespace` at `now`; [`Value::Null`] where there is nothing to answer.
    ///
    /// # Errors
    /// A fault of the store. A number asked of what is none counts as 0.
    async fn call(&self, namespace: &str, call: &KvCall, now: Timestamp) -> Result<Value, Fault>;
}
