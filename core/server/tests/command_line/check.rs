//! `gatewright check` and `migrate`, and what is said of a configuration that is none.

use crate::process::{Home, run};
use serde_json::Value;
use std::path::Path;

#[test]
fn a_configuration_is_unfit_until_its_database_is_migrated() {
    let home = Home::unmigrated("");
    let answer = home.run(&["check"]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.out.contains("ok      configuration"), "{}", answer.out);
    assert!(answer.out.contains("FAILED  database") && answer.out.contains("gatewright migrate"), "{}", answer.out);
    assert!(home.run(&["user", "list"]).failed().contains("run `gatewright migrate`"));
    assert!(home.run(&["serve"]).failed().contains("run `gatewright migrate`"));
    assert!(home.run(&["migrate"]).done().contains("is up to date"));
    let applied = home.run(&["migrate", "--json"]).json();
    assert_eq!(applied["applied"], Value::Array(vec![]));
    let out = home.run(&["check"]).done();
    assert!(out.contains("ok      database") && out.contains("ES256; policy "), "{out}");
}

#[test]
fn every_finding_is_there_for_a_machine() {
    let document = Home::new("").run(&["check", "--json"]).json();
    assert_eq!(document["fit"], true);
    let unfit = Home::unmigrated("colour = 1\nlifetimes.cod_s = 2\n").run(&["check", "--json"]);
    assert_eq!(unfit.status, Some(1));
    let document: Value = serde_json::from_str(&unfit.out).unwrap();
    let complaints = &document["findings"][0]["complaints"];
    assert_eq!(complaints[0]["key"], "colour");
    assert_eq!(complaints[1]["key"], "lifetimes.cod_s");
    assert!(complaints[1]["what"].as_str().unwrap().contains("`lifetimes.code_s`"));
}

#[test]
fn a_policy_that_does_not_compile_is_unfit_with_its_place() {
    let home = Home::new("");
    let policy = home.path("policy");
    std::fs::create_dir(&policy).unwrap();
    let manifest = "default_acr = \"pwd\"\n[[authenticate]]\nacr = \"pwd\"\nlevel = 1\nrun = \"mine.rhai\"\n";
    std::fs::write(policy.join("policy.toml"), manifest).unwrap();
    std::fs::write(policy.join("mine.rhai"), "fn authenticate(login) {\n    frobnicate()\n}\n").unwrap();
    let setting = format!("policy.directory={}", policy.display());
    let answer = home.run(&["check", "--set", &setting]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.out.contains("mine.rhai:2:5") && answer.out.contains("frobnicate"), "{}", answer.out);
}

#[test]
fn a_policy_folder_is_looked_at_alone() {
    let home = Home::new("");
    let policy = home.path("policy");
    std::fs::create_dir(&policy).unwrap();
    let folder = policy.display().to_string();
    std::fs::write(policy.join("policy.toml"), include_str!("../../../../scripts/policy.toml")).unwrap();
    let out = run(&["check", "--policy", &folder]).done();
    assert!(out.contains("ok      policy ") && out.contains("policy tests") && out.contains(" passed"), "{out}");
    std::fs::write(policy.join("policy.toml"), "default_acr = \"pwd\"\nlned = 1\n").unwrap();
    let answer = run(&["check", "--policy", &folder]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.out.contains("policy.toml:2:1") && answer.out.contains("2 | lned = 1"), "{}", answer.out);
    assert_eq!(run(&["check", "--policy", "/nowhere/at/all", "--json"]).status, Some(1));
}

#[test]
fn a_master_key_that_is_another_or_none_is_unfit() {
    let home = Home::new("");
    home.run(&["check"]).done();
    std::fs::write(home.path("master.key"), "//////////////////////////////////////////8=").unwrap();
    assert_eq!(home.run(&["check"]).status, Some(1));
    std::fs::write(home.path("master.key"), "too short").unwrap();
    let answer = home.run(&["check"]);
    assert!(answer.status == Some(1) && answer.out.contains("openssl rand -base64 32"), "{}", answer.out);
}

#[test]
fn who_gives_no_configuration_is_told_how() {
    let told = run(&["serve"]).failed();
    assert!(told.contains("`issuer` is missing") && told.contains("--config FILE"), "{told}");
    let told = run(&["serve", "--config", "nowhere.toml"]).failed();
    assert!(told.contains("cannot read the configuration in nowhere.toml"), "{told}");
}

#[test]
fn what_is_not_understood_ends_with_status_2_and_help_with_0() {
    let answer = run(&["quikstart"]);
    assert_eq!(answer.status, Some(2));
    assert!(answer.err.contains("quickstart"), "{}", answer.err);
    assert_eq!(run(&[]).status, Some(2));
    assert!(run(&["--help"]).done().contains("gatewright quickstart"));
    assert!(run(&["--version"]).done().starts_with("gatewright "));
}

#[test]
fn a_policy_whose_tests_fail_is_unfit() {
    let home = Home::new("");
    let policy = home.path("policy");
    std::fs::create_dir_all(policy.join("authentication")).unwrap();
    let changed = "fn authenticate(login) { fail(\"closed\") }\n";
    std::fs::write(policy.join("authentication/password.rhai"), changed).unwrap();
    // The shipped manifest and the shipped script's tests, which the changed script cannot pass.
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts");
    for file in ["policy.toml", "authentication/password.test.rhai"] {
        std::fs::copy(shipped.join(file), policy.join(file)).unwrap();
    }
    let setting = format!("policy.directory={}", policy.display());
    let answer = home.run(&["check", "--set", &setting]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.out.contains("ok      keys and policy"), "{}", answer.out);
    assert!(answer.out.contains("FAILED  policy tests"), "{}", answer.out);
}
