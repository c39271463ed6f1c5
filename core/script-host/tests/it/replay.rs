//! Durable replay: what a script did before a page is done once, however often it runs.

use crate::stage::{Setting, Stage};
use gatewright_domain::capabilities::CapabilityError;
use gatewright_domain::capabilities::http::HttpResponse;
use gatewright_domain::flow::{FaultKind, HOST_CALLS_MAX, HostAnswer, Visit, Wait};
use gatewright_domain::hooks::{AuthenticateDecision, HookDecision, HookKind, Run};
use std::collections::BTreeMap;

fn authenticate(script: &str) -> Stage {
    Stage::new(Setting::of(HookKind::Authenticate), script)
}

fn is_authenticated(run: &Run) -> bool {
    matches!(run, Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Authenticated { .. })))
}

#[test]
fn the_flow_of_the_design_signs_in_at_the_third_attempt() {
    let mut stage = authenticate(
        r#"
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
        }"#,
    );
    let first = stage.form();
    assert_eq!((first.title.as_str(), first.notice.as_deref()), ("Sign in", None));
    for attempt in 1..3 {
        stage.submit(&[("username", "alice"), ("password", "wrong")]);
        assert_eq!(stage.form().notice.as_deref(), Some("Wrong username or password"));
        assert_eq!(stage.stub.users.asked(), attempt, "each password is checked once");
    }
    stage.submit(&[("username", "alice"), ("password", "wonderland")]);
    assert!(is_authenticated(&stage.run().unwrap()));
    assert_eq!(stage.stub.users.asked(), 3);
}

