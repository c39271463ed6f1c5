//! Which plugins may be compiled at all.

use super::*;
use crate::Runtimes;
use crate::compile::compile;
use crate::rehearsal::World;
use crate::signatures::trust_tests::{key, sign, signed, trust};
use crate::stub::{PWD, StubRuntime};
use gatewright_domain::hooks::{Program, Runtime, Unit};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The stub runtime, for plugins.
struct Wasm(Arc<StubRuntime>);

impl Runtime for Wasm {
    fn extension(&self) -> &'static str {
        "wasm"
    }

    fn compile(&self, unit: &Unit<'_>) -> Result<Arc<dyn Program>, Vec<Diagnostic>> {
        self.0.compile(unit)
    }
}

/// What is wrong with a bundle of one plugin, `lib/risk.wasm`, whose binding says `more`; as it is shown, with hints. Who
/// is not allowed to run it has not compiled it either.
fn wrong(more: &str, signatures: Option<&str>, trust: Trust) -> Vec<String> {
    let manifest = format!("{PWD}[[select_acr]]\nrun = \"lib/risk.wasm\"\n{more}");
    let texts = [("policy.toml", manifest.as_str()), ("pwd.rhai", ""), ("lib/risk.wasm", "risk")];
    let mut files: BTreeMap<_, _> = texts.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into();
    files.extend(signatures.map(|text| ("lib/risk.wasm.sig".to_owned(), text.as_bytes().to_vec())));
    let (scripts, plugins) = (StubRuntime::new(&[]), StubRuntime::new(&[]));
    let runtimes = Runtimes::new(vec![scripts, Arc::new(Wasm(plugins.clone()))], trust);
    let found = compile(&Files::new(files).unwrap(), &runtimes, World::new().tools()).err().unwrap_or_default();
    assert_eq!(plugins.compiled.load(Ordering::SeqCst), usize::from(found.is_empty()), "{found:#?}");
    found.iter().map(|wrong| crate::report::shown(std::slice::from_ref(wrong))).collect()
}

#[track_caller]
fn only(more: &str, signatures: Option<&str>, trust: Trust) -> String {
    let mut wrong = wrong(more, signatures, trust);
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    wrong.remove(0)
}

#[test]
fn where_no_signature_is_wanted_a_plugin_needs_none_and_any_file_may_stand_beside_it() {
    assert!(wrong("", None, Trust::nobody()).is_empty());
    assert!(wrong("", Some("of another tool"), Trust::nobody()).is_empty());
    assert!(wrong("", None, trust(&["acme"], &[])).is_empty());
    assert!(wrong("", Some(&signed(b"risk", &["vendor"]).to_string()), trust(&["acme"], &[])).is_empty());
}

#[test]
fn a_plugin_signed_by_every_key_that_is_wanted_runs() {
    let both = signed(b"risk", &["acme", "ops", "vendor"]).to_string();
    assert!(wrong("signed_by = [\"acme\"]", Some(&both), trust(&["acme", "ops"], &["ops"])).is_empty());
}

#[test]
fn a_plugin_without_a_signature_is_refused_with_the_key_that_is_wanted_and_what_to_do() {
    let told = "is not signed, and must be by `ops` (put `lib/risk.wasm.sig` beside it, with a signature by ops: \
                gatewright plugin sign --key ops.key.pem risk.wasm)";
    let required = only("", None, trust(&["ops"], &["ops"]));
    assert_eq!(required, format!("policy.toml:8:7: `lib/risk.wasm` {told}"));
    let of_binding = only("signed_by = [\"ops\"]", None, trust(&["ops"], &[]));
    assert_eq!(of_binding, format!("policy.toml:9:14: `lib/risk.wasm` {told}"));
    assert_eq!(only("signed_by = [\"ops\"]", None, trust(&["ops"], &["ops"])), of_binding, "told once");
}

#[test]
fn the_signature_of_another_is_not_the_one_that_is_wanted() {
    let by = |name| signed(b"risk", &[name]).to_string();
    let other = only("", Some(&by("acme")), trust(&["acme", "ops"], &["ops"]));
    assert!(other.contains("`lib/risk.wasm` is not signed by `ops`, but by `acme` (put "), "{other}");
    let unknown = only("", Some(&by("vendor")), trust(&["ops"], &["ops"]));
    assert!(
        unknown.contains(&format!("by a key that the configuration does not name, {}", key("vendor"))),
        "{unknown}"
    );
}

#[test]
fn the_signature_of_another_file_is_refused_even_where_none_is_wanted() {
    let other = signed(b"an earlier build", &["ops"]).to_string();
    for (required, more) in [(&["ops"][..], ""), (&[], "signed_by = [\"ops\"]"), (&[], "")] {
        let told = only(more, Some(&other), trust(&["ops"], required));
        assert!(told.contains("`lib/risk.wasm` is not the file that `ops` signed"), "{told}");
    }
}

#[test]
fn a_signature_under_the_key_of_another_is_refused() {
    // The vendor signed, and wrote the line as if it were by `ops`.
    let mut forged = Signatures::default();
    let statement = crate::signatures::statement(b"risk");
    forged.put(key("ops"), sign(&key("vendor"), statement.as_bytes())).unwrap();
    let told = only("", Some(&forged.to_string()), trust(&["ops"], &["ops"]));
    assert!(told.contains("does not hold"), "{told}");
}

#[test]
fn a_file_of_signatures_that_cannot_be_read_is_refused_at_its_line() {
    let text = format!("{}nonsense\n", signed(b"risk", &["ops"]));
    let told = only("", Some(&text), trust(&["ops"], &[]));
    assert!(told.starts_with("lib/risk.wasm.sig:3: line 3 is no signature"), "{told}");
}

#[test]
fn a_binding_names_keys_that_the_configuration_has() {
    let signatures = signed(b"risk", &["acme"]).to_string();
    let misspelt = only("signed_by = [\"acem\"]", Some(&signatures), trust(&["acme"], &[]));
    assert_eq!(misspelt, "policy.toml:9:14: the configuration has no key `acem` (did you mean `acme`?)");
    let none = only("signed_by = [\"acme\"]", Some(&signatures), Trust::nobody());
    assert!(none.contains("under [policy.plugin_signatures.keys]"), "{none}");
    let required = only("", Some(&signatures), trust(&[], &["acme"]));
    assert!(required.contains("has no key `acme`"), "{required}");
    assert!(only("signed_by = [\"a.b\"]", None, Trust::nobody()).contains("1 to 64 letters"));
}

#[test]
fn a_script_is_signed_by_nobody() {
    let manifest = format!("{PWD}signed_by = [\"ops\"]\n");
    let files = crate::stub::files_of(&manifest);
    let runtimes = Runtimes::new(vec![StubRuntime::new(&[])], trust(&["ops"], &["ops"]));
    let wrong = compile(&files, &runtimes, World::new().tools()).unwrap_err();
    assert_eq!(wrong.len(), 1, "{wrong:#?}");
    assert_eq!(wrong[0].message, "`pwd.rhai` is no plugin, so nobody signs it");
}
