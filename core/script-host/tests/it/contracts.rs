//! Every decision of every hook, and what is no decision.

use crate::stage::{Setting, Stage, decide, fault, run, thrown};
use gatewright_domain::flow::{FaultKind, HostAnswer, Wait};
use gatewright_domain::hooks::{
    AfterAuthenticationDecision, AuthenticateDecision, ConsentDecision, CustomizeTokenDecision, HookDecision, HookKind,
    Run, SelectAcrDecision, TokenChanges,
};
use gatewright_domain::page::{ConsentQuestion, Page};
use gatewright_protocol::scope::Scope;
use gatewright_testing::samples::word;
use serde_json::json;

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

#[test]
fn select_acr_uses_passes_or_denies() {
    let decides = |body: &str| decide(HookKind::SelectAcr, &format!("fn select_acr(login) {{ {body} }}"));
    let used =
        |acrs: &[&str]| HookDecision::SelectAcr(SelectAcrDecision::Use(acrs.iter().map(|acr| word(acr)).collect()));
    assert_eq!(decides("use_acr(\"otp\")"), used(&["otp"]));
    assert_eq!(decides("use_acr([\"otp\", \"pwd\"])"), used(&["otp", "pwd"]));
    for passes in ["pass()", "()", "if login.client.public { use_acr(\"otp\") }", ""] {
        assert_eq!(decides(passes), HookDecision::SelectAcr(SelectAcrDecision::Pass), "{passes}");
    }
    let denied = HookDecision::SelectAcr(SelectAcrDecision::Deny { reason: "no".into() });
    assert_eq!(decides("deny(\"no\")"), denied);
    assert_eq!(decides("if login.origin.ip == \"203.0.113.7\" { return deny(\"no\"); } pass()"), denied);
}

#[test]
fn an_acr_that_is_none_is_thrown_where_it_is_used() {
    assert_eq!(thrown(HookKind::SelectAcr, "fn select_acr(l) { use_acr(\"a b\") }"), "use_acr: `a b` is no ACR");
    assert!(thrown(HookKind::SelectAcr, "fn select_acr(l) { use_acr([]) }").contains("at least one"));
    assert!(thrown(HookKind::SelectAcr, "fn select_acr(l) { use_acr(5) }").contains("not a number"));
}

#[test]
fn authenticate_names_its_subject_and_methods() {
    let decides = |body: &str| decide(HookKind::Authenticate, &format!("fn authenticate(login) {{ {body} }}"));
    let authenticated = |amr: &[&str]| {
        let amr = amr.iter().map(|value| word(value)).collect();
        let subject = word("248289761001");
        HookDecision::Authenticate(AuthenticateDecision::Authenticated { subject, amr })
    };
    assert_eq!(decides("authenticated(users::find(\"ALICE\"))"), authenticated(&[]));
    assert_eq!(decides("authenticated(\"248289761001\", [\"pwd\", \"otp\"])"), authenticated(&["pwd", "otp"]));
    assert_eq!(decides("authenticated(users::by_subject(\"248289761001\"), \"pwd\")"), authenticated(&["pwd"]));
    let failed = HookDecision::Authenticate(AuthenticateDecision::Fail { reason: "no".into() });
    assert_eq!(decides("fail(\"no\")"), failed);
    let delegated = HookDecision::Authenticate(AuthenticateDecision::Delegate { acr: word("otp") });
    assert_eq!(decides("delegate(\"otp\")"), delegated);
}

#[test]
fn nobody_is_authenticated_who_was_not_found() {
    let script = "fn authenticate(login) { authenticated(users::find(\"nobody\")) }";
    assert_eq!(thrown(HookKind::Authenticate, script), "authenticated needs a user or a subject, not ()");
    let script = "fn authenticate(login) { authenticated(#{ name: \"alice\" }) }";
    assert!(thrown(HookKind::Authenticate, script).contains("not a map"));
}

