//! The data folder of a quickstart: made, found again, forgotten. **Invariant:** nothing is removed that no quickstart
//! made, and a folder with other things in it is not touched.

use crate::command::error::CommandError;
use crate::configuration::{DATABASE_FILE, MASTER_KEY_FILE};
use gatewright_capabilities::OsEntropy;
use gatewright_signing::MasterKey;
use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Says that the folder is ours. Whoever runs on the data holds a lock on it.
const MARKER: &str = "gatewright-quickstart";
const MARKER_TEXT: &str = "Made by `gatewright quickstart`, which may remove the files it made here (--fresh).\n";
/// What SQLite keeps beside the database.
const BESIDE_DATABASE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// A folder that is ours, held until it is dropped.
#[derive(Debug)]
pub(super) struct DataFolder {
    path: PathBuf,
    is_new: bool,
    _lock: File,
}

/// Whether a quickstart made the folder.
pub(super) fn is_ours(path: &Path) -> bool {
    path.join(MARKER).is_file()
}

impl DataFolder {
    /// Makes the folder or finds it again; with `fresh`, as empty as at first.
    pub(super) fn take(path: &Path, fresh: bool) -> Result<Self, CommandError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| CommandError::Data { path, cause }
        };
        private_folder().create(path).map_err(failed(path))?;
        let marker = path.join(MARKER);
        let is_empty = fs::read_dir(path).map_err(failed(path))?.next().is_none();
        if !is_ours(path) {
            if !is_empty {
                return Err(CommandError::NotOurs(path.to_owned()));
            }
            fs::write(&marker, MARKER_TEXT).map_err(failed(&marker))?;
        }
        let lock = File::open(&marker).map_err(failed(&marker))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => CommandError::DataInUse(path.to_owned()),
            TryLockError::Error(cause) => failed(&marker)(cause),
        })?;
        let folder = Self { path: path.to_owned(), is_new: is_empty || fresh, _lock: lock };
        if fresh {
            folder.forget().map_err(failed(path))?;
        }
        Ok(folder)
    }

    /// Whether there is nothing in it yet.
    pub(super) fn is_new(&self) -> bool {
        self.is_new
    }

    /// Makes the master key, where there is none.
    pub(super) fn ensure_master_key(&self) -> Result<(), CommandError> {
        let path = self.path.join(MASTER_KEY_FILE);
        let made = match private_file().open(&path) {
            Ok(mut file) => writeln!(file, "{}", MasterKey::generate(&OsEntropy).to_base64().expose()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
        };
        made.map_err(|cause| CommandError::Data { path, cause })
    }

    fn forget(&self) -> io::Result<()> {
        let beside = BESIDE_DATABASE.iter().map(|end| format!("{DATABASE_FILE}{end}"));
        let files = [DATABASE_FILE.to_owned(), MASTER_KEY_FILE.to_owned()].into_iter().chain(beside);
        for file in files {
            match fs::remove_file(self.path.join(file)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn private_folder() -> DirBuilder {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// A file that is made, for its owner alone, and not found.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(path: &Path) -> String {
        fs::read_to_string(path.join(MASTER_KEY_FILE)).unwrap()
    }

    #[test]
    fn a_folder_is_made_and_found_again_with_its_key() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/b");
        let folder = DataFolder::take(&path, false).unwrap();
        assert!(folder.is_new());
        folder.ensure_master_key().unwrap();
        let first = key(&path);
        drop(folder);
        let folder = DataFolder::take(&path, false).unwrap();
        assert!(!folder.is_new() && is_ours(&path));
        folder.ensure_master_key().unwrap();
        assert_eq!(key(&path), first);
        MasterKey::from_base64(&gatewright_domain::secret::SecretText::new(first)).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_data() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        DataFolder::take(&path, false).unwrap().ensure_master_key().unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&path.join(MASTER_KEY_FILE))), (0o700, 0o600));
    }

    #[test]
    fn fresh_removes_what_a_quickstart_made_and_nothing_else() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path();
        DataFolder::take(path, false).unwrap().ensure_master_key().unwrap();
        for file in ["gatewright.db", "gatewright.db-wal", "notes.txt"] {
            fs::write(path.join(file), "x").unwrap();
        }
        let first = key(path);
        let folder = DataFolder::take(path, true).unwrap();
        assert!(folder.is_new());
        let left: Vec<_> = fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(left.len() == 2 && left.contains(&"notes.txt".into()) && left.contains(&MARKER.into()), "{left:?}");
        folder.ensure_master_key().unwrap();
        assert_ne!(key(path), first);
    }

    #[test]
    fn a_folder_with_other_things_in_it_is_refused_and_left_as_it_is() {
        let parent = tempfile::tempdir().unwrap();
        fs::write(parent.path().join(DATABASE_FILE), "precious").unwrap();
        for fresh in [false, true] {
            let refused = DataFolder::take(parent.path(), fresh).unwrap_err();
            assert!(matches!(refused, CommandError::NotOurs(_)), "{refused}");
        }
        assert_eq!(fs::read_to_string(parent.path().join(DATABASE_FILE)).unwrap(), "precious");
        assert!(!is_ours(parent.path()));
    }

    #[test]
    fn two_quickstarts_do_not_run_on_one_folder() {
        let parent = tempfile::tempdir().unwrap();
        let first = DataFolder::take(parent.path(), false).unwrap();
        fs::write(parent.path().join(DATABASE_FILE), "in use").unwrap();
        for fresh in [false, true] {
            assert!(matches!(DataFolder::take(parent.path(), fresh), Err(CommandError::DataInUse(_))));
        }
        assert!(parent.path().join(DATABASE_FILE).exists());
        drop(first);
        assert!(DataFolder::take(parent.path(), false).is_ok());
    }
}
