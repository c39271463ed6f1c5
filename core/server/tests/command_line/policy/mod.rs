//! The author's commands, `gatewright policy …`, on a folder as an author has it.

mod bench;
mod run;
mod test;
mod watch;
mod xml;

use crate::process::{Answer, run};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;

/// A manifest with the shipped sign-in, and `more`.
fn manifest(more: &str) -> String {
    format!(
        "default_acr = \"pwd\"\n[[authenticate]]\nacr = \"pwd\"\nlevel = 10\nrun = \"authentication/password.rhai\"\n\
         lend = [\"users\"]\n{more}"
    )
}

/// The claim `roles`, of a script in `claims/roles.rhai`.
const ROLES: &str = "[[claims]]\nscopes = [\"roles\"]\nclaims = [\"roles\"]\nrun = \"claims/roles.rhai\"\n";

/// The script: line 5 runs for who has a group alone, line 8 for nobody.
const ROLES_SCRIPT: &str = "\
fn claims(about) {
    let roles = [];
    for group in about.user.claims.groups ?? [] {
        // One by one.
        roles.push(group);
    }
    if roles.len() > 100 {
        throw \"too many\";
    }
    #{ roles: roles }
}
";

/// Its test, which holds.
const ROLES_TEST: &str = "\
private fn in_groups(groups) {
    let about = sample();
    about.user.claims.groups = groups;
    about
}

fn groups_are_roles() {
    expect(run(in_groups([\"a\", \"b\"])), #{ decision: \"claims\", claims: #{ roles: [\"a\", \"b\"] } });
}

fn nobody_without_groups_has_one() {
    expect(run(in_groups(())), #{ claims: #{ roles: [] } });
}
";

/// A policy folder.
pub struct Folder(TempDir);

impl Folder {
    /// With these files.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        files.iter().for_each(|(path, text)| folder.write(path, text));
        folder
    }

    /// With the script of roles and this test of it.
    pub fn roles(test: &str) -> Self {
        let manifest = manifest(ROLES);
        Self::new(&[
            ("policy.toml", manifest.as_str()),
            ("claims/roles.rhai", ROLES_SCRIPT),
            ("claims/roles.test.rhai", test),
        ])
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// A path in it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// A path in it, as text.
    pub fn text(&self, path: &str) -> String {
        self.path(path).display().to_string()
    }

    /// `gatewright policy COMMAND FOLDER MORE`.
    pub fn policy(&self, command: &str, more: &[&str]) -> Answer {
        run(&[&["policy", command, &self.text("")], more].concat())
    }
}
