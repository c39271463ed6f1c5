//! The time: the server's, and the same when the plugin runs again. Always lent.

use crate::host;

/// Milliseconds since 1970.
pub fn now_ms() -> i64 {
    host::clock::now_ms()
}

/// Seconds since 1970.
pub fn now() -> i64 {
    now_ms().div_euclid(1000)
}