#[test]
fn after_authentication_decides_by_its_four_words() {
    let decides =
        |body: &str| decide(HookKind::AfterAuthentication, &format!("fn after_authentication(login) {{ {body} }}"));
    let decided = |decision| HookDecision::AfterAuthentication(decision);
    assert_eq!(decides("proceed()"), decided(AfterAuthenticationDecision::Proceed));
    assert_eq!(decides("ask_consent()"), decided(AfterAuthenticationDecision::AskConsent));
    assert_eq!(decides("step_up(\"otp\")"), decided(AfterAuthenticationDecision::StepUp { acr: word("otp") }));
    let denied = AfterAuthenticationDecision::Deny { reason: "alice".into() };
    assert_eq!(decides("deny(login.user.username)"), decided(denied));
}

#[test]
fn consent_grants_once_or_for_good() {
    let decides = |body: &str| decide(HookKind::Consent, &format!("fn consent(login) {{ {body} }}"));
    let granted = |remember| HookDecision::Consent(ConsentDecision::Grant { scope: scope("openid email"), remember });
    assert_eq!(decides("grant([\"openid\", \"email\"])"), granted(true));
    assert_eq!(decides("grant([\"openid\", \"email\"]).forget()"), granted(false));
    assert_eq!(decides("grant_once([\"openid\", \"email\"])"), granted(false));
    assert_eq!(decides("built_in()"), HookDecision::Consent(ConsentDecision::BuiltIn));
    let denied = HookDecision::Consent(ConsentDecision::Deny { reason: "no".into() });
    assert_eq!(decides("deny(\"no\")"), denied);
}

#[test]
fn consent_can_ask_the_built_in_question() {
    let script =
        "fn consent(login) { if ask(consent_page(login.scope)).allowed { grant(login.scope) } else { deny(\"no\") } }";
    for allowed in [true, false] {
        let mut stage = Stage::new(Setting::of(HookKind::Consent), script);
        let question = Page::Consent(ConsentQuestion { scope: scope("openid profile email") });
        assert_eq!(stage.run().unwrap(), Run::Waiting(Wait::Page(question)));
        stage.next_request();
        assert!(stage.flow.journal.answer(HostAnswer::Consent { allowed }));
        let Run::Decided(HookDecision::Consent(decision)) = stage.run().unwrap() else { panic!() };
        assert_eq!(matches!(decision, ConsentDecision::Grant { .. }), allowed);
    }
}

#[test]
fn claims_are_a_map_or_none() {
    let claims = |body: &str| match decide(HookKind::Claims, &format!("fn claims(about) {{ {body} }}")) {
        HookDecision::Claims(decision) => serde_json::Value::Object(decision.claims),
        other => panic!("{other:?}"),
    };
    let body = "#{ groups: about.user.claims.groups, n: 1, deep: #{ a: [true, 2.5] } }";
    assert_eq!(claims(body), json!({ "groups": ["staff"], "n": 1, "deep": { "a": [true, 2.5] } }));
    assert_eq!(claims("pass()"), json!({}));
    assert_eq!(claims("#{ department: about.user.claims.department }"), json!({}));
}

#[test]
fn a_token_is_kept_with_its_changes() {
    let changes =
        |body: &str| match decide(HookKind::CustomizeToken, &format!("fn customize_token(token) {{ {body} }}")) {
            HookDecision::CustomizeToken(CustomizeTokenDecision::Change(changes)) => changes,
            other => panic!("{other:?}"),
        };
    assert_eq!(changes("keep()"), TokenChanges::default());
    let expected = TokenChanges {
        claims: json!({ "tier": "gold", "old": null }).as_object().unwrap().clone(),
        lifetime_s: Some(60),
        audience: Some(vec!["https://api.example.com".into()]),
        scope: Some(scope("openid")),
    };
    let chained = "keep().claim(\"tier\", \"gold\").remove(\"old\").lifetime(60)\
                   .audience([\"https://api.example.com\"]).scope([\"openid\"])";
    assert_eq!(changes(chained), expected);
    let step_by_step = "let kept = keep(); kept.claim(\"tier\", \"gold\"); kept.remove(\"old\"); kept.lifetime(60);\
                        kept.audience(\"https://api.example.com\"); kept.scope([\"openid\"]); kept";
    assert_eq!(changes(step_by_step), expected);
    let mixed = "let kept = keep().claim(\"tier\", \"gold\").remove(\"old\"); kept.lifetime(60).scope(\"openid\");\
                 let same = kept; same.audience(\"https://api.example.com\"); kept";
    assert_eq!(changes(mixed), expected);
    let denied = CustomizeTokenDecision::Deny { reason: "no".into() };
    let script = "fn customize_token(token) { deny(\"no\") }";
    assert_eq!(decide(HookKind::CustomizeToken, script), HookDecision::CustomizeToken(denied));
}

