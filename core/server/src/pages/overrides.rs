//! What an operator puts in place of the built-in pages: a policy bundle's `pages/` and `messages/`, or a
//! directory of its own.

use super::catalog::CatalogError;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Most files in one set of overrides.
pub const FILES_MAX: usize = 256;
/// Largest file, in bytes.
pub const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Folders within one another that are looked into, the directory itself among them.
const DEPTH_MAX: usize = 4;

/// Files by their path below a bundle's root: `pages/form.html`, `pages/assets/logo.svg`, `messages/de.toml`.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    files: BTreeMap<String, Vec<u8>>,
}

/// Why overrides cannot be used. The message is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum PagesError {
    /// A directory or file could not be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A symbolic link, a special file, or a name that is not UTF-8.
    #[error("{}: only plain files with UTF-8 names are taken", .0.display())]
    NotPlain(PathBuf),
    /// More than [`FILES_MAX`] files.
    #[error("pages and messages are more than {FILES_MAX} files")]
    TooMany,
    /// A file over [`FILE_BYTES_MAX`].
    #[error("{0}: larger than {FILE_BYTES_MAX} bytes")]
    TooLarge(String),
    /// A folder nested deeper than is looked into.
    #[error("{}: nested too deep", .0.display())]
    TooDeep(PathBuf),
    /// A file that replaces nothing and is nothing we know.
    #[error("{path}: there is no page of that name; the pages are {known}, and parts of your own go to pages/parts/")]
    UnknownPage {
        /// Its path.
        path: String,
        /// The names there are.
        known: String,
    },
    /// An asset of a kind that is not served.
    #[error("{0}: assets are css, svg, png, jpg, webp, ico or woff2")]
    AssetKind(String),
    /// A template or a file of messages that is not UTF-8.
    #[error("{0}: not UTF-8")]
    NotUtf8(String),
    /// A template with a mistake in it.
    #[error("{path}: {message}")]
    Template {
        /// Its path.
        path: String,
        /// The mistake, with its line.
        message: String,
    },
    /// A page that cannot do its work: what it must hold is not in it.
    #[error("{path}: leaves out {what}, without which the page cannot be answered")]
    LeavesOut {
        /// Its path.
        path: String,
        /// What is missing.
        what: &'static str,
    },
    /// A file of messages with a mistake in it.
    #[error("{path}: {message}")]
    Messages {
        /// Its path.
        path: String,
        /// The mistake.
        message: String,
    },
    /// A file of messages whose name is no language tag.
    #[error("{0}: the name of a file of messages is a language tag, such as messages/pt-BR.toml")]
    LanguageTag(String),
}

impl PagesError {
    pub(super) fn messages(path: &str, error: CatalogError) -> Self {
        Self::Messages { path: path.to_owned(), message: error.to_string() }
    }
}

impl Overrides {
    /// The overrides among the files of a bundle: what lies below `pages/` and `messages/`.
    ///
    /// # Errors
    /// When a limit is passed.
    pub fn from_files<'f>(files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Result<Self, PagesError> {
        let ours = |path: &str| path.starts_with("pages/") || path.starts_with("messages/");
        let mut taken = Self::default();
        for (path, bytes) in files.into_iter().filter(|(path, _)| ours(path)) {
            taken.put(path.to_owned(), bytes.to_vec())?;
        }
        Ok(taken)
    }

    /// The overrides in a directory: what a bundle has below `pages/` lies in it directly, messages lie in its
    /// folder `messages/`. Hidden files and an editor's backups (`name~`) are not looked at.
    ///
    /// # Errors
    /// What cannot be read, and when a limit is passed.
    pub fn read_directory(root: &Path) -> Result<Self, PagesError> {
        let mut read = Self::default();
        read.gather(root, "pages", DEPTH_MAX)?;
        Ok(read)
    }

    /// These, with `weaker` where they say nothing. Messages of one language are put together, not replaced.
    #[must_use]
    pub fn over(self, weaker: Self) -> Layered {
        Layered { layers: vec![weaker, self] }
    }

    fn gather(&mut self, folder: &Path, below: &str, depth: usize) -> Result<(), PagesError> {
        if depth == 0 {
            return Err(PagesError::TooDeep(folder.to_owned()));
        }
        for entry in std::fs::read_dir(folder).map_err(unreadable(folder))? {
            let entry = entry.map_err(unreadable(folder))?;
            let path = entry.path();
            let kind = entry.file_type().map_err(unreadable(&path))?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                return Err(PagesError::NotPlain(path));
            };
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            let name = if below == "pages" && name == "messages" { name } else { format!("{below}/{name}") };
            if kind.is_dir() {
                self.gather(&path, &name, depth - 1)?;
            } else if kind.is_file() {
                let size = entry.metadata().map_err(unreadable(&path))?.len();
                if size > FILE_BYTES_MAX {
                    return Err(PagesError::TooLarge(name));
                }
                self.put(name, std::fs::read(&path).map_err(unreadable(&path))?)?;
            } else {
                return Err(PagesError::NotPlain(path));
            }
        }
        Ok(())
    }

    fn put(&mut self, path: String, bytes: Vec<u8>) -> Result<(), PagesError> {
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(PagesError::TooLarge(path));
        }
        self.files.insert(path, bytes);
        if self.files.len() > FILES_MAX { Err(PagesError::TooMany) } else { Ok(()) }
    }
}

