//! The world of a script's test: factors, passkeys, mail, other providers and the limit on guessing, as tests give them.

use crate::world::rehearsed;
use gatewright_policy::files::Files;
use std::collections::BTreeMap;

const LEND: &str = "{ users = true, factors = \"badge\", totp = true, webauthn = true, mail = true, recovery = true, \
                    oidc = [\"corporate\"] }";

/// Runs the tests of an authenticate script; all must hold.
async fn holds(script: &str, tests: &str) {
    let manifest =
        format!("default_acr = \"x\"\n[[authenticate]]\nacr = \"x\"\nlevel = 1\nrun = \"x.rhai\"\nlend = {LEND}\n");
    let alice =
        "given::user(#{ username: \"alice\", subject: \"a1\", password: \"w\", claims: #{ email: \"a@x.example\" } });";
    let files = [
        ("policy.toml", manifest),
        ("x.rhai", format!("fn authenticate(login) {{ {script} }}")),
        ("x.test.rhai", format!("{alice}\n{tests}")),
    ];
    let files: BTreeMap<_, _> = files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect();
    assert!(!rehearsed(&Files::new(files).unwrap()).await.is_empty());
}

/// What the script throws when its test runs it.
async fn throws(script: &str, given: &str, said: &str) {
    let test = format!("fn test() {{ {given} let got = run(sample()); expect(got.fault.contains({said:?})); }}");
    holds(&format!("{script}; fail(\"went on\")"), &test).await;
}

