//! What the check says of a script before it runs: everything at once, with places and hints.

use crate::stage::{Setting, wrong};
use gatewright_domain::capabilities::loan::Loan;
use gatewright_domain::hooks::HookKind;

/// What is wrong with a hook whose body is `body`: line 2 is its first.
fn of(hook: HookKind, body: &str) -> Vec<(usize, String, String)> {
    wrong(&Setting::of(hook), &format!("fn {hook}(login) {{\n{body}\n}}"))
}

/// The only thing wrong: its message and hint.
#[track_caller]
fn only(hook: HookKind, body: &str) -> (String, String) {
    match of(hook, body).as_slice() {
        [(line, message, hint)] => {
            assert_eq!(*line, 2, "{body}");
            (message.clone(), hint.clone())
        }
        more => panic!("{body}: {more:#?}"),
    }
}

fn pair(message: &str, hint: &str) -> (String, String) {
    (message.to_owned(), hint.to_owned())
}

#[test]
fn a_syntax_error_has_its_place_and_a_hint() {
    let setting = Setting::of(HookKind::Claims);
    let found = wrong(&setting, "fn claims(about) {\n    let x = 1\n    #{ x: x }\n}");
    assert_eq!(found, [(3, "expecting ';' to terminate this statement".into(), "put a `;` here or before".into())]);
    for script in
        ["fn claims(about) {", "fn claims(about) { \"x }", "fn claims(about) { #{ a: } }", "fn claims(about { }"]
    {
        assert_eq!(wrong(&setting, script).len(), 1, "{script}");
    }
}

#[test]
fn the_hooks_function_must_be_there_with_one_parameter() {
    let setting = Setting::of(HookKind::Authenticate);
    let found = wrong(&setting, "\nfn autenticate(login) { fail(\"x\") }");
    let hint = "did you mean `authenticate` instead of `autenticate`?";
    assert_eq!(found, [(2, "there is no function `authenticate`".into(), hint.into())]);
    let found = wrong(&setting, "fn authenticate(login, more) { fail(\"x\") }");
    let hint = "write fn authenticate(input) { … }";
    assert_eq!(found, [(1, "`authenticate` takes one parameter, not 2".into(), hint.into())]);
    let found = wrong(&setting, "");
    assert_eq!(found, [(1, "there is no function `authenticate`".into(), "add fn authenticate(input) { … }".into())]);
}

#[test]
fn an_unknown_function_has_its_nearest_name() {
    for (body, message, hint) in [
        ("autenticated(\"x\")", "there is no function `autenticated`", "did you mean `authenticated`?"),
        (
            "verify_password(\"x\", 1)",
            "there is no function `verify_password`",
            "did you mean `users::verify_password`?",
        ),
        (
            "users::verify_pasword(\"x\", 1)",
            "there is no function `users::verify_pasword`",
            "did you mean `users::verify_password`?",
        ),
        ("user::find(\"x\")", "there is no function `user::find`", "did you mean `users::find`?"),
        (
            "let f = form(\"x\").textt(\"y\"); ask(f); fail(\"x\")",
            "there is no function `textt`",
            "did you mean `text`?",
        ),
        (
            "let l = login.scope; if l.contain(\"x\") { } fail(\"x\")",
            "there is no function `contain`",
            "did you mean `contains`?",
        ),
        ("quxquxqux(1)", "there is no function `quxquxqux`", ""),
    ] {
        assert_eq!(only(HookKind::Authenticate, body), pair(message, hint), "{body}");
    }
}

#[test]
fn a_wrong_number_of_arguments_is_said() {
    for (body, message) in [
        ("authenticated(1, 2, 3)", "`authenticated` takes 1 or 2 arguments, not 3"),
        ("users::find()", "`users::find` takes 1 argument, not 0"),
        ("ask(form(\"x\").text()); fail(\"x\")", "`text` takes 1 or 2 arguments, not 0"),
        ("fail()", "`fail` takes 1 argument, not 0"),
    ] {
        assert_eq!(only(HookKind::Authenticate, body), pair(message, ""), "{body}");
    }
    let found = wrong(&Setting::of(HookKind::Claims), "fn claims(a) { helper(1, 2) }\nfn helper(x) { #{ x: x } }");
    assert_eq!(found[0].1, "`helper` takes 1 argument, not 2");
}

