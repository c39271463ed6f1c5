//! What the commands that measure hooks share.

use super::table::plain;
use gatewright_domain::flow::{HookFault, Wait};
use gatewright_domain::hooks::Run;
use gatewright_domain::page::Page;
use hdrhistogram::Histogram;

/// Longest measurement of one hook, in seconds.
pub(super) const SECONDS_MAX: u64 = 600;
/// Calls before those that count: pages of memory are mapped, caches filled.
pub(super) const WARMING_UP: u32 = 50;
/// Longest call that is told from longer ones, in nanoseconds: more than `time_ms` allows.
const CALL_NS_MAX: u64 = 600_000_000_000;
/// What is said below figures of a build for debugging.
pub(super) const UNOPTIMIZED: &str =
    "This gatewright was built without optimization: what the host does takes many times its time.";

/// Nothing measured yet; in nanoseconds.
pub(super) fn times() -> Histogram<u64> {
    // The bounds are ours and right: low >= 1, high >= 2 * low, digits <= 5.
    Histogram::new_with_bounds(1, CALL_NS_MAX, 3).expect("the bounds are valid")
}

/// How a call ended, in words.
pub(super) fn end(ended: &Result<Run, HookFault>) -> String {
    match ended {
        Ok(Run::Decided(_)) => "decides".to_owned(),
        Ok(Run::Waiting(Wait::Page(Page::Form(form)))) => format!("asks \"{}\"", plain(&form.title)),
        Ok(Run::Waiting(Wait::Page(_))) => "asks".to_owned(),
        Ok(Run::Waiting(Wait::Visit(_))) => "visits".to_owned(),
        Err(fault) => format!("fails: {}", plain(&fault.kind.to_string())),
    }
}

/// Nanoseconds as microseconds with one digit.
#[allow(clippy::cast_precision_loss)] // A call is far shorter than 2^52 ns.
pub(super) fn microseconds(ns: u64) -> String {
    format!("{:.1}", ns as f64 / 1_000.0)
}
