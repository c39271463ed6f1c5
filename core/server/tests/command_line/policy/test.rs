//! `gatewright policy test`.

use super::{Folder, ROLES_TEST, manifest, xml};
use serde_json::{Value, json};

/// The test of roles, with an expectation that fails in two places.
fn failing() -> String {
    ROLES_TEST.replace("[\"a\", \"b\"] } });", "[\"a\", \"c\"], name: 1 } });")
}

#[test]
fn every_test_is_listed_by_its_file_with_its_outcome() {
    let out = Folder::roles(ROLES_TEST).policy("test", &[]).done();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "claims/roles.test.rhai");
    assert!(lines[1].starts_with("  ok      groups_are_roles ") && lines[1].ends_with(" ms"), "{out}");
    assert!(lines[2].starts_with("  ok      nobody_without_groups_has_one "), "{out}");
    assert!(lines.last().unwrap().starts_with("2 passed, 0 failed, in "), "{out}");
}

#[test]
fn a_failure_is_told_with_its_place_and_only_what_differs() {
    let answer = Folder::roles(&failing()).policy("test", &[]);
    assert_eq!(answer.status, Some(1));
    let told = "\n\
claims/roles.test.rhai:8:5: groups_are_roles: this is not what was expected
    8 |     expect(run(in_groups([\"a\", \"b\"])), #{ decision: \"claims\", claims: #{ roles: [\"a\", \"c\"], name: 1 } });
      |     ^
        claims.name
          expected  1
          got       nothing
        claims.roles[1]
          expected  \"c\"
          got       \"b\"
";
    assert!(answer.out.contains(told), "{}", answer.out);
    assert!(answer.out.contains("  FAILED  groups_are_roles") && answer.out.contains("\n1 passed, 1 failed, in "));
    assert_eq!(answer.err, "error: 1 of 2 tests failed\n");
}

#[test]
fn a_filter_chooses_by_the_name_of_the_test_or_its_file() {
    let folder = Folder::roles(&failing());
    let out = folder.policy("test", &["--filter", "nobody"]).done();
    assert!(out.contains("1 passed, 0 failed") && !out.contains("groups_are_roles"), "{out}");
    assert_eq!(folder.policy("test", &["--filter", "roles.test"]).status, Some(1));
    let none = folder.policy("test", &["--filter", "nobdy"]).failed();
    assert!(none.contains("no test has `nobdy`") && none.contains("names them all"), "{none}");
}

#[test]
fn a_folder_without_tests_and_a_policy_with_errors_do_not_pass() {
    let folder = Folder::new(&[("policy.toml", &manifest(""))]);
    let none = folder.policy("test", &[]).failed();
    assert!(none.contains("there is no test in ") && none.contains("x.test.rhai beside x.rhai"), "{none}");
    folder.write("policy.toml", &manifest("[[claims]]\nrun = \"gone.rhai\"\n"));
    let wrong = folder.policy("test", &[]).failed();
    assert!(wrong.contains("policy.toml:8:7: there is no file `gone.rhai`") && wrong.contains("^"), "{wrong}");
    folder.write("policy.toml", &manifest(super::ROLES));
    folder.write("claims/roles.rhai", super::ROLES_SCRIPT);
    folder.write("claims/roles.test.rhai", "fn a() {\n    let = 1;\n}\n");
    let wrong = folder.policy("test", &[]).failed();
    assert!(wrong.contains("claims/roles.test.rhai:2:9"), "{wrong}");
}

#[test]
fn coverage_names_the_lines_that_no_test_ran() {
    let folder = Folder::roles(ROLES_TEST);
    let out = folder.policy("test", &["--coverage"]).done();
    assert!(out.contains("  claims/roles.rhai     5 of    6   83 %   not run: 8\n"), "{out}");
    assert!(!out.contains("password.rhai"), "a shipped script is not the author's to test: {out}");
    folder.write("claims/more.rhai", "fn claims(about) {\n    #{}\n}\n");
    let more = "[[claims]]\nscopes = [\"more\"]\nclaims = [\"more\"]\nrun = \"claims/more.rhai\"\n";
    folder.write("policy.toml", &manifest(&format!("{}{more}", super::ROLES)));
    let out = folder.policy("test", &["--coverage"]).done();
    assert!(out.contains("  claims/more.rhai      0 of    1    0 %   not run: 2\n"), "bound and not tested: {out}");
    let out = folder.policy("test", &["--coverage=lines"]).done();
    for line in [
        "     2     2 |     let roles = [];",
        "     2     5 |         roles.push(group);",
        "           4 |         // One by one.",
        "   !!!     8 |         throw \"too many\";",
    ] {
        assert!(out.contains(line), "{line}\n{out}");
    }
}

#[test]
fn coverage_changes_no_outcome_and_no_place() {
    let many = "[]; for n in 0..101 { about.user.claims.groups.push(\"g\"); }";
    let test = format!(
        "fn there() {{\n let about = sample();\n about.user.claims.groups = {many}\n expect(run(about).fault, ());\n}}\n"
    );
    let folder = Folder::roles(&test);
    let said = |more: &[&str]| {
        let document: Value = serde_json::from_str(&folder.policy("test", more).out).unwrap();
        document["tests"][0]["failure"]["differences"][0]["got"].as_str().unwrap().to_owned()
    };
    let plain = said(&["--json"]);
    assert!(plain.contains("claims/roles.rhai:8:9"), "{plain}");
    assert_eq!(said(&["--json", "--coverage"]), plain);
}

#[test]
fn a_program_gets_the_same_as_json() {
    let answer = Folder::roles(&failing()).policy("test", &["--json", "--coverage"]);
    assert_eq!(answer.status, Some(1));
    let document: Value = serde_json::from_str(&answer.out).unwrap();
    assert_eq!([&document["passed"], &document["failed"]], [&json!(1), &json!(1)]);
    let failure = &document["tests"][0]["failure"];
    assert_eq!([&failure["line"], &failure["column"]], [&json!(8), &json!(5)]);
    let difference = json!({ "path": "claims.roles[1]", "expected": "c", "got": "b" });
    assert_eq!(failure["differences"].as_array().unwrap().iter().filter(|one| **one == difference).count(), 1);
    assert_eq!(document["tests"][1]["failure"], Value::Null);
    let script = document["coverage"].as_array().unwrap().iter().find(|one| one["file"] == "claims/roles.rhai");
    assert_eq!(script.unwrap()["lines"]["8"], 0);
    let folder = Folder::new(&[("policy.toml", "")]);
    let document: Value = serde_json::from_str(&folder.policy("test", &["--json"]).out).unwrap();
    assert_eq!(document["errors"][0]["file"], "policy.toml");
}

#[test]
fn a_ci_system_reads_the_outcome_as_junit_s_xml() {
    let folder = Folder::roles(&failing().replace("\"c\"", "\"<c> & 'd'\\u001b\""));
    let file = folder.text("report.xml");
    assert_eq!(folder.policy("test", &["--junit", &file]).status, Some(1));
    let root = xml::read(&std::fs::read_to_string(&file).unwrap());
    assert_eq!(root.name, "testsuites");
    let [suite] = root.children.as_slice() else { panic!("{root:?}") };
    let of = |name: &str| suite.attributes[name].as_str();
    assert_eq!([of("name"), of("tests"), of("failures"), of("errors")], ["claims/roles.test.rhai", "2", "1", "0"]);
    assert!(of("time").parse::<f64>().unwrap() > 0.0);
    let [failed, passed] = suite.children.as_slice() else { panic!("{suite:?}") };
    assert_eq!(failed.attributes["classname"], "claims.roles");
    assert_eq!(failed.attributes["name"], "groups_are_roles");
    assert_eq!(failed.children[0].name, "failure");
    let said = &failed.children[0].text;
    assert!(said.contains("claims/roles.test.rhai:8:5") && said.contains("expected \"<c> & 'd'"), "{said}");
    assert!(passed.children.is_empty());
    folder.write("policy.toml", "");
    assert_eq!(folder.policy("test", &["--junit", &file]).status, Some(1));
    let root = xml::read(&std::fs::read_to_string(&file).unwrap());
    assert_eq!(root.children[0].attributes["errors"], "1");
    assert_eq!(root.children[0].children[0].children[0].name, "error");
}

#[test]
fn a_long_value_is_cut() {
    let test = "fn a() { let long = \"\"; long.pad(900, \"x\"); expect(long, 1); }\n";
    let answer = Folder::roles(test).policy("test", &[]);
    let line = answer.out.lines().find(|line| line.trim_start().starts_with("got ")).unwrap();
    assert!(line.ends_with('…') && line.chars().count() < 450, "{line}");
}
