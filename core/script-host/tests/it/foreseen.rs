//! What can be foreseen of a script without running it: what its hook comes to, where its secrets would go, what it
//! calls and names.

use crate::stage::Setting;
use gatewright_domain::hooks::{HookKind, Study};
use std::collections::BTreeSet;

fn messages(hook: HookKind, body: &str) -> Vec<String> {
    let found = Setting::of(hook).compile(&format!("fn {hook}(input) {{\n{body}\n}}")).err().unwrap_or_default();
    found.into_iter().map(|wrong| wrong.message).collect()
}

fn study(hook: HookKind, script: &str) -> Study {
    match Setting::of(hook).compile(script) {
        Ok(program) => program.study(),
        Err(found) => panic!("{script}\n{found:#?}"),
    }
}

fn warnings(hook: HookKind, body: &str) -> Vec<(usize, String)> {
    let study = study(hook, &format!("fn {hook}(input) {{\n{body}\n}}"));
    study.warnings.into_iter().map(|warning| (warning.place.line, warning.message)).collect()
}

#[test]
fn a_hook_that_returns_what_is_no_decision_is_refused() {
    for (hook, body, what) in [
        (HookKind::Authenticate, "\"alice\"", "a text"),
        (HookKind::Authenticate, "if input.scope.is_empty() { return 1; } fail(\"x\")", "a number"),
        (HookKind::SelectAcr, "if input.scope.is_empty() { [\"otp\"] } else { pass() }", "a list"),
        (HookKind::Consent, "switch input.acr_values.len() { 0 => grant([]), _ => true }", "true or false"),
        (HookKind::AfterAuthentication, "#{ acr: \"otp\" }", "a map"),
        (HookKind::Authenticate, "form(\"Sign in\").text(\"username\")", "a form that nobody is shown"),
        (HookKind::Authenticate, "ask(form(\"Sign in\"))", "the answer to a page"),
        (HookKind::Authenticate, "users::find(\"alice\")", "what `users::find` answers"),
        (HookKind::CustomizeToken, "`${input.acr}`", "a text"),
        (HookKind::Authenticate, "loop { break 5; }", "a number"),
        (HookKind::Authenticate, "try { \"x\" } catch { return fail(\"y\"); }", "a text"),
    ] {
        assert_eq!(messages(hook, body), [format!("`{hook}` returns {what} here, which is no decision")], "{body}");
    }
}

#[test]
fn a_hook_that_never_decides_is_refused_where_ending_decides_nothing() {
    for hook in HookKind::ALL {
        let body = "let seen = input.scope.len();";
        let expected = match hook {
            HookKind::SelectAcr => vec![],
            _ => vec![format!("`{hook}` never comes to a decision")],
        };
        assert_eq!(messages(hook, body), expected, "{hook}");
    }
}

#[test]
fn a_way_that_ends_without_a_decision_is_warned_of() {
    let ends = |line| vec![(line, "`authenticate` may end here without a decision, which is a fault".to_owned())];
    for (line, body) in [
        (2, "if input.scope.is_empty() { fail(\"x\") }"),
        (3, "if input.scope.is_empty() { return fail(\"x\"); }\nlet n = 1;"),
        (2, "for n in 0..3 { if n > 1 { return fail(\"x\"); } }"),
        (2, "switch input.acr { \"pwd\" => fail(\"x\") }"),
        (3, "if input.scope.is_empty() { fail(\"x\") } else {\nreturn; }"),
        (3, "loop {\nif input.scope.is_empty() { break; } return fail(\"x\"); }"),
    ] {
        assert_eq!(warnings(HookKind::Authenticate, body), ends(line), "{body}");
    }
    for body in [
        "loop { for n in 0..3 { break; } if input.scope.is_empty() { return fail(\"x\"); } }",
        "while true { if input.scope.is_empty() { return fail(\"x\"); } }",
        "switch input.acr { \"pwd\" => fail(\"x\"), _ => delegate(\"pwd\") }",
        "try { return fail(\"x\"); } catch { return fail(\"y\"); }",
        "if input.scope.is_empty() { throw \"x\"; }\nfail(\"y\")",
        "if input.scope.is_empty() { fail(\"x\") } else { throw \"x\"; }",
        "let decided = fail(\"x\"); decided",
        "return if input.scope.is_empty() { fail(\"x\") } else { fail(\"y\") };",
    ] {
        assert_eq!(warnings(HookKind::Authenticate, body), [], "{body}");
    }
}

