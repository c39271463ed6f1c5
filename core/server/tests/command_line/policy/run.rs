//! `gatewright policy run`.

use super::{Folder, ROLES, manifest};
use crate::process::{Answer, run, run_with};
use serde_json::{Value, json};

impl Folder {
    fn hook(&self, hook: &str, more: &[&str]) -> Answer {
        run(&[&["policy", "run", hook, "--dir", &self.text("")], more].concat())
    }
}

#[test]
fn a_page_is_shown_where_no_answer_is_given() {
    let folder = Folder::new(&[("policy.toml", &manifest(""))]);
    let out = folder.hook("authenticate", &[]).done();
    assert!(out.starts_with("authenticate of bundle "), "{out}");
    assert!(out.contains("authenticate/password   ") && out.contains(" operations, "), "{out}");
    assert!(out.contains("\"title\": \"Sign in\""), "{out}");
    let next = "It waits. To go on, put the next answer into --answers FILE: [{\"username\":\"…\",\"password\":\"…\"}]";
    assert!(out.contains(next), "{out}");
}

#[test]
fn answers_lead_through_the_pages_to_the_decision() {
    let folder = Folder::new(&[("policy.toml", &manifest(""))]);
    folder.write(
        "answers.json",
        r#"[{ "username": "alice" }, { "username": "alice", "password": "no" },
            { "username": "alice", "password": "wonderland" }, { "username": "x" }]"#,
    );
    let answers = folder.text("answers.json");
    let out = folder.hook("authenticate", &["--answers", &answers]).done();
    for part in [
        "answered with username\n  the page comes back, and the hook does not run; password: Please fill in this field.\n",
        "answered with username, password\n",
        "  users {\"users\":\"verify_password\",\"username\":\"alice\",",
        "    -> user null\n",
        "  asks \"Sign in\" (username, password), saying \"Wrong username or password.\"\n",
        "    -> user {\"subject\":\"248289761001\",",
        "  decides {\"decision\":\"authenticated\",",
        "\"decision\": \"authenticated\"",
        "1 answer was left over.",
    ] {
        assert!(out.contains(part), "{part}\n{out}");
    }
    assert!(!out.contains("wonderland"), "{out}");
    let document = folder.hook("authenticate", &["--answers", &answers, "--json"]).json();
    assert_eq!(document["outcome"]["decision"], "authenticated");
    assert_eq!(document["stretches"].as_array().unwrap().len(), 4);
    let calls = &document["stretches"][3]["runs"][0]["calls"];
    assert_eq!(calls.as_array().unwrap().len(), 1, "what this run added to the journal: {calls}");
    assert_eq!(calls[0]["answer"]["is"]["username"], "alice");
    assert!(document["stretches"][3]["runs"][0]["operations"].as_u64().unwrap() > 0);
    assert_eq!([&document["waits"], &document["answers_left"]], [&json!(false), &json!(1)]);
}

