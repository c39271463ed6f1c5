//! A hook's log lines: clean, short, told once.

use crate::runs::{Bench, Ended};
use gatewright_domain::flow::{HostAnswer, HostCall, LOG_CHARS_MAX, LogLevel};
use std::fmt;
use std::sync::{Arc, Mutex};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<(Level, String)>>>);

impl Subscriber for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }
    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, event: &Event<'_>) {
        struct Text(String);
        impl Visit for Text {
            fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut text = Text(String::new());
        event.record(&mut text);
        self.0.lock().unwrap().push((*event.metadata().level(), text.0));
    }
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// What reaches the log of a hook that logs `message` and then waits for a capability.
async fn logged(level: LogLevel, message: &str) -> Vec<(Level, String)> {
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let mut bench = Bench::new();
    let log = HostCall::Log { level, message: message.to_owned() };
    let look = HostCall::Users(gatewright_domain::flow::UsersCall::Find(
        gatewright_domain::capabilities::users::UserKey::Username("alice".to_owned()),
    ));
    let ended = bench
        .request(|host| {
            let done = host(log.clone())?;
            host(look.clone())?;
            Ok(done)
        })
        .await;
    assert_eq!(ended, Ended::Decided(HostAnswer::Done));
    assert_eq!(bench.runs, 2);
    lines.0.lock().unwrap().clone()
}

#[tokio::test]
async fn a_line_is_told_once_though_the_hook_runs_again() {
    for (level, told) in [(LogLevel::Debug, Level::DEBUG), (LogLevel::Info, Level::INFO), (LogLevel::Warn, Level::WARN)]
    {
        assert_eq!(logged(level, "hello").await, [(told, "hello".to_owned())]);
    }
}

#[tokio::test]
async fn a_line_forges_no_other_line() {
    let told = logged(LogLevel::Info, "a\nINFO forged\r\u{1b}[31m\u{85}b\0c").await;
    assert_eq!(told[0].1, "aINFO forged[31mbc");
}

#[tokio::test]
async fn a_long_line_is_cut() {
    let told = logged(LogLevel::Info, &"ä".repeat(LOG_CHARS_MAX + 1)).await;
    assert_eq!(told[0].1, "ä".repeat(LOG_CHARS_MAX));
}
