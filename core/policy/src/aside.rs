//! Work that takes long and that no request waits for: compiling a bundle, running its tests.
//!
//! Each piece has a thread of its own that gives way to all others. Plugins are compiled on as many threads as the
//! machine has cores; those are begun by the first such thread and inherit its priority. So a policy that is made ready
//! takes what requests leave over.

use rustix::process::nice;
use tokio::sync::oneshot;

/// How much the threads give way, on the scale of `nice`: to a tenth of what a thread that answers requests gets, where
/// both want a core.
pub const GIVES_WAY: i32 = 10;

/// The work did not end: it panicked, or no thread could be begun.
#[derive(Debug, thiserror::Error)]
#[error("its thread ended before the work did")]
pub(crate) struct BrokeOff;

/// Does `work` on a thread that gives way. It goes on when nobody waits for it any more.
pub(crate) async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, BrokeOff> {
    let (tell, told) = oneshot::channel();
    let thread = std::thread::Builder::new().name("policy-aside".to_owned()).spawn(move || {
        if let Err(error) = nice(GIVES_WAY) {
            tracing::debug!(%error, "a policy is made ready at the priority of requests");
        }
        // Nobody may be left to be told.
        let _ = tell.send(work());
    });
    if let Err(error) = thread {
        tracing::error!(%error, "no thread could be begun to make a policy ready");
        return Err(BrokeOff);
    }
    told.await.map_err(|_| BrokeOff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::getpriority_process;

    #[tokio::test]
    async fn the_work_gives_way_and_nothing_else_does() {
        let ours = getpriority_process(None).unwrap();
        let theirs = aside(|| getpriority_process(None).unwrap()).await.unwrap();
        assert_eq!(theirs, (ours + GIVES_WAY).min(19));
        assert_eq!(getpriority_process(None).unwrap(), ours);
    }

    #[tokio::test]
    async fn work_that_panics_is_said_to_have_broken_off() {
        let broken: Result<(), BrokeOff> = aside(|| panic!("on purpose")).await;
        assert_eq!(broken.unwrap_err().to_string(), "its thread ended before the work did");
    }
}
