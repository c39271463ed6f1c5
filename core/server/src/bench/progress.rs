//! One line a second about a load that runs, on a terminal.

use super::load::{Extent, Load};
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

const INTERVAL: Duration = Duration::from_secs(1);

/// Goes back to the line's beginning and clears it.
const CLEAR: &str = "\r\x1b[K";

/// The line about one load; it goes away when this is dropped.
pub(super) struct Progress(Option<JoinHandle<()>>);

impl Progress {
    /// Shows how `load` gets on, if standard error is a terminal.
    pub(super) fn show(label: String, load: &Arc<Load>) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let load = Arc::clone(load);
        Self(Some(tokio::spawn(async move {
            let (mut ticks, mut before) = (tokio::time::interval(INTERVAL), 0);
            loop {
                ticks.tick().await;
                let (operations, failed) = {
                    let tally = load.tally();
                    (tally.operations, tally.failed())
                };
                let line = line(&label, &load, (operations, failed), operations - before);
                before = operations;
                write(&format!("{CLEAR}{line}"));
            }
        })))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(task) = self.0.take() {
            task.abort();
            write(CLEAR);
        }
    }
}

fn line(label: &str, load: &Load, (operations, failed): (u64, u64), last_second: u64) -> String {
    let mut line = format!("{label}: {operations} operations");
    // Writing to a string cannot fail.
    let _ = match load.extent {
        Extent::Operations(all) => write!(line, " of {all}"),
        Extent::For(time) => {
            write!(line, ", {:.0} s of {:.0}", load.started.elapsed().as_secs_f64(), time.as_secs_f64())
        }
    };
    let _ = write!(line, ", {last_second}/s, {failed} errors");
    line
}

/// A terminal that has gone away is no reason to stop measuring.
fn write(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_the_load_is() {
        let by_count = line("seeding", &Load::new(Extent::Operations(50)), (20, 1), 7);
        assert_eq!(by_count, "seeding: 20 operations of 50, 7/s, 1 errors");
        let by_time = line("refresh", &Load::new(Extent::For(Duration::from_secs(10))), (20, 0), 7);
        assert_eq!(by_time, "refresh: 20 operations, 0 s of 10, 7/s, 0 errors");
    }
}
