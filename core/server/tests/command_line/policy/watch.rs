//! `gatewright policy test --watch`.

use super::{Folder, ROLES_TEST};
use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Stdio};

/// The command, running.
struct Watch {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Watch {
    fn begin(folder: &Folder) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gatewright"));
        command.args(["policy", "test", &folder.text(""), "--watch"]).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, lines }
    }

    /// What it says until it waits for the next save.
    fn round(&mut self) -> String {
        let mut said = String::new();
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            if line.starts_with("waiting for the next save in ") {
                return said;
            }
            said += &(line + "\n");
        }
        panic!("it ended:\n{said}");
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn the_tests_run_again_at_each_save_whatever_was_saved() {
    let folder = Folder::roles(ROLES_TEST);
    let mut watch = Watch::begin(&folder);
    assert!(watch.round().contains("2 passed, 0 failed"));
    folder.write("claims/roles.test.rhai", &ROLES_TEST.replace("roles: []", "roles: [\"c\"]"));
    let said = watch.round();
    assert!(said.contains("1 passed, 1 failed") && said.contains("error: 1 of 2 tests failed"), "{said}");
    folder.write("claims/roles.rhai", "fn claims(about) {");
    let said = watch.round();
    assert!(said.contains("claims/roles.rhai:1:") && said.contains("error: "), "{said}");
    folder.write("claims/roles.rhai", super::ROLES_SCRIPT);
    folder.write("claims/roles.test.rhai", ROLES_TEST);
    let mut said = watch.round();
    // Two saves may be seen as one or as two.
    while !said.contains("2 passed, 0 failed") {
        said = watch.round();
    }
}
