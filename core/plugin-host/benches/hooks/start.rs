//! Starting with plugins: a runtime of its own, until the last of them can run.

use super::guest::append_section;
use super::rust::Guests;
use gatewright_domain::hooks::HookKind;
use gatewright_plugin_host::WasmRuntime;
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: usize = 50;

/// The shipped plugins, each twice: once with an empty section more, so that it is another file.
fn six(rust: &Guests) -> Vec<(Vec<u8>, HookKind)> {
    let again = rust.shipped.iter().cloned().map(|(mut plugin, hook)| {
        append_section(&mut plugin, "another", b"");
        (plugin, hook)
    });
    rust.shipped.iter().cloned().chain(again).collect()
}

/// How long a start takes with six plugins that nobody compiled before, and with the same six once more.
pub fn of_six(rust: &Guests) -> (Duration, Duration) {
    let plugins = six(rust);
    let folder = tempfile::tempdir().expect("a folder");
    let (cold, found) = start(&plugins, folder.path());
    assert_eq!(found, 0);
    let cached = |_| {
        let (took, found) = start(&plugins, folder.path());
        assert_eq!(found, plugins.len(), "all are found compiled");
        took
    };
    (cold, (0..ROUNDS).map(cached).min().unwrap_or_default())
}

fn start(plugins: &[(Vec<u8>, HookKind)], cache: &Path) -> (Duration, usize) {
    let began = Instant::now();
    let runtime = WasmRuntime::new(Some(cache.to_owned()));
    for (plugin, hook) in plugins {
        if let Err(wrong) = runtime.gauge(plugin, *hook) {
            panic!("{wrong:#?}");
        }
    }
    (began.elapsed(), runtime.found_compiled())
}
