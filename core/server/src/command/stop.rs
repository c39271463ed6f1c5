//! When to stop: Ctrl-C, or SIGTERM from whoever looks after processes.

use super::error::CommandError;

/// Waits for either. The signals are taken when this is called, not when it is first awaited.
///
/// # Errors
/// When the system does not hand signals over.
#[cfg(unix)]
pub(super) fn asked() -> Result<impl Future<Output = ()> + Send + 'static, CommandError> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        tracing::info!("stopping: requests in flight are answered first");
    })
}

/// Waits for Ctrl-C.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub(super) fn asked() -> Result<impl Future<Output = ()> + Send + 'static, CommandError> {
    Ok(async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be waited for");
            std::future::pending::<()>().await;
        }
    })
}
