//! What a folder looks like from outside: names, sizes and times, enough to see that something changed.

use crate::files::FOLDERS_DEEP_MAX;
use std::fs;
use std::path::Path;
use std::time::SystemTime;
use tokio::task::spawn_blocking;

/// Most files looked at: more than a bundle has, so that a folder of something else costs little.
const LOOKED_AT_MAX: usize = 2 * crate::files::FILES_MAX;

/// Names, sizes and times of a folder's files, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stamp(Vec<(String, u64, Option<SystemTime>)>);

/// The stamp of a folder now; an empty one when it cannot be read.
pub async fn of(folder: &Path) -> Stamp {
    let folder = folder.to_owned();
    spawn_blocking(move || {
        let mut stamp = Stamp::default();
        look(&folder, "", 1, &mut stamp);
        stamp.0.sort();
        stamp
    })
    .await
    .unwrap_or_default()
}

fn look(folder: &Path, prefix: &str, depth: usize, stamp: &mut Stamp) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') || stamp.0.len() >= LOOKED_AT_MAX {
            continue;
        }
        let Ok(metadata) = fs::metadata(entry.path()) else { continue };
        let path = format!("{prefix}{name}");
        if metadata.is_dir() && depth < FOLDERS_DEEP_MAX {
            look(&entry.path(), &format!("{path}/"), depth + 1, stamp);
        } else {
            stamp.0.push((path, metadata.len(), metadata.modified().ok()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_change_of_any_file_is_seen_and_a_hidden_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("lib")).unwrap();
        fs::write(folder.path().join("lib/a.rhai"), "1").unwrap();
        let before = of(folder.path()).await;
        fs::write(folder.path().join(".a.rhai.swp"), "x").unwrap();
        assert_eq!(of(folder.path()).await, before);
        fs::write(folder.path().join("lib/a.rhai"), "12").unwrap();
        assert_ne!(of(folder.path()).await, before);
        assert_eq!(of(Path::new("/nowhere/at/all")).await, Stamp::default());
    }

    #[tokio::test]
    async fn no_more_files_are_looked_at_than_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        for n in 0..=LOOKED_AT_MAX {
            fs::write(folder.path().join(n.to_string()), "").unwrap();
        }
        assert_eq!(of(folder.path()).await.0.len(), LOOKED_AT_MAX);
    }
}
