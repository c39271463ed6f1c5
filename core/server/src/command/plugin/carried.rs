//! What the binary carries of `plugins/`: the templates, the SDK, the interfaces.

/// Path below `plugins/`, and what stands there.
pub(super) const FILES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/plugin_files.rs"));

/// The interfaces that plugins of other languages than Rust are built against: those of the newest version.
const INTERFACES: &str = "wit/v0.1/";

/// The files below `folder`, by their path in it.
pub(super) fn below(folder: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().filter_map(move |(path, text)| Some((path.strip_prefix(folder)?, *text)))
}

/// The interfaces, file by file.
pub(super) fn interfaces() -> impl Iterator<Item = (&'static str, &'static str)> {
    below(INTERFACES)
}
