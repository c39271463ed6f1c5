//! What differs between two bundles: files, line by line where they are text, and what changes of the bindings.

mod bindings;
mod text;

pub use text::LINES_MAX;

use crate::files::Files;

/// One file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDifference {
    /// Its path.
    pub path: String,
    /// What became of it.
    pub change: Change,
    /// Its lines, as a unified diff; none for a file that is no text.
    pub lines: Option<String>,
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Only the second bundle has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, and it differs.
    Changed,
}

impl Change {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
        }
    }
}

/// One binding that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BindingDifference {
    /// Its name: `hook/name`.
    pub name: String,
    /// What became of it.
    pub change: Change,
    /// What it says that differs, such as `level: 10 -> 20`.
    pub says: Vec<String>,
}

/// What differs between two bundles.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// By path.
    pub files: Vec<FileDifference>,
    /// In the order of the second manifest, then those that are gone.
    pub bindings: Vec<BindingDifference>,
}

/// What differs from the first bundle to the second.
pub fn difference(from: &Files, to: &Files) -> Difference {
    let mut paths: Vec<&str> = from.paths().chain(to.paths()).collect();
    paths.sort_unstable();
    paths.dedup();
    let files = paths.into_iter().filter_map(|path| of_file(path, from, to)).collect();
    Difference { files, bindings: bindings::differences(from, to) }
}

fn of_file(path: &str, from: &Files, to: &Files) -> Option<FileDifference> {
    let change = match (from.get(path), to.get(path)) {
        (old, new) if old == new => return None,
        (None, _) => Change::Added,
        (_, None) => Change::Removed,
        _ => Change::Changed,
    };
    let text = |files: &Files| match files.get(path) {
        None => Some(String::new()),
        Some(_) => files.text(path).filter(|text| !text.contains('\0')).map(str::to_owned),
    };
    let lines = text(from).zip(text(to)).map(|(old, new)| text::unified(&old, &new));
    Some(FileDifference { path: path.to_owned(), change, lines })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::bundle;

    const OLD: &str = "default_acr = \"pwd\"\n[[authenticate]]\nacr = \"pwd\"\nlevel = 10\nrun = \"pwd.rhai\"\n\
                       [[claims]]\nclaims = [\"org\"]\nrun = \"org.rhai\"\n";

    #[test]
    fn files_and_bindings_that_differ_are_told_and_no_others() {
        let new = OLD.replace("level = 10", "level = 20\nlend = [\"users\"]").replace("org", "unit");
        let from = bundle(&[("policy.toml", OLD), ("pwd.rhai", "a\nb\n"), ("org.rhai", "x\n"), ("same", "s")]);
        let to = bundle(&[("policy.toml", &new), ("pwd.rhai", "a\nc\n"), ("unit.rhai", "x\n"), ("same", "s")]);
        let Difference { files, bindings } = difference(&from, &to);
        let told: Vec<_> = files.iter().map(|file| (file.path.as_str(), file.change)).collect();
        let (added, removed, changed) = (Change::Added, Change::Removed, Change::Changed);
        let expected = [("org.rhai", removed), ("policy.toml", changed), ("pwd.rhai", changed), ("unit.rhai", added)];
        assert_eq!(told, expected);
        assert_eq!(files[2].lines.as_deref(), Some("@@ -1,2 +1,2 @@\n a\n-b\n+c\n"));
        let told: Vec<_> = bindings.iter().map(|binding| (binding.name.as_str(), binding.change)).collect();
        assert_eq!(told, [("authenticate/pwd", changed), ("claims/unit", added), ("claims/org", removed)]);
        assert_eq!(bindings[0].says, ["lend: nothing -> [\"users\"]", "level: 10 -> 20"]);
        assert_eq!(difference(&from, &from), Difference::default());
    }

    #[test]
    fn a_file_that_is_no_text_has_no_lines() {
        let files = |bytes: &[u8]| Files::new([("a.wasm".to_owned(), bytes.to_vec())].into()).unwrap();
        let told = difference(&files(b"\0asm"), &files(b"\0asm1"));
        assert_eq!(told.files, [FileDifference { path: "a.wasm".into(), change: Change::Changed, lines: None }]);
    }
}
