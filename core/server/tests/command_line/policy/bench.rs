//! `gatewright policy bench`.

use super::{Folder, ROLES_SCRIPT, ROLES_TEST};
use serde_json::{Value, json};

fn groups(count: usize) -> String {
    let groups: Vec<String> = (0..count).map(|n| format!("g{n}")).collect();
    json!([{ "user": { "claims": { "groups": groups } } }, {}]).to_string()
}

#[test]
fn each_binding_is_measured_on_its_inputs() {
    let folder = Folder::roles(ROLES_TEST);
    let out = folder.policy("bench", &[]).done();
    let row = |out: &str, name: &str| out.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(row(&out, "claims/roles").contains("200000 (1 %)"), "{out}");
    assert!(out.contains("authenticate/password asks \"Sign in\"; measured to there\n"), "{out}");
    assert!(out.contains("claims/roles decides\n"), "{out}");
    let operations = |document: &Value| document["bindings"][1]["operations"].as_u64().unwrap();
    let before = operations(&folder.policy("bench", &["--json"]).json());
    folder.write("bench/claims.json", &groups(90));
    let document = folder.policy("bench", &["--json"]).json();
    assert!(operations(&document) > before + 90, "the input that takes most counts: {document}");
    assert!(document["bindings"][1]["calls"].as_u64().unwrap() > 1);
    folder.write("bench/claims.json", "[1]");
    let wrong = folder.policy("bench", &[]).failed();
    assert!(wrong.contains("claims.json: it is neither an input"), "{wrong}");
}

#[test]
fn more_work_than_the_baseline_allows_fails_and_less_does_not() {
    let folder = Folder::roles(ROLES_TEST);
    folder.write("bench/claims.json", &groups(50));
    let file = folder.text("baseline.json");
    folder.policy("bench", &["--save", &file]).done();
    let out = folder.policy("bench", &["--baseline", &file]).done();
    assert!(out.contains("baseline") && !out.contains("WORSE"), "{out}");
    folder.write("claims/roles.rhai", &ROLES_SCRIPT.replace("// One by one.", "let again = group + group;"));
    let answer = folder.policy("bench", &["--baseline", &file]);
    assert_eq!(answer.status, Some(1));
    assert!(answer.out.contains("WORSE  claims/roles takes ") && answer.out.contains("; it was "), "{}", answer.out);
    assert!(answer.err.contains("1 thing is worse than allowed") && answer.err.contains("--save"), "{}", answer.err);
    folder.write("claims/roles.rhai", "fn claims(about) { #{ roles: [] } }");
    let out = folder.policy("bench", &["--baseline", &file]).done();
    assert!(out.contains("note   claims/roles takes "), "{out}");
    folder.write("claims/roles.rhai", "fn claims(about) { throw \"no\"; }");
    let answer = folder.policy("bench", &["--baseline", &file]);
    assert!(answer.out.contains("WORSE  claims/roles fails: it threw: no; it was: decides"), "{}", answer.out);
}

#[test]
fn a_binding_that_reaches_its_limit_fails_and_makes_no_baseline() {
    let folder = Folder::roles(ROLES_TEST);
    let limited = super::manifest(&format!("{}limit = {{ operations = 40 }}\n", super::ROLES));
    folder.write("policy.toml", &limited);
    folder.write("bench/claims.json", &groups(90));
    let file = folder.text("baseline.json");
    let answer = folder.policy("bench", &["--save", &file]);
    assert_eq!(answer.status, Some(1));
    let told = "WORSE  claims/roles: it reached its limit of 40 operations";
    assert!(answer.out.contains(told), "{}", answer.out);
    assert!(!std::path::Path::new(&file).exists());
}
