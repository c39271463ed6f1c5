//! An SQLite connection that reads. It sees what was committed before its statement began, whatever the
//! writer does beside it.

use super::{Queue, next};
use crate::connection::AnyConnection;

/// Runs jobs until the queue is closed.
pub(super) fn serve(mut connection: AnyConnection, queue: &Queue) {
    while let Some(mut job) = next(queue) {
        let end = job.run(&mut connection);
        job.answer(end);
    }
}
