//! Whatever the text, compiling and running it comes back.

use crate::stage::{Setting, Stage, sample};
use gatewright_domain::hooks::{HookKind, Limits};
use proptest::prelude::*;

/// Pieces of the language, so that random text gets past the parser now and then.
const PIECES: [&str; 64] = [
    "fn ", "claims", "(about)", "{", "}", "(", ")", "[", "]", "#{", ":", ";", ",", ".", "::", "|", "||", "=>", "=",
    "==", "+", "-", "*", "/", "!", "&&", "??", "?.", "..", "..=", "let ", "const ", "if ", "else ", "for ", "in ",
    "while ", "loop ", "return ", "throw ", "try ", "catch ", "switch ", "import ", "export ", "private ", "this", "x",
    "about", "user", "\"a\"", "`${", "`", "'c'", "1", "2.5", "true", "()", "\n", " ", "pass", "deny", "kv", "ask",
];

fn pieces() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES.as_slice()), 0..60).prop_map(|pieces| pieces.concat())
}

/// An expression of some depth.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("1".to_owned()),
        Just("2.5".to_owned()),
        Just("\"text\"".to_owned()),
        Just("()".to_owned()),
        Just("true".to_owned()),
        Just("x".to_owned()),
        Just("about.user".to_owned()),
        Just("about.scope".to_owned()),
        Just("pass()".to_owned()),
        Just("secrets::get(\"api_key\")".to_owned()),
        Just("clock::now()".to_owned()),
        Just("kv::get(\"k\")".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[{}]", items.join(", "))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("#{{ a: {a}, b: {b} }}")),
            (inner.clone(), inner.clone(), prop::sample::select(vec!["+", "-", "==", "<", "in", "&&", "??", "%"]))
                .prop_map(|(a, b, operator)| format!("({a} {operator} {b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("if {a} {{ {b} }} else {{ x }}")),
            (inner.clone(), prop::sample::select(vec!["len()", "to_string()", "keys()", "map(|y| x)", "contains(x)"]))
                .prop_map(|(a, method)| format!("({a}).{method}")),
            inner.clone().prop_map(|a| format!("`a${{{a}}}b`")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a})[{b}]")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn compiling_any_text_comes_back(text in "\\PC{0,200}") {
        let _ = Setting::of(HookKind::Claims).compile(&text);
    }

    #[test]
    fn compiling_pieces_of_the_language_comes_back(text in pieces()) {
        for hook in [HookKind::Claims, HookKind::Authenticate] {
            if let Err(wrong) = Setting::of(hook).compile(&text) {
                prop_assert!(!wrong.is_empty());
                prop_assert!(wrong.iter().all(|found| !found.message.contains("broke off")), "{text}\n{wrong:?}");
            }
        }
    }

    #[test]
    fn running_any_expression_comes_back(made in expression(), place in 0_usize..6) {
        let hook = HookKind::ALL[place];
        let script = format!("fn {hook}(about) {{ let x = 1; let made = {made}; made }}");
        let setting = Setting { limits: Limits { operations: 20_000, ..Limits::default() }, ..Setting::of(hook) };
        if let Ok(program) = setting.compile(&script) {
            drop(program);
            let mut stage = Stage::new(setting, &script);
            stage.input = sample(hook);
            if let Err(fault) = stage.run() {
                prop_assert!(!fault.to_string().contains("broke off"), "{script}: {fault}");
            }
        }
    }
}