#[test]
fn a_function_of_another_hook_says_whose_it_is() {
    for (hook, body, message, hint) in [
        (HookKind::Claims, "ask(1)", "`ask` is not for claims", "only authenticate, consent can call it"),
        (
            HookKind::SelectAcr,
            "visit(\"x\")",
            "`visit` is not for select_acr",
            "only authenticate, consent can call it",
        ),
        (HookKind::Authenticate, "grant([])", "`grant` is not for authenticate", "only consent can call it"),
        (HookKind::Consent, "use_acr(\"x\")", "`use_acr` is not for consent", "only select_acr can call it"),
    ] {
        assert_eq!(only(hook, body), pair(message, hint), "{body}");
    }
}

#[test]
fn what_was_not_lent_is_said() {
    let setting = Setting { loan: Loan::default(), ..Setting::of(HookKind::Authenticate) };
    for (call, capability, hint) in [
        ("kv::get(\"x\")", "kv", "add lend = [\"kv\"] to the binding"),
        ("users::find(\"x\")", "users", "add lend = [\"users\"] to the binding"),
        ("log::info(\"x\")", "log", "add lend = [\"log\"] to the binding"),
        ("network::contains(\"x\", \"y\")", "network", "add lend = [\"network\"] to the binding"),
        ("http::get(\"x\")", "http", "add lend = { http = [\"https://…\"] } to the binding"),
        ("secrets::get(\"x\")", "secrets", "add lend = { secrets = [\"…\"] } to the binding"),
        ("factors::list(\"x\")", "factors", "add lend = { factors = \"…\" } to the binding: the kind of its own"),
        ("totp::begin(\"x\")", "totp", "add lend = [\"totp\"] to the binding"),
        ("webauthn::begin_authentication()", "webauthn", "add lend = [\"webauthn\"] to the binding"),
        ("mail::send(\"x\", \"y\", \"z\")", "mail", "add lend = [\"mail\"] to the binding"),
        ("recovery::remaining(\"x\")", "recovery", "add lend = [\"recovery\"] to the binding"),
        (
            "oidc::authorization_url(\"x\", \"y\")",
            "oidc",
            "add lend = { oidc = [\"…\"] } to the binding: the providers' names",
        ),
        ("bearer(1)", "secrets", "add lend = { secrets = [\"…\"] } to the binding"),
    ] {
        let found = wrong(&setting, &format!("fn authenticate(login) {{ {call}; fail(\"x\") }}"));
        assert_eq!(found, [(1, format!("`{capability}` is not lent"), hint.into())], "{call}");
    }
    let (message, hint) = only(HookKind::Claims, "secrets::get(\"other\"); pass()");
    assert_eq!(message, "the secret `other` is not lent");
    assert!(hint.contains("\"other\""));
    for call in ["oidc::authorization_url(\"other\", \"x\")", "oidc::redeem(\"other\", \"x\", #{})"] {
        let (message, hint) = only(HookKind::Claims, &format!("{call}; pass()"));
        assert_eq!(message, "the OpenID Provider `other` is not lent");
        assert!(hint.contains("\"other\" to the providers"), "{hint}");
    }
}

#[test]
fn a_misspelt_function_of_a_capability_has_its_nearest_name() {
    for (call, near) in [
        ("factors::enroll(\"a\", \"b\", 1)", "factors::enrol"),
        ("totp::verfy(\"a\", 1)", "totp::verify"),
        ("users::waits(\"a\")", "users::wait_s"),
        ("mail::sendcode(\"a\", \"b\", \"c\")", "mail::send_code"),
    ] {
        let (_, hint) = only(HookKind::Claims, &format!("{call}; pass()"));
        assert!(hint.contains(near), "{call}: {hint}");
    }
}

