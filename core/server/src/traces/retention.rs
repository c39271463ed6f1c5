//! Traces that are too old or too many go, the oldest first.

use gatewright_domain::clock::Clock;
use gatewright_domain::store::{TRACES_REMOVED_MAX, TraceRetention, TraceStore};
use std::sync::Arc;
use std::time::Duration;

/// Time between two looks, in seconds; between two batches of one look, in milliseconds.
const LOOK_EVERY_S: u64 = 30;
const PAUSE_MS: u64 = 200;
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Keeps traces for so many days, and no more than so many bytes of them; never ends.
pub async fn keep_within(store: Arc<dyn TraceStore>, clock: Arc<dyn Clock>, days: u32, bytes_max: u64) {
    loop {
        let since_ms = clock.now_ms().saturating_sub(i64::from(days) * DAY_MS);
        let pause = match store.retain(TraceRetention { since_ms, bytes_max }).await {
            Ok(gone) if gone < TRACES_REMOVED_MAX as u64 => Duration::from_secs(LOOK_EVERY_S),
            Ok(_) => Duration::from_millis(PAUSE_MS),
            Err(fault) => {
                tracing::error!(%fault, "old traces could not be removed");
                Duration::from_secs(LOOK_EVERY_S)
            }
        };
        tokio::time::sleep(pause).await;
    }
}