#[test]
fn effects_before_three_pages_happen_once() {
    let mut stage = authenticate(
        r#"
        fn authenticate(login) {
            let tried = [];
            for page in 1..=3 {
                tried.push(kv::add("tries", 1, 60));
                let sent = http::post("https://risk.example.com/step", #{ page: page, at: clock::now_ms(), id: random::text(8) });
                log::info(`page ${page} answered ${sent.status}`);
                ask(form(`Page ${page}`).text("x"));
            }
            authenticated("248289761001", tried.map(|n| n.to_string()))
        }"#,
    );
    for _ in 0..3 {
        stage.stub.http.will_answer(Ok(HttpResponse { status: 204, headers: BTreeMap::new(), body: String::new() }));
    }
    for page in 1..=3 {
        assert_eq!(stage.form().title, format!("Page {page}"));
        assert_eq!(stage.stub.http.requests().len(), page);
        stage.stub.clock.advance(7);
        stage.submit(&[("x", "y")]);
    }
    let Run::Decided(HookDecision::Authenticate(AuthenticateDecision::Authenticated { amr, .. })) =
        stage.run().unwrap()
    else {
        panic!()
    };
    assert_eq!(amr.iter().map(|value| value.as_str()).collect::<Vec<_>>(), ["1", "2", "3"]);
    assert_eq!(stage.stub.http.requests().len(), 3);
}

#[test]
fn time_and_randomness_stand_still_on_replay() {
    let mut stage = authenticate(
        r#"
        fn authenticate(login) {
            let before = clock::now();
            let drawn = random::number(1, 1000000);
            let text = random::text(16);
            ask(form("Wait").text("x"));
            kv::put("seen", #{ before: before, drawn: drawn, text: text, later: clock::now() - before }, 60);
            let seen = kv::get("seen");
            if seen.before == before && seen.drawn == drawn && seen.text == text && text.len == 22 && seen.later == 100 {
                return authenticated("248289761001");
            }
            fail(`${seen}`)
        }"#,
    );
    stage.form();
    stage.stub.clock.advance(100);
    stage.submit(&[("x", "y")]);
    let run = stage.run().unwrap();
    assert!(is_authenticated(&run), "{run:?}");
}

#[test]
fn a_random_number_is_within_its_ends() {
    let mut stage = authenticate(
        r#"
        fn authenticate(login) {
            let seen = [];
            for i in 0..60 {
                let drawn = random::number(-1, 1);
                if drawn < -1 || drawn > 1 { fail("out of range"); throw "out"; }
                if !(drawn in seen) { seen.push(drawn); }
            }
            if seen.len == 3 && random::number(5, 5) == 5 { authenticated("248289761001") } else { fail(`${seen}`) }
        }"#
        .replace("fail(\"out of range\"); ", "")
        .as_str(),
    );
    let run = stage.run().unwrap();
    assert!(is_authenticated(&run), "{run:?}");
}

#[test]
fn a_script_that_takes_another_path_is_a_fault() {
    let mut stage =
        authenticate("fn authenticate(login) { log::info(login.origin.ip); ask(form(\"x\")); fail(\"x\") }");
    stage.form();
    let gatewright_domain::hooks::HookInput::Authenticate(input) = &mut stage.input else { panic!() };
    input.login.origin.ip = "198.51.100.1".into();
    stage.submit(&[]);
    let fault = stage.run().unwrap_err();
    assert_eq!(fault.kind, FaultKind::Nondeterministic { place: 0 });
    assert_eq!(fault.place.unwrap().line, 1);
}

#[test]
fn a_visit_brings_its_parameters_back() {
    let mut stage = authenticate(
        r#"
        fn authenticate(login) {
            let back = visit(`https://idp.example.com/authorize?redirect_uri=${url_encode(login.return_url)}&state=${return_state()}`);
            if back.code == "abc" { authenticated("248289761001") } else { fail("no code") }
        }"#,
    );
    let run = stage.run().unwrap();
    let state = stage.flow.journal.awaited_state().unwrap();
    let url =
        format!("https://idp.example.com/authorize?redirect_uri=https%3A%2F%2Fid.example.com%2Fvisit&state={state}");
    assert_eq!(run, Run::Waiting(Wait::Visit(Visit { url })));
    stage.next_request();
    assert!(stage.flow.journal.answer(HostAnswer::Returned(BTreeMap::from([("code".into(), "abc".into())]))));
    assert!(is_authenticated(&stage.run().unwrap()));
}

#[test]
fn a_visit_that_may_not_be_made_is_told_where_it_was_asked_for() {
    for (visit, told) in [
        ("visit(\"http://idp.example.com/?state=\" + return_state())", "https"),
        ("visit(\"https://idp.example.com/?state=mine\")", "return_state()"),
    ] {
        let fault = authenticate(&format!("fn authenticate(login) {{\n {visit};\n fail(\"x\") }}")).run().unwrap_err();
        assert!(fault.to_string().contains(told), "{fault}");
        assert_eq!(fault.place.as_ref().unwrap().line, 2, "{fault}");
    }
}

#[test]
fn an_ask_inside_try_suspends_all_the_same() {
    for script in [
        "fn authenticate(l) { try { ask(form(\"x\")) } catch { return authenticated(\"248289761001\") } fail(\"x\") }",
        "fn authenticate(l) { try { deep() } catch (e) { return authenticated(\"248289761001\") } fail(\"x\") }\n\
         fn deep() { deeper() } fn deeper() { ask(form(\"x\")) }",
        "fn authenticate(l) { let a = [2, 1]; a.sort(|x, y| { ask(form(\"x\")); 0 }); authenticated(\"248289761001\") }",
        "fn authenticate(l) { [1].for_each(|x| { try { ask(form(\"x\")); } catch { throw \"no\"; } }); fail(\"x\") }",
    ] {
        let mut stage = authenticate(script);
        assert_eq!(stage.form().title, "x", "{script}");
    }
}

#[test]
fn a_capability_that_fails_can_be_caught_and_looked_into() {
    let script = r#"
        fn authenticate(login) {
            try { http::get("https://risk.example.com/score"); }
            catch (error) { return fail(`${error.kind}: ${error.message}`); }
            fail("not caught")
        }"#;
    let mut stage = authenticate(script);
    let why = CapabilityError::Unreachable { what: "risk".into(), why: "timed out".into() };
    stage.stub.http.will_answer(Err(why));
    let reason = "unreachable: risk did not answer: timed out".to_owned();
    let failed = HookDecision::Authenticate(AuthenticateDecision::Fail { reason });
    assert_eq!(stage.run().unwrap(), Run::Decided(failed));
}

#[test]
fn a_capability_that_fails_uncaught_is_its_fault_at_its_place() {
    let mut stage = authenticate(
        "fn authenticate(login) {\n    http::get(\"https://elsewhere.example.com/\");\n    fail(\"x\")\n}",
    );
    let fault = stage.run().unwrap_err();
    let what = "https://elsewhere.example.com/".to_owned();
    assert_eq!(fault.kind, FaultKind::Capability(CapabilityError::NotLent { what }));
    assert_eq!(fault.place.unwrap().line, 2);
}

#[test]
fn a_flood_of_host_calls_is_stopped() {
    for call in ["clock::now()", "log::debug(\"x\")", "kv::get(\"x\")"] {
        let script =
            format!("fn authenticate(login) {{\n    loop {{\n        try {{ {call}; }} catch {{}}\n    }}\n}}");
        let fault = authenticate(&script).run().unwrap_err();
        let overrun = FaultKind::Overrun { limit: "host calls", max: HOST_CALLS_MAX as u64 };
        assert_eq!(fault.kind, overrun, "{call}");
        assert_eq!(fault.place.unwrap().line, 3);
    }
}

#[test]
fn an_http_answer_is_read_with_its_json() {
    let mut stage = authenticate(
        r#"
        fn authenticate(login) {
            let risk = http::send(#{
                method: "put", url: "https://risk.example.com/", json: #{ ip: login.origin.ip },
                headers: #{ Authorization: bearer(secrets::get("api_key")), "X-N": 5 }, timeout_ms: 100,
            });
            if risk.status == 200 && risk.json.score < 5 && risk.headers.etag == "e" { return authenticated("248289761001"); }
            fail("risky")
        }"#,
    );
    let headers = [("content-type", "application/json"), ("etag", "e")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    stage.stub.http.will_answer(Ok(HttpResponse { status: 200, headers, body: "{\"score\": 3}".into() }));
    assert!(is_authenticated(&stage.run().unwrap()));
    let expected = "PUT https://risk.example.com/\nAuthorization: Bearer k-123\nX-N: 5\n\
                    content-type: application/json\n{\"ip\":\"203.0.113.7\"}";
    assert_eq!(stage.stub.http.requests(), [expected]);
}

#[test]
fn an_http_answer_over_the_limit_can_be_caught() {
    let script = "fn authenticate(login) { try { http::get(\"https://risk.example.com/\"); } catch (e) { return fail(e.kind); } fail(\"no\") }";
    let mut stage = authenticate(script);
    let body = "x".repeat(100_000);
    stage.stub.http.will_answer(Ok(HttpResponse { status: 200, headers: BTreeMap::new(), body }));
    let failed = HookDecision::Authenticate(AuthenticateDecision::Fail { reason: "too_large".into() });
    assert_eq!(stage.run().unwrap(), Run::Decided(failed));
}

#[test]
fn a_page_over_a_limit_is_a_fault_at_its_ask() {
    let mut stage =
        authenticate("fn authenticate(login) {\n    ask(form(\"x\").text(\"Bad Name\"));\n    fail(\"x\")\n}");
    let fault = stage.run().unwrap_err();
    assert!(matches!(fault.kind, FaultKind::Page(_)), "{fault}");
    assert_eq!(fault.place.unwrap().line, 2);
}

#[test]
fn every_part_of_a_form_arrives_on_the_page() {
    let mut stage = authenticate(
        r#"
        fn authenticate(login) {
            let page = form("Title").say("One").say("Two");
            page.text("name", "Your name").value("name", "alice").error("name", "Really?");
            page.email("mail").optional("mail").phone("phone").code("code").checkbox("stay").value("stay", true);
            page.choice("way", "How", [["sms", "By SMS"], "mail"]).action("go").back("use_another", "Use another");
            ask(page);
            fail("x")
        }"#,
    );
    let form = serde_json::to_value(stage.form()).unwrap();
    let expected = serde_json::json!({
        "title": "Title", "text": "One\nTwo",
        "fields": [
            { "name": "name", "label": "Your name", "kind": "text", "value": "alice", "error": "Really?" },
            { "name": "mail", "kind": "email", "optional": true },
            { "name": "phone", "kind": "phone" },
            { "name": "code", "kind": "code" },
            { "name": "stay", "kind": "checkbox", "value": "true" },
            { "name": "way", "label": "How", "kind": "choice",
              "options": [{ "value": "sms", "label": "By SMS" }, { "value": "mail", "label": "mail" }] },
        ],
        "actions": [
            { "name": "go", "label": "Go" },
            { "name": "use_another", "label": "Use another", "skips_fields": true },
        ],
    });
    assert_eq!(form, expected);
}

#[test]
fn every_run_of_a_call_counts_its_operations() {
    let mut stage =
        authenticate(r#"fn authenticate(login) { let sum = 0; for turn in 0..500 { sum += turn; } fail("no") }"#);
    stage.run().unwrap();
    let once = stage.spent.operations.unwrap();
    assert!(once >= 500, "{once}");
    let mut stage = authenticate(
        r#"fn authenticate(login) { let sum = 0; for turn in 0..500 { sum += turn; } users::find("alice"); fail("no") }"#,
    );
    stage.run().unwrap();
    assert!(stage.spent.operations.unwrap() > 2 * once, "the look-up ended one run and began another");
    assert_eq!(stage.spent.fuel, None);
}
