//! `log`: lines in the server's log. The interface has no answer for a line that is not lent: it is left out.

use crate::bindings::gatewright::plugin::log::{Host, Level};
use crate::turn::Turn;
use gatewright_domain::flow::{HostAnswer, HostCall, LOG_CHARS_MAX, LogLevel};
use wasmtime::Result;

impl Host for Turn {
    fn write(&mut self, level: Level, message: String) -> Result<()> {
        let message: String = message.chars().take(LOG_CHARS_MAX).collect();
        if matches!(level, Level::Warn) {
            self.warned(&message);
        }
        if self.lent("log").is_err() {
            return Ok(());
        }
        let level = match level {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
        };
        match self.meet(HostCall::Log { level, message })? {
            HostAnswer::Done => Ok(()),
            HostAnswer::Failed(error) => Err(self.failed(error)),
            _ => Err(self.wrong_answer("log")),
        }
    }
}