#[test]
fn a_secret_on_its_way_out_is_refused_before_it_runs() {
    for (call, cannot) in [
        ("log::info(secrets::get(\"api_key\"))", "logged"),
        ("log::warn([key])", "logged"),
        ("log::debug(typed.pin)", "logged"),
        ("kv::put(\"k\", #{ deep: [key] }, 60)", "stored"),
        ("http::post(\"https://risk.example.com/\", #{ k: key })", "sent in a body of JSON"),
        ("ask(form(\"x\").say(key))", "shown"),
        ("ask(form(\"x\").text(\"a\").value(\"a\", typed.pin))", "shown"),
        ("notice(key)", "shown"),
        ("let x = to_json(#{ k: key })", "turned into text"),
        ("let x = \"Bearer \" + key", "joined to text"),
        ("let x = typed.pin == \"1234\"", "compared"),
        ("let x = bearer(key) + \"\"", "joined to text"),
        ("if input.scope.is_empty() { throw key; }", "thrown"),
        ("if input.scope.is_empty() { return fail(typed.pin); }", "told to the client"),
    ] {
        let body = format!(
            "let key = secrets::get(\"api_key\");\nlet typed = ask(form(\"x\").password(\"pin\", \"PIN\").text(\"more\"));\n\
             {call};\nfail(\"x\")"
        );
        assert_eq!(messages(HookKind::Authenticate, &body), [format!("a Secret cannot be {cannot}")], "{call}");
    }
}

#[test]
fn a_secret_in_a_text_is_warned_of_and_what_is_none_is_not() {
    let seen = warnings(HookKind::Authenticate, "let key = secrets::get(\"api_key\");\nfail(`the key is ${key}`)");
    assert_eq!(seen, [(3, "a Secret is shown as `Secret(…)` here, never as what it is".to_owned())]);
    for body in [
        "let key = secrets::get(\"api_key\"); key = \"public\"; log::info(key); fail(\"x\")",
        "{ let key = secrets::get(\"api_key\"); let used = bearer(key); } let key = \"public\"; log::info(key); fail(\"x\")",
        "let typed = ask(form(\"x\").password(\"pin\").text(\"more\")); log::info(typed.more); fail(`${typed.more}`)",
    ] {
        assert_eq!(warnings(HookKind::Authenticate, body), [], "{body}");
    }
}

#[test]
fn what_a_script_calls_and_names_is_known_and_what_is_computed_is_not() {
    let named = study(
        HookKind::SelectAcr,
        "const STRONG = [\"otp\", \"passkey\"];\nfn select_acr(login) {\n    log::info(\"x\");\n    \
         if login.client.public { return use_acr(STRONG); }\n    enrol_acr(\"totp\")\n}",
    );
    let acrs: Vec<_> =
        named.acrs.iter().map(|named| (named.acr.as_str(), named.decision.as_str(), named.place.line)).collect();
    assert_eq!(acrs, [("otp", "use_acr", 4), ("passkey", "use_acr", 4), ("totp", "enrol_acr", 5)]);
    assert!(named.names_every_acr && named.never_passes);
    assert_eq!(named.calls, Some(BTreeSet::from(["log".to_owned()])));
    assert_eq!(named.secrets, Some(BTreeSet::new()));
    let computed = study(
        HookKind::SelectAcr,
        "fn select_acr(login) { let k = secrets::get(login.client.id); if k == () { pass() } else { use_acr(login.acr_values) } }"
            .replace("k == ()", "login.client.public")
            .as_str(),
    );
    assert!(!computed.names_every_acr && !computed.never_passes);
    assert_eq!(computed.secrets, None);
    for passes in ["if login.client.public { use_acr(\"otp\") }", "let d = use_acr(\"otp\"); d", "pass()", ""] {
        assert!(!study(HookKind::SelectAcr, &format!("fn select_acr(login) {{ {passes} }}")).never_passes, "{passes}");
    }
}
