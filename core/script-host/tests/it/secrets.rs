//! A secret can be handed to the host and to nothing else.

use crate::stage::{Setting, Stage, thrown};
use gatewright_domain::capabilities::http::HttpResponse;
use gatewright_domain::flow::FaultKind;
use gatewright_domain::hooks::HookKind;
use std::collections::BTreeMap;

/// What comes of `body` with a typed secret in `typed.password` and a configured one in `key`. They come through a
/// function, behind which no check sees them: what is held here is held while it runs.
fn with_secrets(body: &str) -> Stage {
    let script = format!(
        "fn authenticate(login) {{ let key = unseen(secrets::get(\"api_key\"));\n\
         let typed = unseen(ask(form(\"x\").password(\"password\")));\n{body}\n}}\nfn unseen(value) {{ value }}"
    );
    let mut stage = Stage::new(Setting::of(HookKind::Authenticate), &script);
    stage.form();
    stage.submit(&[("password", "wonderland")]);
    stage
}

fn refused(body: &str) -> String {
    let fault = with_secrets(body).run().err().unwrap_or_else(|| panic!("{body} was allowed"));
    match fault.kind {
        FaultKind::Threw { message } => message,
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn a_secret_prints_as_dots() {
    let shown = "fail(`${typed.password} ${key} ${[key]} ${#{ k: typed.password }} ` + key.to_string())";
    let run = format!("{:?}", with_secrets(shown).run().unwrap());
    let expected = r#"Secret(…) Secret(…) [Secret(…)] #{\"k\": Secret(…)} Secret(…)"#;
    assert!(run.contains(expected), "{run}");
}

#[test]
fn a_secret_is_not_compared() {
    for compared in [
        "typed.password == \"wonderland\"",
        "\"wonderland\" == typed.password",
        "typed.password == key",
        "typed.password != ()",
        "key == 5",
        "5 == key",
        "[key] == [\"k-123\"]",
        "\"k-123\" in [key]",
        "#{ k: key } == #{ k: \"k-123\" }",
        "key > \"a\"",
        "unseen(bearer(key)) == \"Bearer k-123\"",
    ] {
        let said = refused(&format!("if {compared} {{ return authenticated(\"248289761001\"); }} fail(\"x\")"));
        assert!(said.contains("Secret cannot be compared"), "{compared}: {said}");
    }
}

#[test]
fn a_secret_is_not_joined_to_text() {
    for joined in
        ["\"x\" + key", "key + \"x\"", "let t = \"x\"; t += key; t", "unseen(bearer(key)) + \"\"", "key + key"]
    {
        let said = refused(&format!("let made = {{ {joined} }}; fail(\"x\")"));
        assert!(said.contains("Secret"), "{joined}: {said}");
    }
    let said = refused("fail([key].join(\"\"))");
    assert!(said.contains("a Secret"), "{said}");
}

#[test]
fn a_secret_is_stored_sent_or_logged_nowhere() {
    for (body, names) in [
        ("kv::put(\"k\", typed.password, 60)", "a Secret"),
        ("kv::put(\"k\", #{ deep: [key] }, 60)", "a Secret"),
        ("http::post(\"https://risk.example.com/\", #{ k: key })", "a Secret"),
        ("http::post(\"https://risk.example.com/\", key)", "a Secret"),
        ("log::info(key)", "a Secret cannot be logged"),
        ("log::info([key])", "a Secret"),
        ("to_json(#{ k: key })", "a Secret"),
        ("throw key", "a Secret"),
        ("url_encode(key)", "url_encode"),
        ("parse_json(key)", "parse_json"),
    ] {
        let said = refused(&format!("{body};\nfail(\"x\")"));
        assert!(said.contains(names), "{body}: {said}");
        assert!(!said.contains("k-123") && !said.contains("wonderland"), "{said}");
    }
}

#[test]
fn a_secret_is_no_claim() {
    let mut setting = Setting::of(HookKind::Claims);
    setting.loan.secrets = ["api_key".to_owned()].into();
    let mut stage = Stage::new(setting, "fn claims(about) { #{ key: secrets::get(\"api_key\") } }");
    let fault = stage.run().unwrap_err();
    assert!(matches!(&fault.kind, FaultKind::NotAllowed { why } if why.contains("`key`: a Secret")), "{fault}");
    let script = "fn customize_token(token) { keep().claim(\"key\", key()) }\nfn key() { secrets::get(\"api_key\") }";
    assert!(thrown(HookKind::CustomizeToken, script).contains("a Secret"));
}

#[test]
fn a_secret_reaches_the_host_by_reference() {
    let body = "http::send(#{ method: \"POST\", url: \"https://risk.example.com/\", form: #{ p: typed.password, q: \"a b\" } });\n\
                authenticated(users::verify_password(\"alice\", typed.password))";
    let mut stage = with_secrets(body);
    stage.stub.http.will_answer(Ok(HttpResponse { status: 200, headers: BTreeMap::new(), body: String::new() }));
    stage.run().unwrap();
    assert!(stage.stub.http.requests()[0].ends_with("\np=wonderland&q=a+b"), "{:?}", stage.stub.http.requests());
    let journal = serde_json::to_string(&stage.flow.journal).unwrap();
    assert!(!journal.contains("wonderland") && !journal.contains("k-123"), "{journal}");
}

#[test]
fn a_typed_secret_is_gone_on_the_next_request() {
    let body = "ask(form(\"more\").text(\"x\"));\nusers::verify_password(\"alice\", typed.password);\nfail(\"x\")";
    let mut stage = with_secrets(body);
    stage.form();
    stage.submit(&[("x", "y")]);
    let fault = stage.run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::SecretGone);
    assert_eq!(fault.place.unwrap().line, 4);
}
