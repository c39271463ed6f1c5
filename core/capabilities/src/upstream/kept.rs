//! What was fetched of another provider, or that it could not be.

use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::clock::{Clock, Timestamp};

/// How long after a failure nobody fetches again, in seconds: all who ask meanwhile are answered with it at once, so that a
/// provider that is down holds nobody up for longer than its time.
pub(super) const RETRY_S: u64 = 5;

/// A document and when it came; the failure of the last fetch and when it ended.
pub(super) struct Kept<T> {
    document: Option<(T, Timestamp)>,
    failure: Option<(CapabilityError, Timestamp)>,
}

impl<T> Default for Kept<T> {
    fn default() -> Self {
        Self { document: None, failure: None }
    }
}

impl<T> Kept<T> {
    /// The document, and its age in seconds, where that is less than `kept_s`.
    pub fn since(&self, kept_s: u64, now: Timestamp) -> Option<(&T, u64)> {
        let (document, at) = self.document.as_ref()?;
        Some((document, now.since(*at))).filter(|(_, age_s)| *age_s < kept_s)
    }

    /// Fetches it anew, unless that failed a moment ago. What is there stays where this fails.
    ///
    /// # Errors
    /// The failure, or the one of a moment ago.
    pub async fn fetch(
        &mut self,
        clock: &dyn Clock,
        fetched: impl Future<Output = Result<T, CapabilityError>>,
    ) -> Result<&T, CapabilityError> {
        let begun = clock.now();
        // A clock that was set back remembers nothing.
        let recent = |at: Timestamp| at <= begun && begun.since(at) < RETRY_S;
        if let Some((failure, _)) = self.failure.as_ref().filter(|(_, at)| recent(*at)) {
            return Err(failure.clone());
        }
        match fetched.await {
            Ok(document) => {
                self.failure = None;
                Ok(&self.document.insert((document, begun)).0)
            }
            Err(failure) => {
                // From its end: a fetch that ran into its time limit began as long ago as failures are remembered.
                self.failure = Some((failure.clone(), clock.now()));
                Err(failure)
            }
        }
    }
}