#[test]
fn an_unknown_variable_has_its_nearest_name() {
    for (body, message, hint) in [
        ("let user = 1; fail(usr)", "there is no variable `usr`", "did you mean `user`?"),
        ("fail(whatever)", "there is no variable `whatever`", "declare it: let whatever = …;"),
        ("{ let inner = 1; } fail(inner)", "there is no variable `inner`", "declare it: let inner = …;"),
        ("let m = [1].map(|x| x + wher); fail(\"x\")", "there is no variable `wher`", ""),
        ("fail(form)", "`form` is a function", "call it: form(…)"),
        ("fail(`${nam}`)", "there is no variable `nam`", "declare it: let nam = …;"),
    ] {
        assert_eq!(only(HookKind::Authenticate, body), pair(message, hint), "{body}");
    }
}

#[test]
fn names_in_scope_are_known() {
    let setting = Setting::of(HookKind::Authenticate);
    let script = r#"
        const TRIES = 3;
        fn authenticate(login) {
            let wanted = "a";
            let few = login.scope.filter(|s| s == wanted || s.len > TRIES).map(|s| s.to_upper());
            for (name, place) in few { if place > TRIES { break; } let x = name; print(x); }
            let user = switch login.acr { "pwd" => users::find("alice"), _ => () };
            try { helper(user); } catch (error) { return fail(error); }
            let most = few.reduce(|sum, s| sum + s.len, 0) + global::TRIES;
            let sorted = few; sorted.sort(by_length);
            do { most -= 1; } while most > 0;
            let answer = loop { break ask(form("x").text("y")); };
            if answer.y == "z" && type_of(user) == "map" { authenticated(user, ["pwd"]) } else { fail(`${most}`) }
        }
        fn helper(user) { if user == () { throw "nobody"; } user.check_it(); }
        fn check_it() { this.username != "" }
        fn by_length(a, b) { a.len - b.len }
    "#;
    if let Err(found) = setting.compile(script) {
        panic!("{found:#?}");
    }
}

#[test]
fn a_field_that_the_input_has_not_is_said() {
    for (body, message, hint) in [
        ("fail(login.clientt.id)", "`login` has no `clientt`", "did you mean `client`?"),
        ("fail(login.client.idd)", "`login.client` has no `idd`", "did you mean `id`?"),
        ("if login.session?.levle > 5 { } fail(\"x\")", "`login.session` has no `levle`", "did you mean `level`?"),
        ("fail(login.user.name_of_it)", "`login.user` has no `name_of_it`", "it has claims, subject, username"),
        ("login.scop.push(\"x\"); fail(\"x\")", "`login` has no `scop`", "did you mean `scope`?"),
    ] {
        assert_eq!(only(HookKind::Authenticate, body), pair(message, hint), "{body}");
    }
    for allowed in [
        "fail(login.user.claims.anything.at.all)",
        "login.mine = 1; fail(`${login.mine}`)",
        "let login = #{ a: #{ b: 1 } }; fail(`${login.a.b}`)",
        "fail(`${login.scope.len}`)",
        "fail(login[\"client\"].id)",
    ] {
        let script = format!("fn authenticate(login) {{ {allowed} }}");
        assert!(Setting::of(HookKind::Authenticate).compile(&script).is_ok(), "{allowed}");
    }
}

#[test]
fn a_decision_that_is_lost_is_said() {
    for (hook, body, name) in [
        (HookKind::SelectAcr, "if login.client.public { deny(\"no\"); } pass()", "deny"),
        (HookKind::SelectAcr, "deny(\"no\"); pass()", "deny"),
        (HookKind::Authenticate, "for i in 0..3 { fail(\"no\"); } fail(\"x\")", "fail"),
        (HookKind::Authenticate, "try { fail(\"a\") } catch { return fail(\"b\") } return fail(\"c\")", "fail"),
        (HookKind::Authenticate, "try { return fail(\"a\") } catch { fail(\"b\") }", "fail"),
        (HookKind::Consent, "switch login.client.id { \"a\" => deny(\"no\"), _ => grant([]) } built_in()", "deny"),
        (HookKind::CustomizeToken, "keep().claim(\"a\", 1); keep()", "keep"),
    ] {
        let found = of(hook, body);
        let hint = format!("write return {name}(…);");
        assert!(found.contains(&(2, format!("the decision of `{name}` is lost here"), hint)), "{body}: {found:?}");
    }
    for kept in
        ["let d = deny(\"no\"); d", "if true { deny(\"no\") } else { pass() }", "return deny(\"no\");", "deny(\"no\");"]
    {
        let script = format!("fn select_acr(login) {{ {kept} }}");
        assert!(Setting::of(HookKind::SelectAcr).compile(&script).is_ok(), "{kept}");
    }
}

