//! Reading a bundle from a folder.

use super::{BUNDLE_BYTES_MAX, FILES_MAX, FOLDERS_DEEP_MAX, Files, MANIFEST, TEXT_BYTES_MAX, is_plugin, is_signatures};
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

/// How the path of a recorded case ends, which a test plays.
const CASE_ENDING: &str = ".case.json";

/// Why a folder is no bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FilesError {
    /// More than [`FILES_MAX`] files.
    #[error("a bundle has at most {FILES_MAX} files")]
    TooMany,
    /// More than [`BUNDLE_BYTES_MAX`].
    #[error("a bundle has at most {BUNDLE_BYTES_MAX} bytes in all")]
    TooLarge,
    /// A file over its limit.
    #[error("{path} is larger than {bytes_max} bytes")]
    FileTooLarge {
        /// Which.
        path: String,
        /// The limit.
        bytes_max: usize,
    },
    /// A path too long, too deep, or with parts that name no file.
    #[error("{path:?} cannot be the path of a file in a bundle")]
    Path {
        /// The path.
        path: String,
    },
    /// A path that is not UTF-8.
    #[error("{path:?} is not UTF-8; rename it")]
    NotUtf8 {
        /// The path, as well as it can be written.
        path: String,
    },
    /// A symbolic link to a place outside the folder.
    #[error("{path} leads out of the policy folder; copy the file into it")]
    LeadsOut {
        /// The link.
        path: String,
    },
    /// The folder or a file in it cannot be read.
    #[error("{path} cannot be read: {why}")]
    Unreadable {
        /// Which.
        path: String,
        /// What the operating system says.
        why: String,
    },
}

impl Files {
    /// Reads the bundle in `folder`: `policy.toml`, every script, every recorded case of its tests, every plugin with its
    /// signatures, everything under `pages/` and `messages/`. Other files, definitions for editors (`.d.rhai`) and those whose
    /// name begins with a dot, are no part of it.
    ///
    /// # Errors
    /// When something cannot be read, breaks a limit, or links to a place outside the folder.
    pub fn read(folder: &Path) -> Result<Self, FilesError> {
        let root = fs::canonicalize(folder).map_err(|error| unreadable(&folder.display().to_string(), &error))?;
        let mut reading = Reading { root: &root, files: BTreeMap::new(), bytes: 0 };
        reading.folder(&root, "", 1)?;
        Self::new(reading.files)
    }
}

struct Reading<'r> {
    root: &'r Path,
    files: BTreeMap<String, Vec<u8>>,
    bytes: usize,
}

impl Reading<'_> {
    fn folder(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), FilesError> {
        for entry in fs::read_dir(folder).map_err(|error| unreadable(prefix, &error))? {
            let entry = entry.map_err(|error| unreadable(prefix, &error))?;
            let Ok(name) = entry.file_name().into_string() else {
                let name = entry.file_name().to_string_lossy().into_owned();
                return Err(FilesError::NotUtf8 { path: format!("{prefix}{name}") });
            };
            if name.starts_with('.') {
                continue;
            }
            let path = format!("{prefix}{name}");
            // Follows links: a mounted volume may present every file as one.
            let metadata = fs::metadata(entry.path()).map_err(|error| unreadable(&path, &error))?;
            if metadata.is_dir() {
                if depth >= FOLDERS_DEEP_MAX {
                    return Err(FilesError::Path { path });
                }
                self.stays_inside(&entry.path(), &path)?;
                self.folder(&entry.path(), &format!("{path}/"), depth + 1)?;
            } else if metadata.is_file() && belongs(&path) {
                self.stays_inside(&entry.path(), &path)?;
                self.file(&entry.path(), path)?;
            }
        }
        Ok(())
    }

    fn stays_inside(&self, place: &Path, path: &str) -> Result<(), FilesError> {
        let real = fs::canonicalize(place).map_err(|error| unreadable(path, &error))?;
        if real.starts_with(self.root) { Ok(()) } else { Err(FilesError::LeadsOut { path: path.to_owned() }) }
    }

    fn file(&mut self, place: &Path, path: String) -> Result<(), FilesError> {
        if self.files.len() >= FILES_MAX {
            return Err(FilesError::TooMany);
        }
        let bytes_max = if is_plugin(&path) { BUNDLE_BYTES_MAX } else { TEXT_BYTES_MAX };
        let mut bytes = Vec::new();
        let file = fs::File::open(place).map_err(|error| unreadable(&path, &error))?;
        // One byte more than allowed tells a file that is too large, whatever its metadata said.
        file.take(bytes_max as u64 + 1).read_to_end(&mut bytes).map_err(|error| unreadable(&path, &error))?;
        if bytes.len() > bytes_max {
            return Err(FilesError::FileTooLarge { path, bytes_max });
        }
        self.bytes += bytes.len();
        if self.bytes > BUNDLE_BYTES_MAX {
            return Err(FilesError::TooLarge);
        }
        self.files.insert(path, bytes);
        Ok(())
    }
}

