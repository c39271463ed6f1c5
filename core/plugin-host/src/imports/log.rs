//! `log`: lines in the server's log.

use crate::bindings::gatewright::plugin::log::{Host, Level};
use crate::turn::Turn;
use gatewright_domain::flow::{HostAnswer, HostCall, LOG_CHARS_MAX, LogLevel};
use wasmtime::Result;

impl Host for Turn {
    fn write(&mut self, level: Level, message: String) -> Result<()> {
        if let Err(error) = self.lent("log") {
            return Err(self.failed(error));
        }
        let level = match level {
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
        };
        let message = message.chars().take(LOG_CHARS_MAX).collect();
        match self.meet(HostCall::Log { level, message })? {
            HostAnswer::Done => Ok(()),
            HostAnswer::Failed(error) => Err(self.failed(error)),
            _ => Err(self.wrong_answer("log")),
        }
    }
}