#[test]
fn code_outside_of_functions_is_said() {
    let setting = Setting::of(HookKind::Claims);
    let found = wrong(&setting, "let x = 1;\nprint(\"hello\");\nfn claims(about) { #{} }");
    assert_eq!(found.len(), 2);
    assert!(found[0].1.contains("not seen inside") && found[1].1.contains("never runs"), "{found:?}");
    let found = wrong(&setting, "const X = clock::now();\nfn claims(about) { #{ x: X } }");
    assert!(found[0].1.contains("cannot be computed"), "{found:?}");
    let found = wrong(&setting, "const N = 1;\nfn claims(about) { let N = 2; #{} }");
    assert!(found[0].1.contains("`N` is a constant of this file already"), "{found:?}");
    let found = wrong(&setting, "const X = { loop {} };\nfn claims(about) { #{ x: X } }");
    assert!(found[0].1.contains("cannot be computed"), "{found:?}");
}

#[test]
fn imports_are_checked_too() {
    let mut setting = Setting::of(HookKind::Claims);
    setting.loan = Loan::default();
    setting.files = vec![
        ("lib/a.rhai", "fn one(x) { kv::get(x) }\nprivate fn hidden() { 1 }\nconst QUIET = 1;"),
        ("lib/knot.rhai", "import \"lib/knot\" as k;\nfn x() { 1 }"),
    ];
    let script = "import \"lib/a\" as a;\nimport \"lib/b\" as b;\nimport \"lib/knot\" as k;\n\
                  fn claims(about) { a::onee(1); a::hidden(); a::one(); #{ q: a::QUIET, z: c::X } }";
    let found = setting.compile(script).err().unwrap();
    let said: Vec<_> =
        found.iter().map(|found| format!("{}:{} {}", found.place.file, found.place.line, found.message)).collect();
    for expected in [
        "hook.rhai:2 there is no file `lib/b` or `lib/b.rhai` in the bundle",
        "hook.rhai:4 there is no function `a::onee`",
        "hook.rhai:4 there is no function `a::hidden`",
        "hook.rhai:4 `a::one` takes 1 argument, not 0",
        "hook.rhai:4 there is no constant `a::QUIET`",
        "hook.rhai:4 there is no `c::X`",
        "lib/a.rhai:1 `kv` is not lent",
        "lib/knot.rhai:1 `lib/knot.rhai` imports itself",
    ] {
        assert!(said.iter().any(|said| said == expected), "{expected}\n{said:#?}");
    }
    assert_eq!(said.len(), 8, "{said:#?}");
}

#[test]
fn everything_wrong_is_said_at_once_in_the_order_of_the_file() {
    let setting = Setting { loan: Loan::default(), ..Setting::of(HookKind::Claims) };
    let script = "fn claims(about) {\n    let u = users::find(about.usr.username);\n    ask(form(\"x\"));\n    \
                  let n = nme;\n    kv::gett(\"x\");\n    return #{ a: u.foo(1, 2, 3, 4) };\n}";
    let lines: Vec<usize> = wrong(&setting, script).into_iter().map(|(line, ..)| line).collect();
    assert_eq!(lines, [2, 2, 3, 3, 4, 5, 6]);
}

#[test]
fn the_shipped_examples_of_the_contract_compile() {
    let script = r#"
        fn authenticate(login) {
            for attempt in 0..3 {
                let answer = ask(form("Sign in").text("username").password("password"));
                let user = users::verify_password(answer.username, answer.password);
                if user != () {
                    return authenticated(user, ["pwd"]);
                }
                notice("Wrong username or password");
            }
            fail("too many attempts")
        }"#;
    assert!(Setting::of(HookKind::Authenticate).compile(script).is_ok());
}
