//! What is found before a bundle goes live.

use super::*;
use crate::files::bundle;
use crate::rehearsal::World;
use crate::stub::{PWD, StubRuntime, files_of, runtimes};
use std::sync::atomic::Ordering;

fn compiled(files: &Files) -> Result<CompiledBundle, Vec<Diagnostic>> {
    compile(files, &runtimes(&StubRuntime::new(&[])), World::new().tools())
}

fn wrong(manifest: &str) -> Vec<String> {
    let wrong = compiled(&files_of(manifest)).err().unwrap_or_default();
    wrong.into_iter().map(|diagnostic| diagnostic.message).collect()
}

fn only(manifest: &str) -> String {
    let mut wrong = wrong(manifest);
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    wrong.remove(0)
}

#[test]
fn a_bundle_in_which_every_rule_holds_compiles() {
    let policy = compiled(&files_of(&format!("name = \"acme\"\n{PWD}"))).unwrap();
    assert_eq!(policy.name(), Some("acme"));
    assert_eq!(policy.digest.as_str().len(), 64);
    assert_eq!(
        policy.bindings(gatewright_domain::hooks::HookKind::Authenticate).collect::<Vec<_>>(),
        ["authenticate/pwd"]
    );
}

#[test]
fn a_folder_without_a_manifest_is_no_bundle() {
    let wrong = compiled(&bundle(&[("a.rhai", "")])).unwrap_err();
    assert_eq!(wrong[0].message, "the bundle has no manifest");
    let mut files = std::collections::BTreeMap::new();
    files.insert(MANIFEST.to_owned(), vec![0xff]);
    assert_eq!(compiled(&Files::new(files).unwrap()).unwrap_err()[0].message, "the manifest is not UTF-8");
}

#[test]
fn nobody_could_sign_in_without_an_authenticate_binding() {
    assert_eq!(
        wrong("default_acr = \"pwd\""),
        ["no ACR can be reached", "no authenticate binding reaches the default ACR `pwd`"]
    );
}

#[test]
fn the_default_acr_is_named_and_reachable() {
    assert_eq!(only(&PWD.replace("default_acr = \"pwd\"\n", "")), "the manifest lacks `default_acr`");
    let wrong = compiled(&files_of(&PWD.replace("default_acr = \"pwd\"", "default_acr = \"pdw\""))).unwrap_err();
    assert_eq!(wrong[0].message, "no authenticate binding reaches the default ACR `pdw`");
    assert_eq!(wrong[0].hint.as_deref(), Some("did you mean `pwd`?"));
    assert_eq!((wrong[0].place.line, wrong[0].place.column), (1, 15));
}

#[test]
fn a_file_that_is_not_there_is_named_with_the_nearest_that_is() {
    let files = bundle(&[("policy.toml", PWD), ("pw.rhai", "")]);
    let wrong = compiled(&files).unwrap_err();
    assert_eq!(wrong[0].message, "there is no file `pwd.rhai` in the bundle");
    assert_eq!(wrong[0].hint.as_deref(), Some("did you mean `pw.rhai`?"));
}

#[test]
fn a_file_that_nothing_runs_is_refused() {
    for path in ["pwd.lua", "pwd", "pwd.test.rhai"] {
        assert_eq!(only(&PWD.replace("pwd.rhai", path)), format!("nothing here can run `{path}`"));
    }
}

#[test]
fn two_bindings_of_one_name_or_one_acr_are_refused() {
    let twice = "[[select_acr]]\nrun = \"a/x.rhai\"\n[[select_acr]]\nrun = \"b/x.rhai\"\n";
    assert_eq!(only(&format!("{PWD}{twice}")), "two bindings are called `select_acr/x`");
    let same_acr = "[[authenticate]]\nacr = \"pwd\"\nlevel = 5\nrun = \"other.rhai\"\n";
    assert_eq!(only(&format!("{PWD}{same_acr}")), "the ACR `pwd` is already reached by the binding before");
}

