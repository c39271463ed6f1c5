//! Values of the binding's own, kept by the server for some time. No other binding sees them.

use crate::failure::Failure;
use crate::host;
use crate::value::{Value, from_wire, to_wire};

/// The value at `key`.
///
/// # Errors
/// Not lent, or no key.
pub fn get(key: &str) -> Result<Option<Value>, Failure> {
    Ok(host::kv::get(key)?.map(from_wire))
}

/// Stores `value` at `key` for so many seconds.
///
/// # Errors
/// Not lent, or over a limit of the server.
pub fn put(key: &str, value: impl Into<Value>, ttl_s: u64) -> Result<(), Failure> {
    host::kv::put(key, &to_wire(&value.into()), ttl_s)
}

/// Forgets the value at `key`.
///
/// # Errors
/// Not lent, or no key.
pub fn delete(key: &str) -> Result<(), Failure> {
    host::kv::delete(key)
}

/// Adds to the number at `key`, which begins at 0 and lives so many seconds, and answers the sum: exact, however many
/// add at once.
///
/// # Errors
/// Not lent, over a limit of the server, or the value is no number.
pub fn add(key: &str, by: i64, ttl_s: u64) -> Result<i64, Failure> {
    host::kv::add(key, by, ttl_s)
}
