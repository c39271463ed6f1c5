//! What a folder looks like from outside: names, sizes and times, enough to see that something changed.

use crate::files::FOLDERS_DEEP_MAX;
use std::fs;
use std::path::Path;
use std::time::SystemTime;
use tokio::task::spawn_blocking;

/// Most files looked at: far more than a bundle has, so that a folder of something else costs little.
const LOOKED_AT_MAX: usize = 10_000;

/// Names, sizes and times of a folder's files, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stamp(Vec<(String, u64, Option<SystemTime>)>);

/// The stamp of a folder now; an empty one when it cannot be read.
pub(super) async fn of(folder: &Path) -> Stamp {
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