#[tokio::test]
async fn a_passkey_of_the_right_end_user_signs_in_and_another_does_not() {
    let script = r#"
        let ceremony = webauthn::begin_authentication();
        let answer = ask(form("Passkey").passkey("key", ceremony));
        let got = webauthn::finish_authentication(ceremony, answer.key);
        if got == () || webauthn::finish_authentication(ceremony, answer.key) != () { return fail("no"); }
        authenticated(got.subject, if got.user_verified { ["user", "hwk"] } else { "hwk" })
    "#;
    let tests = r#"
        fn with_a_passkey() {
            given::factor(#{ user: "alice", kind: "passkey", user_verified: false });
            expect(run(sample()), #{ title: "Passkey" });
            expect(answer(#{ key: "alice" }), #{ decision: "authenticated", subject: "a1", amr: ["hwk"] });
        }
        fn without_one() { run(sample()); expect(answer(#{ key: "alice" }), #{ decision: "fail" }); }
        fn too_late() {
            given::factor(#{ user: "alice", kind: "passkey" });
            run(sample());
            given::time(1790000600);
            expect(answer(#{ key: "alice" }), #{ decision: "fail" });
        }
    "#;
    holds(script, tests).await;
}

#[tokio::test]
async fn a_passkey_is_registered_by_the_end_user_it_is_meant_for() {
    let script = r#"
        let ceremony = webauthn::begin_registration("a1");
        let answer = ask(form("New").register_passkey("key", ceremony));
        let id = webauthn::finish_registration(ceremony, "My key", answer.key);
        let listed = factors::list("a1");
        if id == () { return fail(`${listed.len()}`); }
        authenticated(if listed[0].id == id && listed[0].label == "My key" { "a1" } else { "none" })
    "#;
    let tests = r#"
        fn alice_does() { run(sample()); expect(answer(#{ key: "alice" }), #{ subject: "a1" }); }
        fn bob_does_not() {
            given::user(#{ username: "bob" });
            run(sample());
            expect(answer(#{ key: "bob" }), #{ decision: "fail", reason: "0" });
        }
    "#;
    holds(script, tests).await;
}

#[tokio::test]
async fn a_mailed_code_counts_once_for_ten_minutes_and_five_tries() {
    let script = r#"
        let challenge = mail::send_code("a1", "Your code", "It is {code}.");
        for attempt in 0..7 {
            let answer = ask(form("Code").code("code"));
            if mail::verify_code(challenge, answer.code) {
                return authenticated("a1", if mail::verify_code(challenge, answer.code) { "twice" } else { "once" });
            }
        }
        fail("no")
    "#;
    let tests = r#"
        private fn begun() { run(sample()); mails()[0].code }
        fn it_is_in_the_mail() {
            let code = begun();
            let mail = #{ to: "alice", address: "a@x.example", title: "Your code", text: `It is ${code}.` };
            expect(mails()[0], mail);
            expect(answer(#{ code: "0" }), #{ title: "Code" });
            expect(answer(#{ code: code }), #{ subject: "a1", amr: ["once"] });
            expect(mails().len(), 1);
        }
        fn after_ten_minutes_it_is_none() {
            let code = begun();
            given::time(1790000600);
            expect(answer(#{ code: code }), #{ title: "Code" });
        }
        fn after_five_tries_it_is_none() {
            let code = begun();
            for attempt in 0..5 { answer(#{ code: "0" }); }
            expect(answer(#{ code: code }), #{ title: "Code" });
        }
    "#;
    holds(script, tests).await;
}

#[tokio::test]
async fn who_has_no_mail_address_gets_no_mail() {
    throws(
        "mail::send(\"b\", \"x\", \"y\")",
        "given::user(#{ username: \"bob\", subject: \"b\" });",
        "no mail address",
    )
    .await;
    throws("mail::send(\"nobody\", \"x\", \"y\")", "", "add given::user").await;
}

#[tokio::test]
async fn a_binding_keeps_factors_of_its_own_kind() {
    let script = r#"
        let id = factors::enrol("a1", "Badge", "b-1", #{ n: 1 });
        let seen = [
            factors::find("b-1").id == id, factors::find("b-2") == (), factors::data(id).n == 1,
            !factors::update(id, #{ n: 7 }, #{ n: 8 }), factors::update(id, #{ n: 1 }, #{ n: 2 }),
            factors::data(id).n == 2, factors::find("b-1").used_at == 1790000000, factors::list("a1").len() == 2,
            factors::data(factors::list("a1")[0].id) == (), !factors::remove(factors::list("a1")[0].id),
            factors::remove(id), !factors::remove(id), factors::data(id) == (),
        ];
        fail(to_json(seen))
    "#;
    let tests = r#"
        fn test() {
            given::factor(#{ user: "alice", kind: "totp", code: "1" });
            let seen = parse_json(run(sample()).reason);
            expect(seen.all(|held| held));
            expect(seen.len(), 13);
        }
        fn given_ones_are_its_own_too() {
            given::factor(#{ user: "alice", kind: "badge", label: "Mine", reference: "b-1", data: 7 });
            expect(run(sample()).fault.contains("another factor has this reference"));
        }
    "#;
    holds(script, tests).await;
}

#[tokio::test]
async fn a_password_is_not_right_while_the_account_waits() {
    let script = r#"
        let answer = ask(form("x").password("password"));
        if users::verify_password("alice", answer.password) != () { return authenticated("a1"); }
        fail(`${users::wait_s("alice")}`)
    "#;
    let tests = r#"
        fn at_once() { run(sample()); expect(answer(#{ password: "w" }), #{ decision: "authenticated" }); }
        fn while_it_waits() {
            given::wait("alice", 30);
            run(sample());
            given::time(1790000020);
            expect(answer(#{ password: "w" }), #{ decision: "fail", reason: "10" });
        }
        fn and_after() {
            given::wait("alice", 30);
            run(sample());
            given::time(1790000030);
            expect(answer(#{ password: "w" }), #{ decision: "authenticated" });
        }
    "#;
    holds(script, tests).await;
}

#[tokio::test]
async fn a_provider_answers_for_the_state_it_was_visited_with() {
    throws("oidc::redeem(\"corporate\", \"made-up\", #{})", "", "is not the one").await;
    let script = "let state = return_state(); let back = visit(oidc::authorization_url(\"corporate\", state));
                  let got = oidc::redeem(\"corporate\", state, back); fail(`${got.issuer} ${got.subject}`)";
    let tests = r#"
        fn nobody() { run(sample()); expect(answer(#{ code: "x" }).fault.contains("add given::provider")); }
        fn somebody() {
            given::provider("corporate", #{ subject: "c1", issuer: "https://idp.example" });
            expect(run(sample()).visit.contains("state="));
            expect(answer(#{ code: "x" }), #{ reason: "https://idp.example c1" });
        }
    "#;
    holds(script, tests).await;
}

#[tokio::test]
async fn a_page_may_answer_itself_and_what_is_shown_is_not_answered() {
    let script = "let answer = ask(form(\"Wait\").qr_code(\"link\", \"https://x.example\").text(\"name\").wait(5)); fail(answer.action)";
    let tests = r#"
        fn it_waits() {
            expect(run(sample()), #{ wait: 5, fields: #{ link: #{ kind: "qr_code" } } });
            expect(answer(#{ action: "wait" }), #{ reason: "wait" });
        }
    "#;
    holds(script, tests).await;
}
