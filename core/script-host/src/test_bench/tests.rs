//! The language of tests, on a stage that only notes what was asked of it.

use super::*;
use gatewright_domain::hooks::{Given, Misuse};
use serde_json::{Map, Value, json};
use std::sync::Mutex;

#[derive(Default, Clone)]
struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    fn note(&self, line: String) {
        self.0.lock().unwrap().push(line);
    }
}

impl Stage for Notes {
    fn bind(&mut self, manifest: &str) -> Result<(), Misuse> {
        self.note(format!("bind {manifest}"));
        Ok(())
    }

    fn sample(&mut self) -> Result<Value, Misuse> {
        Ok(json!({ "acr": "pwd", "scope": ["openid"], "user": null }))
    }

    fn given(&mut self, given: Given) -> Result<(), Misuse> {
        self.note(format!("{given:?}"));
        Ok(())
    }

    fn run(&mut self, input: Value) -> Result<Value, Misuse> {
        self.note(format!("run {input}"));
        Ok(json!({ "page": "form", "fields": { "code": { "value": null } } }))
    }

    fn recorded(&mut self, case: &str) -> Result<Value, Misuse> {
        self.note(format!("recorded {case}"));
        Ok(json!({ "decision": "pass" }))
    }

    fn answer(&mut self, answer: Map<String, Value>) -> Result<Value, Misuse> {
        if answer.contains_key("usrname") {
            return Err(Misuse::new("the page has no field `usrname`"));
        }
        Ok(json!({ "decision": "pass" }))
    }

    fn requests(&self) -> Value {
        json!([{ "url": "https://a.example" }])
    }

    fn mails(&self) -> Value {
        json!([{ "to": "alice" }])
    }
}

fn compiled(text: &str) -> Result<Arc<dyn TestFile>, Vec<Diagnostic>> {
    let language = [crate::standard::module().into()];
    compile(&language, "x.test.rhai", &BTreeMap::from([("x.test.rhai".to_owned(), text.as_bytes().to_vec())]))
}

/// Plays the only test of a text; answers what was noted, or how it failed.
fn play(text: &str) -> Result<Vec<String>, Diagnostic> {
    let tests = compiled(text).unwrap();
    let [name] = tests.names().try_into().unwrap();
    let notes = Notes::default();
    tests.play(&name, Box::new(notes.clone())).map_err(|failure| failure.diagnostic)?;
    let noted = notes.0.lock().unwrap().clone();
    Ok(noted)
}

#[test]
fn every_public_function_without_parameters_is_a_test_in_the_order_of_the_file() {
    let text = "fn zebra() {} private fn helper() {} fn taking(parameter) {} fn apple() {}";
    assert_eq!(compiled(text).unwrap().names(), ["zebra", "apple"]);
}

#[test]
fn a_file_without_tests_or_with_a_syntax_error_is_refused_with_its_place() {
    let wrong = compiled("private fn helper() {}").err().unwrap();
    assert_eq!(wrong[0].message, "there is no test in it");
    let wrong = compiled("fn a() {\n    let = 1;\n}").err().unwrap();
    assert_eq!((wrong[0].place.line, wrong[0].place.file.as_str()), (2, "x.test.rhai"));
}

#[test]
fn what_stands_outside_functions_runs_before_the_test() {
    let noted = play("bind(`[[x]]`);\nfn test() { let login = sample(); login.acr = \"otp\"; run(login); }").unwrap();
    assert_eq!(noted, ["bind [[x]]", r#"run {"acr":"otp","scope":["openid"],"user":null}"#]);
}

#[test]
fn the_whole_stage_is_at_hand() {
    let text = r#"
fn test() {
    given::user(#{ username: "alice" });
    given::time(7);
    given::kv("k", [1]);
    given::secret("n", "t");
    given::http("https://a.example", #{ status: 200, json: #{ ok: true } });
    given::factor(#{ user: "alice", kind: "totp", code: "123456" });
    given::provider("corporate", #{ subject: "x" });
    given::wait("alice", 30);
    expect(run(sample()), #{ page: "form", fields: #{ code: #{ value: () } } });
    expect(answer(#{ code: "1" }), #{ decision: "pass" });
    expect(requests().len() == 1);
    expect(requests()[0].url, "https://a.example");
    expect(mails()[0].to, "alice");
}
"#;
    let noted = play(text).unwrap();
    assert_eq!(noted.len(), 9);
    assert!(noted[0].starts_with("User(") && noted[4].starts_with("Http {"), "{noted:?}");
}

#[test]
fn a_failure_says_which_test_what_and_where() {
    let failure =
        play("fn the_test() {\n    let answered = answer(#{});\n    expect(answered, #{ decision: \"deny\" });\n}");
    let failure = failure.unwrap_err();
    let expected = "the_test: expected \"deny\" at decision, got \"pass\"; all of it is {\"decision\":\"pass\"}";
    assert_eq!(failure.message, expected);
    assert_eq!((failure.place.line, failure.place.column), (3, 5));
}

#[test]
fn what_the_stage_refuses_fails_the_test() {
    let failure = play("fn test() {\n  answer(#{ usrname: \"x\" });\n}").unwrap_err();
    assert_eq!((failure.message.as_str(), failure.place.line), ("test: the page has no field `usrname`", 2));
    let failure = play("fn test() {\n\n  nobody_knows();\n}").unwrap_err();
    assert_eq!((failure.message.as_str(), failure.place.line), ("test: Function not found: nobody_knows ()", 3));
    let failure = play("fn test() { expect(1 > 2); }").unwrap_err();
    assert_eq!(failure.message, "test: this does not hold");
    let failure = play("fn test() { throw \"no\"; }").unwrap_err();
    assert_eq!(failure.message, "test: no");
}

#[test]
fn a_long_failure_is_cut() {
    let failure = play("fn test() { let s = \"x\"; s.pad(5000, \"x\"); throw s; }").unwrap_err();
    assert_eq!(failure.message.chars().count(), MESSAGE_CHARS_MAX);
}

#[test]
fn a_test_that_never_ends_is_ended() {
    for endless in ["fn test() { loop {} }", "fn test() { let s = \"x\"; loop { s += s; } }", "fn test() { test(); }"] {
        assert!(play(endless).is_err(), "{endless}");
    }
}

#[test]
fn a_test_reaches_nothing_but_its_stage() {
    for reaching in ["fn test() { import \"other\" as o; }", "fn test() { eval(\"1\"); }"] {
        assert!(compiled(reaching).is_err() || play(reaching).is_err(), "{reaching}");
    }
}

#[test]
fn a_failure_of_a_comparison_carries_its_differences_and_another_does_not() {
    let failure = |text: &str| {
        let tests = compiled(text).unwrap();
        tests.play("test", Box::new(Notes::default())).unwrap_err()
    };
    let differences = failure("fn test() { expect(#{ a: 1, b: 2 }, #{ a: 3, b: 4 }); }").differences;
    assert_eq!(differences.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    let caught = "fn test() { try { expect(1, 2); } catch { } throw \"else\"; }";
    assert_eq!(failure(caught).differences, []);
}
