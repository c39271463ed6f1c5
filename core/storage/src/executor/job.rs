//! A unit of work on its way to a connection, and its answer on the way back.

use crate::abort::Abort;
use crate::connection::AnyConnection;
use gatewright_domain::fault::Fault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::oneshot;

/// What a job does, which decides how it may be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Reads, in one statement.
    Read,
    /// Writes in one statement, which is a transaction by itself. It bears to be run twice: a second run
    /// finds its predicate false or its key taken.
    Statement,
    /// Writes in several statements.
    Transaction,
}

/// A job without its types.
pub(crate) trait Job: Send {
    /// What it does.
    fn kind(&self) -> Kind;

    /// Does it and keeps the result. May be called again after its effects were undone.
    fn run(&mut self, connection: &mut AnyConnection) -> Result<(), Abort>;

    /// Tells the caller: the result that was kept, or why what led to it is undone.
    fn answer(self: Box<Self>, end: Result<(), Abort>);
}

/// A job with its types.
pub(crate) struct Work<F, R> {
    pub(crate) kind: Kind,
    pub(crate) place: &'static str,
    pub(crate) work: F,
    pub(crate) result: Option<R>,
    pub(crate) caller: oneshot::Sender<Result<R, Fault>>,
}

impl<F, R> Job for Work<F, R>
where
    F: FnMut(&mut AnyConnection) -> Result<R, Abort> + Send,
    R: Send,
{
    fn kind(&self) -> Kind {
        self.kind
    }

    fn run(&mut self, connection: &mut AnyConnection) -> Result<(), Abort> {
        self.result = None;
        // A panic is a mistake in one job; it must not end the thread that others wait for.
        match catch_unwind(AssertUnwindSafe(|| (self.work)(connection))) {
            Ok(outcome) => outcome.map(|result| self.result = Some(result)),
            Err(_) => Err(Fault::new(self.place, "the transaction panicked; it is undone").into()),
        }
    }

    fn answer(self: Box<Self>, end: Result<(), Abort>) {
        let answer = match (end, self.result) {
            (Ok(()), Some(result)) => Ok(result),
            (Ok(()), None) => Err(Fault::new(self.place, "the transaction ended without a result")),
            (Err(abort), _) => Err(abort.into_fault(self.place)),
        };
        // A caller that has gone away (a closed connection) wants no answer; what is committed stays.
        let _gone = self.caller.send(answer);
    }
}