/// How the names of definition files end, which editors read and nothing runs.
const DEFINITIONS: &str = ".d.rhai";

/// Whether a file of that path is part of the bundle.
pub(crate) fn belongs(path: &str) -> bool {
    path == MANIFEST
        || path.ends_with(".rhai") && !path.ends_with(DEFINITIONS)
        || path.ends_with(CASE_ENDING)
        || is_plugin(path)
        || is_signatures(path)
        || path.starts_with("pages/")
        || path.starts_with("messages/")
}

fn unreadable(path: &str, error: &io::Error) -> FilesError {
    let path = if path.is_empty() { "the policy folder" } else { path };
    FilesError::Unreadable { path: path.to_owned(), why: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for path in files {
            let place = folder.path().join(path);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, path.as_bytes()).unwrap();
        }
        folder
    }

    #[test]
    fn a_bundle_is_its_manifest_scripts_plugins_pages_and_messages() {
        let folder = folder(&[
            "policy.toml",
            "authentication/otp.rhai",
            "authentication/otp.test.rhai",
            "definitions/kv.d.rhai",
            "risk.wasm",
            "risk.wasm.sig",
            "notes.sig",
            "pages/form.html",
            "messages/de.toml",
            "README.md",
            "notes.txt",
            ".git/config",
            "authentication/.otp.rhai.swp",
            "authentication/otp.rhai~",
        ]);
        let files = Files::read(folder.path()).unwrap();
        let paths: Vec<_> = files.paths().collect();
        assert_eq!(
            paths,
            [
                "authentication/otp.rhai",
                "authentication/otp.test.rhai",
                "messages/de.toml",
                "pages/form.html",
                "policy.toml",
                "risk.wasm",
                "risk.wasm.sig"
            ]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_link_may_lead_within_the_folder_and_never_out_of_it() {
        use std::os::unix::fs::symlink;
        let outside = folder(&["secret.rhai"]);
        let inside = folder(&["..data/policy.toml", "lib/a.rhai"]);
        symlink(inside.path().join("..data/policy.toml"), inside.path().join("policy.toml")).unwrap();
        assert!(Files::read(inside.path()).unwrap().get("policy.toml").is_some());

        let link = inside.path().join("b.rhai");
        symlink(outside.path().join("secret.rhai"), &link).unwrap();
        assert_eq!(Files::read(inside.path()), Err(FilesError::LeadsOut { path: "b.rhai".into() }));
        fs::remove_file(link).unwrap();
        symlink(outside.path(), inside.path().join("lib/out")).unwrap();
        assert_eq!(Files::read(inside.path()), Err(FilesError::LeadsOut { path: "lib/out".into() }));
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_linked_into_itself_ends_at_the_depth_limit() {
        let folder = folder(&["policy.toml"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
        assert!(matches!(Files::read(folder.path()), Err(FilesError::Path { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_is_refused() {
        use std::os::unix::ffi::OsStrExt as _;
        let folder = folder(&["policy.toml"]);
        fs::write(folder.path().join(std::ffi::OsStr::from_bytes(b"\xff.rhai")), b"").unwrap();
        assert!(matches!(Files::read(folder.path()), Err(FilesError::NotUtf8 { .. })));
    }

    #[test]
    fn a_file_over_its_limit_is_refused_without_being_read_whole() {
        let folder = folder(&["policy.toml"]);
        fs::write(folder.path().join("long.rhai"), vec![b' '; TEXT_BYTES_MAX + 1]).unwrap();
        let expected = FilesError::FileTooLarge { path: "long.rhai".into(), bytes_max: TEXT_BYTES_MAX };
        assert_eq!(Files::read(folder.path()), Err(expected));
    }

    #[test]
    fn a_folder_that_is_not_there_says_so() {
        let error = Files::read(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(error.to_string().starts_with("/nowhere/at/all cannot be read"), "{error}");
    }
}