#[test]
fn the_input_is_laid_over_the_sample_and_may_come_from_standard_input() {
    let folder = Folder::roles("fn nothing() {}");
    let words = ["policy", "run", "claims", "--dir", &folder.text(""), "--input", "-", "--json"];
    let document: Value = run_with(&words, r#"{ "user": { "claims": { "groups": ["staff"] } } }"#).json();
    assert_eq!(document["outcome"], json!({ "decision": "claims", "claims": { "roles": ["staff"] } }));
    assert_eq!(document["input"]["user"]["username"], "alice", "the rest is the sample's");
    let wrong = run_with(&words, r#"{ "usr": {} }"#).failed();
    assert!(wrong.contains("the input of claims has no `usr`"), "{wrong}");
    let wrong = run_with(&words, "[]").failed();
    assert!(wrong.contains("standard input: it is no JSON object"), "{wrong}");
    let other = run_with(&words, r#"{ "scope": ["openid"] }"#).json();
    assert_eq!(other["outcome"], json!({ "asked": false }));
}

#[test]
fn one_binding_runs_alone_and_what_it_is_given_is_its_world() {
    let counts = "[[claims]]\nscopes = [\"n\"]\nclaims = [\"n\"]\nrun = \"n.rhai\"\nlend = [\"kv\", \"log\"]\n";
    let folder = Folder::new(&[
        ("policy.toml", &manifest(&format!("{ROLES}{counts}"))),
        ("claims/roles.rhai", super::ROLES_SCRIPT),
        ("n.rhai", "fn claims(about) { log::info(\"counting\"); #{ n: kv::add(\"n\", 1, 60) + clock::now() } }"),
        ("given.json", r#"{ "kv": { "n": 41 }, "time": 100 }"#),
    ]);
    let given = folder.text("given.json");
    let out = folder.hook("claims", &["--binding", "n", "--given", &given]).done();
    assert!(out.contains("\"n\": 142") && !out.contains("claims/roles"), "{out}");
    assert!(out.contains("  log {") && out.contains("  now\n    -> time 100000\n"), "{out}");
    let both = folder.hook("claims", &["--json"]).json();
    assert_eq!(both["stretches"][0]["runs"].as_array().unwrap().len(), 1, "the sample has the scope of the first");
    let wrong = folder.hook("claims", &["--binding", "m"]).failed();
    assert!(wrong.contains("no binding of claims is called `claims/m`; did you mean `claims/n`?"), "{wrong}");
    folder.write("given.json", r#"{ "kvs": {} }"#);
    let wrong = folder.hook("claims", &["--given", &given]).failed();
    assert!(wrong.contains("given.json: `kvs` is no part of what is given"), "{wrong}");
}

#[test]
fn a_hook_that_fails_is_told_with_its_place_and_its_on_error() {
    let skipped = ROLES.replace("run =", "on_error = \"skip\"\nrun =");
    let folder = Folder::new(&[
        ("policy.toml", &manifest(ROLES)),
        ("claims/roles.rhai", "fn claims(about) {\n    throw \"no\";\n}\n"),
    ]);
    let answer = folder.hook("claims", &[]);
    assert_eq!((answer.status, answer.err.as_str()), (Some(1), "error: the hook failed\n"));
    assert!(answer.out.contains("claims/roles.rhai:2:5") && answer.out.contains("(on_error: deny)"), "{}", answer.out);
    folder.write("policy.toml", &manifest(&skipped));
    let out = folder.hook("claims", &[]).done();
    assert!(out.contains("(on_error: skip)") && out.contains("\"decision\": \"claims\""), "{out}");
    let none = folder.hook("consent", &[]).failed();
    assert!(none.contains("the policy binds nothing to consent, so nobody is asked"), "{none}");
    assert_eq!(folder.hook("consnt", &[]).status, Some(2));
}

#[test]
fn what_stands_in_for_a_binding_is_seen_after_it_and_not_asked_itself() {
    let broken = ROLES.replace("run =", "on_error = { fallback = \"plain\" }\nrun =");
    let plain = "[[claims]]\nname = \"plain\"\nstand_in = true\nrun = \"claims/plain.rhai\"\n";
    let folder = Folder::new(&[
        ("policy.toml", &manifest(&format!("{broken}{plain}"))),
        ("claims/roles.rhai", "fn claims(about) { throw \"no\"; }"),
        ("claims/plain.rhai", "fn claims(about) { #{ roles: [\"guest\"] } }"),
    ]);
    let out = folder.hook("claims", &["--binding", "roles"]).done();
    let (first, second) = out.split_once("claims/plain   ").unwrap();
    assert!(first.contains("(on_error: fallback)") && second.contains("decides {"), "{out}");
    let wrong = folder.hook("claims", &["--binding", "claims/plain"]).failed();
    assert!(wrong.contains("`claims/plain` stands in for another") && wrong.contains("ask for the other"), "{wrong}");
    let measured = folder.policy("bench", &["--json"]).json();
    assert_eq!(measured["bindings"][2]["binding"], "claims/plain");
    assert_eq!(measured["bindings"][2]["ends"], json!(["decides"]), "it is measured all the same");
}

#[test]
fn a_long_value_is_cut_in_a_line_and_whole_in_json() {
    let folder = Folder::new(&[
        ("policy.toml", &manifest(ROLES)),
        ("claims/roles.rhai", "fn claims(about) { let long = \"\"; long.pad(500, \"x\"); #{ roles: [long] } }"),
    ]);
    let out = folder.hook("claims", &[]).done();
    let line = out.lines().find(|line| line.starts_with("  decides ")).unwrap();
    assert!(line.ends_with('…') && line.chars().count() < 200, "{line}");
    assert_eq!(folder.hook("claims", &["--json"]).json()["outcome"]["claims"]["roles"][0].as_str().unwrap().len(), 500);
}
