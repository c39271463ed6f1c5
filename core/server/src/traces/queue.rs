//! The queue between requests and the store. A request never waits for it: what finds it full is left out, counted, and
//! said in the log once a minute.

use super::Exporter;
use crate::metrics::Metrics;
use gatewright_domain::store::TraceStore;
use gatewright_domain::trace::{TraceEntry, TraceSink};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// Most entries that wait to be written.
pub const QUEUE_ENTRIES_MAX: usize = 4_096;
/// Most entries that are written in one transaction.
pub const BATCH_ENTRIES_MAX: usize = 64;
/// Time between two lines in the log that say that entries were left out.
const TOLD_EVERY: Duration = Duration::from_secs(60);
/// Longest that a stopping server writes on.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// Where requests leave what is to be written.
pub struct TraceQueue {
    entries: mpsc::Sender<TraceEntry>,
    taken: Mutex<Option<mpsc::Receiver<TraceEntry>>>,
    left_out: Arc<LeftOut>,
}

/// Counts what could not be written.
struct LeftOut {
    metrics: Arc<Metrics>,
    untold: AtomicU64,
    told_at: Mutex<Option<Instant>>,
}

/// The writer, while it runs.
pub struct Writer {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl TraceSink for TraceQueue {
    fn write(&self, entry: TraceEntry) {
        if self.entries.try_send(entry).is_err() {
            self.left_out.add(1);
        }
    }
}

impl TraceQueue {
    /// An empty queue.
    pub fn new(metrics: Arc<Metrics>) -> Self {
        let (entries, taken) = mpsc::channel(QUEUE_ENTRIES_MAX);
        let left_out = LeftOut { metrics, untold: AtomicU64::new(0), told_at: Mutex::new(None) };
        Self { entries, taken: Mutex::new(Some(taken)), left_out: Arc::new(left_out) }
    }

    /// Begins to write what is in it; none when somebody does already.
    pub fn serve(&self, store: Arc<dyn TraceStore>, exporter: Option<Exporter>) -> Option<Writer> {
        let entries = self.taken.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (stop, stopped) = oneshot::channel();
        let serving = Serving { store, exporter, left_out: self.left_out.clone() };
        Some(Writer { stop, task: tokio::spawn(serving.run(entries, stopped)) })
    }
}

impl Writer {
    /// Writes what is in the queue, and ends.
    pub async fn finish(self) {
        // A task that is gone already has nothing to finish.
        let _ = self.stop.send(());
        if tokio::time::timeout(FINISH_WITHIN, self.task).await.is_err() {
            tracing::warn!("traces were left unwritten: the database took more than {} s", FINISH_WITHIN.as_secs());
        }
    }
}

struct Serving {
    store: Arc<dyn TraceStore>,
    exporter: Option<Exporter>,
    left_out: Arc<LeftOut>,
}

impl Serving {
    async fn run(self, mut entries: mpsc::Receiver<TraceEntry>, mut stopped: oneshot::Receiver<()>) {
        let mut batch = Vec::with_capacity(BATCH_ENTRIES_MAX);
        let mut stopping = false;
        loop {
            let taken = tokio::select! {
                biased;
                _ = &mut stopped, if !stopping => {
                    stopping = true;
                    entries.close();
                    continue;
                }
                taken = entries.recv_many(&mut batch, BATCH_ENTRIES_MAX) => taken,
            };
            if taken == 0 {
                return;
            }
            self.write(&batch).await;
            batch.clear();
        }
    }

    async fn write(&self, batch: &[TraceEntry]) {
        if let Err(fault) = self.store.append(batch).await {
            tracing::error!(%fault, entries = batch.len(), "traces could not be written");
            self.left_out.add(batch.len() as u64);
        }
        if let Some(exporter) = &self.exporter {
            exporter.take(batch);
        }
    }
}

impl LeftOut {
    fn add(&self, entries: u64) {
        self.metrics.traces_left_out(entries);
        self.untold.fetch_add(entries, Ordering::Relaxed);
        let mut told_at = self.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        if told_at.is_none_or(|told_at| told_at.elapsed() >= TOLD_EVERY) {
            *told_at = Some(Instant::now());
            let entries = self.untold.swap(0, Ordering::Relaxed);
            tracing::warn!(entries, "traces are left out: more come than can be written; lower trace.sample_per_mille");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_domain::identifiers::TraceId;

    fn entry(number: usize) -> TraceEntry {
        TraceEntry { trace: TraceId::parse(format!("t{number}")).unwrap(), head: None, steps: Vec::new() }
    }

    #[test]
    fn a_request_never_waits_and_what_finds_the_queue_full_is_counted() {
        let metrics = Arc::new(Metrics::new());
        let queue = TraceQueue::new(metrics.clone());
        (0..QUEUE_ENTRIES_MAX + 3).for_each(|number| queue.write(entry(number)));
        let text = metrics.encode();
        assert!(text.contains("gatewright_traces_left_out_total 3\n"), "{text}");
    }

    #[tokio::test]
    async fn what_is_in_the_queue_is_written_before_the_server_ends() {
        let kept = Arc::new(Kept::default());
        let queue = TraceQueue::new(Arc::new(Metrics::new()));
        let writer = queue.serve(kept.clone(), None).unwrap();
        assert!(queue.serve(kept.clone(), None).is_none(), "one writes");
        (0..3 * BATCH_ENTRIES_MAX).for_each(|number| queue.write(entry(number)));
        writer.finish().await;
        let sizes = kept.0.lock().unwrap().clone();
        assert_eq!(sizes.iter().sum::<usize>(), 3 * BATCH_ENTRIES_MAX);
        assert!(sizes.iter().all(|size| *size <= BATCH_ENTRIES_MAX), "{sizes:?}");
    }

    /// Remembers how many entries came at once.
    #[derive(Default)]
    struct Kept(Mutex<Vec<usize>>);

    #[async_trait::async_trait]
    impl TraceStore for Kept {
        async fn append(&self, entries: &[TraceEntry]) -> Result<(), gatewright_domain::fault::Fault> {
            self.0.lock().unwrap().push(entries.len());
            Ok(())
        }

        async fn find(
            &self,
            _id: &TraceId,
        ) -> Result<Option<gatewright_domain::store::Trace>, gatewright_domain::fault::Fault> {
            Ok(None)
        }

        async fn recordings(&self, _id: &TraceId) -> Result<Vec<String>, gatewright_domain::fault::Fault> {
            Ok(Vec::new())
        }

        async fn list(
            &self,
            _filter: &gatewright_domain::store::TraceFilter,
            _limit: usize,
        ) -> Result<Vec<gatewright_domain::trace::TraceHead>, gatewright_domain::fault::Fault> {
            Ok(Vec::new())
        }

        async fn retain(
            &self,
            _retention: gatewright_domain::store::TraceRetention,
        ) -> Result<u64, gatewright_domain::fault::Fault> {
            Ok(0)
        }
    }
}
