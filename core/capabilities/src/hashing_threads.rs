//! Operating-system threads that do slow work and nothing else, behind a queue that does not grow without end: a flood of
//! sign-ins must cost the flood its answers, not the server its memory.

use argon2::Block;
use gatewright_domain::fault::Fault;
use std::io;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

const PLACE: &str = "capabilities.passwords";

type Job = Box<dyn FnOnce(&mut Workspace) + Send>;

/// How long memory is kept for the next job, so that a busy server does not ask the system for it each time, and an idle
/// one does not hold it.
const KEPT: Duration = Duration::from_secs(2);
/// What is reserved at least, in blocks of 1 KiB; only what a job uses is really taken. C libraries give memory back to the
/// system at once only when it was asked for in pieces as large as this.
const RESERVED_BLOCKS_MIN: usize = 40 * 1024;

/// The memory that argon2 fills.
#[derive(Default)]
pub(crate) struct Workspace {
    blocks: Vec<Block>,
}

impl Workspace {
    /// At least `count` blocks of 1 KiB; what they hold is left over.
    pub fn blocks(&mut self, count: usize) -> &mut [Block] {
        if self.blocks.len() < count {
            if self.blocks.capacity() < count {
                self.blocks = Vec::with_capacity(count.max(RESERVED_BLOCKS_MIN));
            }
            self.blocks.resize(count, Block::default());
        }
        &mut self.blocks[..count]
    }

    /// Gives back what a job took beyond `count` blocks.
    pub fn shrink(&mut self, count: usize) {
        if self.blocks.len() > count {
            self.blocks = Vec::new();
        }
    }
}

/// What the threads share.
struct Shared {
    jobs: Mutex<Receiver<Job>>,
    /// Workspaces that no job uses.
    idle: Mutex<Vec<Workspace>>,
    /// Jobs under way.
    busy: AtomicUsize,
}

/// The threads. They end when this is dropped, after the jobs they are at.
pub(crate) struct HashingThreads {
    queue: SyncSender<Job>,
}

impl HashingThreads {
    /// `threads` threads that share a queue of at most `queued_max` waiting jobs.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start(threads: NonZero<usize>, queued_max: usize) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(queued_max);
        let shared = Arc::new(Shared { jobs: Mutex::new(jobs), idle: Mutex::default(), busy: AtomicUsize::new(0) });
        for number in 0..threads.get() {
            let shared = shared.clone();
            std::thread::Builder::new().name(format!("password-{number}")).spawn(move || shared.work())?;
        }
        Ok(Self { queue })
    }

    /// Does `work` on one of the threads. When the caller stops waiting before its turn comes, it is not done at all.
    ///
    /// # Errors
    /// A fault when the queue is full (busy), or the threads have stopped.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Workspace) -> T + Send + 'static,
    ) -> Result<T, Fault> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |workspace| {
            if !answer.is_closed() {
                // A caller that left meanwhile wants no answer.
                let _ = answer.send(work(workspace));
            }
        });
        self.queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => Fault::new(PLACE, "busy: too many passwords wait to be hashed"),
            TrySendError::Disconnected(_) => Fault::new(PLACE, "the hashing threads have stopped"),
        })?;
        answered.await.map_err(|_| Fault::new(PLACE, "the hashing threads have stopped"))
    }
}

impl Shared {
    fn work(&self) {
        while let Some(job) = self.next() {
            let mut workspace = self.idle().pop().unwrap_or_default();
            job(&mut workspace);
            self.idle().push(workspace);
            self.busy.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The next job; none when there will be no more. One thread waits for it, the others for their turn to wait.
    fn next(&self) -> Option<Job> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let holds_memory = self.busy.load(Ordering::Relaxed) > 0 || !self.idle().is_empty();
            let next = if holds_memory {
                jobs.recv_timeout(KEPT)
            } else {
                jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            };
            match next {
                Ok(job) => {
                    self.busy.fetch_add(1, Ordering::Relaxed);
                    return Some(job);
                }
                Err(RecvTimeoutError::Timeout) => self.idle().clear(),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Workspace>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn threads(count: usize, queued_max: usize) -> HashingThreads {
        HashingThreads::start(NonZero::new(count).unwrap(), queued_max).unwrap()
    }

    #[tokio::test]
    async fn jobs_are_done_and_answered() {
        let threads = threads(2, 8);
        let answers = tokio::join!(threads.run(|_| 1), threads.run(|_| 2), threads.run(|_| 3));
        assert_eq!((answers.0.unwrap(), answers.1.unwrap(), answers.2.unwrap()), (1, 2, 3));
    }

    #[tokio::test]
    async fn a_full_queue_answers_busy_at_once() {
        let threads = Arc::new(threads(1, 2));
        let (release, held) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        let occupied = threads.clone();
        let first = tokio::spawn(async move {
            let occupy = move |_: &mut Workspace| {
                begun.send(()).unwrap();
                held.recv().unwrap();
            };
            occupied.run(occupy).await
        });
        has_begun.await.unwrap();
        let waiting: Vec<_> = (0..2)
            .map(|_| {
                let threads = threads.clone();
                tokio::spawn(async move { threads.run(|_| ()).await })
            })
            .collect();
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        let refused = threads.run(|_| ()).await.unwrap_err();
        assert!(refused.to_string().contains("busy"), "{refused}");
        release.send(()).unwrap();
        first.await.unwrap().unwrap();
        for waited in waiting {
            waited.await.unwrap().unwrap();
        }
        assert!(threads.run(|_| ()).await.is_ok(), "room again");
    }

    #[tokio::test]
    async fn work_nobody_waits_for_is_not_done() {
        let threads = threads(1, 8);
        let (release, held) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        let occupy = threads.run(move |_| {
            begun.send(()).unwrap();
            held.recv().unwrap();
        });
        let done = Arc::new(AtomicUsize::new(0));
        let counted = done.clone();
        let left = async {
            has_begun.await.unwrap();
            let abandoned = threads.run(move |_| counted.fetch_add(1, Ordering::SeqCst));
            let gone = tokio::time::timeout(std::time::Duration::from_millis(20), abandoned).await;
            assert!(gone.is_err(), "it was still waiting");
            release.send(()).unwrap();
        };
        let (occupied, ()) = tokio::join!(occupy, left);
        occupied.unwrap();
        threads.run(|_| ()).await.unwrap();
        assert_eq!(done.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn memory_taken_by_a_larger_job_is_given_back() {
        let threads = threads(1, 1);
        let sizes = threads.run(|workspace| {
            let taken = workspace.blocks(100).len();
            workspace.shrink(8);
            (taken, workspace.blocks.capacity(), workspace.blocks(4).len())
        });
        assert_eq!(sizes.await.unwrap(), (100, 0, 4));
    }

    #[tokio::test]
    async fn memory_is_kept_from_job_to_job_and_given_back_by_idle_threads() {
        // One alone: of two, either may take the next job.
        let threads = threads(1, 8);
        threads.run(|workspace| workspace.blocks(100).len()).await.unwrap();
        let kept = threads.run(|workspace| workspace.blocks.len()).await.unwrap();
        assert_eq!(kept, 100);
        tokio::time::sleep(KEPT + KEPT / 2).await;
        let after_a_pause = threads.run(|workspace| workspace.blocks.len()).await.unwrap();
        assert_eq!(after_a_pause, 0);
    }
}
