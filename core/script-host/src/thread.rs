//! Which thread a run computes on.
//!
//! Its asker's, as a rule: a run takes microseconds, and some tens of milliseconds at most. A binding that was allowed
//! more could hold up everything else that its thread of the runtime has to do, and a few of them all threads. The runtime
//! is told of such a run, and has another thread go on with the rest.

use gatewright_domain::hooks::Limits;
use tokio::runtime::{Handle, RuntimeFlavor};

/// Computes here; with nothing else waiting for this thread where `limits` allow for more time than the default.
pub fn computing<T>(limits: &Limits, run: impl FnOnce() -> T) -> T {
    let may_take_long = limits.time_ms > Limits::default().time_ms;
    // On a runtime with one thread there is no other to go on.
    let has_others = || Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread);
    if may_take_long && has_others() { tokio::task::block_in_place(run) } else { run() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use std::time::Duration;

    const LONG: Limits = Limits { time_ms: 1_000, ..Limits::MAX };

    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn whoever_else_waits_for_the_thread_of_a_long_run_goes_on() {
        let (send, receive) = mpsc::channel();
        let long = tokio::spawn(async move { computing(&LONG, || receive.recv_timeout(Duration::from_secs(10))) });
        tokio::spawn(async move { send.send(()) });
        assert_eq!(long.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn a_runtime_with_one_thread_computes_all_the_same() {
        assert_eq!(computing(&LONG, || 7), 7);
    }

    #[test]
    fn so_does_a_thread_with_no_runtime() {
        assert_eq!(computing(&LONG, || 7), 7);
    }
}
