//! Compiled code is kept: a second start finds it, and only where nobody else could have put it.

use crate::guest::{Guest, RETURN, store};
use crate::stage::{PATH, binding};
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::hooks::{HookKind, Limits, Runtime, Unit};
use gatewright_plugin_host::WasmRuntime;
use std::collections::BTreeMap;
use std::path::Path;

fn compile(runtime: &WasmRuntime) -> Result<(), String> {
    let mut guest = Guest::that(HookKind::Claims, &format!("{} (i32.const {RETURN})", store(RETURN, &[0, 0])));
    guest.manifest = Some(crate::guest::manifest(guest.hook, "[]"));
    let files = BTreeMap::from([(PATH.to_owned(), guest.component())]);
    let unit = Unit {
        binding: binding(),
        hook: guest.hook,
        path: PATH.to_owned(),
        files: &files,
        loan: Loan::default(),
        limits: Limits::default(),
    };
    runtime.compile(&unit).map(|_| ()).map_err(|wrong| wrong[0].message.clone())
}

fn kept(directory: &Path) -> usize {
    let entries = std::fs::read_dir(directory).unwrap();
    entries.map(|entry| entry.unwrap().path()).map(|path| if path.is_dir() { kept(&path) } else { 1 }).sum()
}

#[test]
fn a_second_start_finds_what_the_first_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("plugins/compiled");
    let first = WasmRuntime::new(Some(directory.clone()));
    assert!(!directory.exists(), "nothing is made before there is a plugin");
    compile(&first).unwrap();
    assert_eq!(first.found_compiled(), 0);
    assert!(kept(&directory) > 0);
    drop(first);
    let second = WasmRuntime::new(Some(directory));
    compile(&second).unwrap();
    assert_eq!(second.found_compiled(), 1);
}

#[cfg(unix)]
#[test]
fn a_directory_that_others_may_write_to_is_refused_until_it_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let permit = |mode| std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
    permit(0o777);
    let runtime = WasmRuntime::new(Some(folder.path().to_owned()));
    let refused = compile(&runtime).unwrap_err();
    assert!(refused.contains("other users may write"), "{refused}");
    permit(0o700);
    compile(&runtime).unwrap();
}

#[test]
fn a_directory_that_cannot_be_made_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = compile(&WasmRuntime::new(Some(file.path().join("x")))).unwrap_err();
    assert!(refused.contains(&file.path().display().to_string()), "{refused}");
}