fn unreadable(path: &Path) -> impl FnOnce(std::io::Error) -> PagesError {
    let path = path.to_owned();
    move |source| PagesError::Unreadable { path, source }
}

/// Overrides in layers, the weakest first.
#[derive(Debug, Clone, Default)]
pub struct Layered {
    layers: Vec<Overrides>,
}

impl Layered {
    /// Every file with its path, the weakest layer first.
    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.layers.iter().flat_map(|layer| layer.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())))
    }
}

impl From<Overrides> for Layered {
    fn from(overrides: Overrides) -> Self {
        Self { layers: vec![overrides] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(layered: &Layered) -> Vec<&str> {
        layered.files().map(|(path, _)| path).collect()
    }

    #[test]
    fn only_pages_and_messages_of_a_bundle_are_taken() {
        let files =
            [("policy.toml", &b""[..]), ("pages/form.html", b"x"), ("messages/de.toml", b""), ("x/pages/y", b"")];
        let overrides = Overrides::from_files(files).unwrap();
        assert_eq!(paths(&overrides.into()), ["messages/de.toml", "pages/form.html"]);
    }

    #[test]
    fn a_set_of_overrides_over_a_limit_is_refused() {
        let names: Vec<_> = (0..=FILES_MAX).map(|n| format!("pages/parts/{n}.html")).collect();
        let all = |count: usize| Overrides::from_files(names[..count].iter().map(|name| (name.as_str(), &b""[..])));
        assert!(all(FILES_MAX).is_ok());
        assert!(matches!(all(FILES_MAX + 1), Err(PagesError::TooMany)));
        let large = vec![b'x'; usize::try_from(FILE_BYTES_MAX).unwrap() + 1];
        assert!(matches!(Overrides::from_files([("pages/a.html", &large[..])]), Err(PagesError::TooLarge(_))));
    }

    #[test]
    fn a_directory_is_read_without_following_links() {
        let root = std::env::temp_dir().join(format!("gatewright-overrides-{}", std::process::id()));
        for folder in ["assets", "messages"] {
            std::fs::create_dir_all(root.join(folder)).unwrap();
        }
        for file in ["form.html", "form.html~", ".hidden", "assets/logo.svg", "messages/nl.toml"] {
            std::fs::write(root.join(file), "").unwrap();
        }
        let read = Overrides::read_directory(&root).unwrap();
        assert_eq!(paths(&read.into()), ["messages/nl.toml", "pages/assets/logo.svg", "pages/form.html"]);
        std::os::unix::fs::symlink("/etc/hostname", root.join("error.html")).unwrap();
        let refused = Overrides::read_directory(&root);
        std::fs::remove_file(root.join("error.html")).unwrap();
        std::fs::create_dir_all(root.join(["deep"; DEPTH_MAX].join("/"))).unwrap();
        assert!(matches!(Overrides::read_directory(&root), Err(PagesError::TooDeep(_))));
        std::fs::remove_dir_all(&root).unwrap();
        assert!(matches!(refused, Err(PagesError::NotPlain(_))));
        assert!(matches!(Overrides::read_directory(&root), Err(PagesError::Unreadable { .. })), "it is gone");
    }
}