#[test]
fn a_fallback_is_a_stand_in_of_the_same_hook() {
    let with = |on_error: &str, more: &str| {
        format!(
            "{PWD}[[claims]]\nrun = \"a.rhai\"\nclaims = [\"x\"]\non_error = {{ fallback = \"{on_error}\" }}\n{more}"
        )
    };
    let spare = "[[claims]]\nstand_in = true\nrun = \"spare.rhai\"\n";
    assert_eq!(wrong(&with("spare", spare)), Vec::<String>::new());
    assert_eq!(wrong(&with("claims/spare", spare)), Vec::<String>::new());
    assert_eq!(
        wrong(&with("sprae", spare)),
        ["claims has no binding `sprae`", "nothing falls back to `claims/spare`, so it never runs"]
    );
    assert_eq!(only(&with("pwd", "")), "claims has no binding `pwd`");
    let other = "[[claims]]\nrun = \"other.rhai\"\nclaims = [\"y\"]\n";
    assert_eq!(only(&with("other", other)), "`other` is no stand-in: it runs for calls of its own");
}

#[test]
fn fallbacks_in_a_circle_are_refused() {
    let link = |name: &str, to: &str| {
        format!("[[consent]]\nstand_in = true\nrun = \"{name}.rhai\"\non_error = {{ fallback = \"{to}\" }}\n")
    };
    let first = "[[consent]]\nrun = \"first.rhai\"\non_error = { fallback = \"a\" }\n";
    let circle = format!("{PWD}{first}{}{}", link("a", "b"), link("b", "a"));
    assert_eq!(
        wrong(&circle),
        ["the fallbacks of `consent/a` lead back to it", "the fallbacks of `consent/b` lead back to it"]
    );
    assert_eq!(only(&format!("{PWD}{first}{}", link("a", "a"))), "the fallbacks of `consent/a` lead back to it");
}

#[test]
fn a_consent_binding_after_one_that_matches_everything_is_refused() {
    let everything = "[[consent]]\nrun = \"all.rhai\"\n";
    let some = "[[consent]]\nrun = \"some.rhai\"\nwhen = { client = [\"a\"] }\n";
    assert_eq!(wrong(&format!("{PWD}{some}{everything}")), Vec::<String>::new());
    let shadowed = only(&format!("{PWD}{everything}{some}"));
    assert_eq!(shadowed, "`consent/some` never runs: `consent/all` before it matches everything");
}

#[test]
fn a_selected_acr_must_be_reachable_except_where_clients_name_it() {
    let row = |hook: &str| format!("{PWD}[[{hook}]]\nrun = \"a.rhai\"\nwhen = {{ acr = [\"gold\"] }}\n");
    assert_eq!(wrong(&row("select_acr")), Vec::<String>::new());
    for hook in ["after_authentication", "consent", "customize_token"] {
        assert_eq!(only(&row(hook)), "no authenticate binding reaches the ACR `gold`, so this never matches");
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once_in_the_order_of_places() {
    let manifest = "default_acr = \"otp\"\n[[authenticate]]\nacr = \"pwd\"\nlevel = 10\nrun = \"z.rhai\"\n\
                    [[claims]]\nrun = \"a.rhai\"\nclaims = [\"x\"]\n[[claims]]\nname = \"b\"\nrun = \"a.rhai\"\nclaims = [\"y\"]\n";
    let files = bundle(&[("policy.toml", manifest), ("a.rhai", "bad"), ("z.rhai", "bad")]);
    let places: Vec<_> = compiled(&files).unwrap_err().into_iter().map(|it| (it.place.file, it.place.line)).collect();
    // The file that is bound twice tells what is wrong with it once.
    let expected = [("policy.toml", 1), ("a.rhai", 1), ("z.rhai", 1)].map(|(file, line)| (file.to_owned(), line));
    assert_eq!(places, expected);
}

#[test]
fn the_code_of_a_binding_with_errors_is_not_judged_by_what_it_lacks() {
    let manifest = format!("{PWD}[[claims]]\nrun = \"a.rhai\"\nclaims = [\"x\"]\nlned = [\"kv\"]\n");
    let runtime = StubRuntime::new(&[]);
    let wrong = compile(&files_of(&manifest), &runtimes(&runtime), World::new().tools());
    assert_eq!(wrong.unwrap_err().len(), 1);
    assert_eq!(runtime.compiled.load(Ordering::SeqCst), 1, "only the sound one");
}
