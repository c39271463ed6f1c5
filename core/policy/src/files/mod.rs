//! The files of a policy bundle: a sorted map of paths to bytes, whose digest is the bundle's version.

mod encoding;
mod read;

pub use encoding::{ENCODED_BYTES_MAX, MisencodedBundle};
pub use read::FilesError;

use std::collections::BTreeMap;
use std::sync::Arc;

/// Name of the manifest.
pub const MANIFEST: &str = "policy.toml";
/// Most files in a bundle.
pub const FILES_MAX: usize = 1_000;
/// Largest bundle, in bytes of all its files.
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest file other than a plugin, in bytes.
pub const TEXT_BYTES_MAX: usize = 1024 * 1024;
/// Longest path of a file in its bundle, in bytes.
pub const PATH_BYTES_MAX: usize = 256;
/// Deepest nesting of folders in a bundle.
pub const FOLDERS_DEEP_MAX: usize = 16;

/// The files of a bundle, by path with `/` between its parts. Cheap to clone.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Files(Arc<BTreeMap<String, Vec<u8>>>);

impl Files {
    /// A bundle of these files, within the limits above.
    ///
    /// # Errors
    /// The first limit or rule of paths that is broken.
    pub fn new(files: BTreeMap<String, Vec<u8>>) -> Result<Self, FilesError> {
        if files.len() > FILES_MAX {
            return Err(FilesError::TooMany);
        }
        let mut total = 0;
        for (path, bytes) in &files {
            admit_path(path)?;
            if bytes.len() > TEXT_BYTES_MAX && !is_plugin(path) {
                return Err(FilesError::FileTooLarge { path: path.clone(), bytes_max: TEXT_BYTES_MAX });
            }
            total += bytes.len();
        }
        if total > BUNDLE_BYTES_MAX {
            return Err(FilesError::TooLarge);
        }
        Ok(Self(Arc::new(files)))
    }

    /// The policies this server ships with (`scripts/`).
    pub fn shipped() -> Self {
        static SHIPPED: &[(&str, &[u8])] = &include!(concat!(env!("OUT_DIR"), "/shipped.rs"));
        Self(Arc::new(SHIPPED.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect()))
    }

    /// These files with `over` laid on top: a file of `over` replaces the one of the same path. So a folder
    /// that holds nothing but a `policy.toml` may bind any shipped script. Tests of these files stay out: they
    /// hold for their own manifest and scripts, not for whatever `over` makes of them.
    ///
    /// # Errors
    /// When both together pass a limit.
    pub fn overlaid(&self, over: &Self) -> Result<Self, FilesError> {
        let mut files = (*self.0).clone();
        files.retain(|path, _| !is_test(path));
        files.extend(over.0.iter().map(|(path, bytes)| (path.clone(), bytes.clone())));
        Self::new(files)
    }

    /// The bytes of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// The text of a file, if it is UTF-8.
    pub fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.get(path)?).ok()
    }

    /// All paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The map itself, as runtimes take it.
    pub fn map(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.0
    }
}

impl std::fmt::Debug for Files {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// Whether a file is a plugin.
pub(crate) fn is_plugin(path: &str) -> bool {
    path.ends_with(".wasm")
}

/// Whether a file holds the signatures of a plugin.
pub(crate) fn is_signatures(path: &str) -> bool {
    path.strip_suffix(crate::signatures::ENDING).is_some_and(is_plugin)
}

/// Whether a file holds tests: `x.test.rhai`.
pub fn is_test(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(rest, _)| rest.ends_with(".test"))
}

fn admit_path(path: &str) -> Result<(), FilesError> {
    let parts = path.split('/');
    let sound = path.len() <= PATH_BYTES_MAX
        && parts.clone().count() <= FOLDERS_DEEP_MAX
        && !path.chars().any(|c| c.is_control() || c == '\\')
        && parts.into_iter().all(|part| !part.is_empty() && part != "." && part != "..");
    if sound { Ok(()) } else { Err(FilesError::Path { path: path.to_owned() }) }
}

#[cfg(test)]
pub(crate) fn bundle(files: &[(&str, &str)]) -> Files {
    let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    Files::new(files).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Result<Files, FilesError> {
        Files::new(files.into_iter().collect())
    }

    #[test]
    fn a_bundle_over_a_limit_is_refused() {
        let many = (0..=FILES_MAX).map(|n| (format!("lib/{n}.rhai"), vec![]));
        assert_eq!(of(many), Err(FilesError::TooMany));
        let long = vec![b' '; TEXT_BYTES_MAX + 1];
        let large = FilesError::FileTooLarge { path: "a.rhai".into(), bytes_max: TEXT_BYTES_MAX };
        assert_eq!(of([("a.rhai".into(), long.clone())]), Err(large));
        assert!(of([("a.wasm".into(), long)]).is_ok());
        let plugin = vec![0; BUNDLE_BYTES_MAX / 2 + 1];
        assert_eq!(of([("a.wasm".into(), plugin.clone()), ("b.wasm".into(), plugin)]), Err(FilesError::TooLarge));
        let long = "x".repeat(PATH_BYTES_MAX + 1);
        let deep = vec!["d"; FOLDERS_DEEP_MAX + 1].join("/");
        for bad in ["", "/a", "a//b", "../a", "a/..", "./a", "a\\b", "a\nb", &long, &deep] {
            assert_eq!(of([(bad.to_owned(), vec![])]), Err(FilesError::Path { path: bad.to_owned() }), "{bad}");
        }
    }

    #[test]
    fn the_operators_files_replace_shipped_ones_of_the_same_path() {
        let base = bundle(&[("a.rhai", "shipped"), ("a.test.rhai", "shipped"), ("b.rhai", "shipped")]);
        let over = bundle(&[("b.rhai", "own"), ("b.test.rhai", "own")]);
        let both = base.overlaid(&over).unwrap();
        let of = |path| both.text(path);
        assert_eq!([of("a.rhai"), of("b.rhai"), of("b.test.rhai")], [Some("shipped"), Some("own"), Some("own")]);
        assert_eq!(of("a.test.rhai"), None, "a shipped test says nothing of another manifest");
    }

    #[test]
    fn the_binary_carries_the_shipped_policies() {
        let shipped = Files::shipped();
        assert!(shipped.get(MANIFEST).is_some());
        let on_disk = Files::read(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scripts"))).unwrap();
        assert_eq!(shipped, on_disk);
    }
}