#[test]
fn a_lifetime_out_of_range_is_thrown() {
    for seconds in ["0", "-1", "31536001"] {
        let script = format!("fn customize_token(token) {{ keep().lifetime({seconds}) }}");
        assert!(thrown(HookKind::CustomizeToken, &script).contains("31536000"), "{seconds}");
    }
}

#[test]
fn what_is_no_decision_is_a_fault_in_every_hook() {
    for hook in HookKind::ALL {
        for (value, got) in [("42", "a number"), ("\"x\"", "a string"), ("[1]", "an array"), ("true", "a bool")] {
            let fault = fault(hook, &format!("fn {hook}(input) {{ unseen({value}) }}\nfn unseen(value) {{ value }}"));
            let expected = hook.decisions();
            assert_eq!(fault.kind, FaultKind::WrongDecision { expected, got: got.into() }, "{hook} {value}");
        }
        let nothing = run(hook, &format!("fn {hook}(input) {{ unseen(()) }}\nfn unseen(value) {{ value }}"));
        assert_eq!(nothing.is_ok(), hook == HookKind::SelectAcr, "{hook}");
    }
}

#[test]
fn a_throw_is_a_fault_with_its_place_in_every_hook() {
    for hook in HookKind::ALL {
        let script = format!("fn {hook}(input) {{\n    helper(1)\n}}\nfn helper(n) {{\n    throw \"broken\";\n}}");
        let fault = fault(hook, &script);
        assert_eq!(fault.kind, FaultKind::Threw { message: "broken".into() });
        let place = fault.place.unwrap();
        assert_eq!((place.file.as_str(), place.line), ("hook.rhai", 5), "{hook}");
    }
}

#[test]
fn a_long_message_is_cut() {
    let script = "fn claims(about) { let m = \"\"; m.pad(1000, 'x'); throw m; }";
    assert_eq!(thrown(HookKind::Claims, script).chars().count(), 300);
}

#[test]
fn imports_and_constants_are_of_the_bundle_alone() {
    let mut setting = Setting::of(HookKind::Claims);
    setting.files = vec![
        (
            "lib/names.rhai",
            "import \"lib/deep\" as deep;\nexport const SUFFIX = \"!\";\nconst LIMIT = 2;\n\
                            fn greet(name) { deep::twice(name.sub_string(0, LIMIT)) + SUFFIX }\n\
                            private fn hidden() { 1 }",
        ),
        ("lib/deep.rhai", "const JOIN = [\"-\"];\nfn twice(text) { text + JOIN[0] + JOIN.join(\"\") + text }"),
    ];
    let script = "import \"lib/names\" as names;\nconst FIELD = \"greeting\";\nconst MORE = #{ a: 1 };\n\
                  fn claims(about) { let m = #{}; m[FIELD] = names::greet(about.user.username); m.s = names::SUFFIX; \
                  m.k = MORE.keys(); m.g = global::FIELD; m }";
    let mut stage = Stage::new(setting, script);
    let Run::Decided(HookDecision::Claims(decision)) = stage.run().unwrap() else { panic!() };
    let expected = json!({ "greeting": "al--al!", "s": "!", "k": ["a"], "g": "greeting" });
    assert_eq!(serde_json::Value::Object(decision.claims), expected);
}

#[test]
fn a_fault_in_an_imported_file_has_its_place_there() {
    let mut setting = Setting::of(HookKind::Claims);
    setting.files = vec![("lib/a.rhai", "fn fails(x) {\n    throw \"no\";\n}")];
    let script = "import \"lib/a\" as a;\nfn claims(about) { a::fails(1) }";
    let place = Stage::new(setting, script).run().unwrap_err().place.unwrap();
    assert_eq!((place.file.as_str(), place.line), ("lib/a.rhai", 2));
}
