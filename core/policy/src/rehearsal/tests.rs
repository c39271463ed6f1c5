//! The stage, with stub programs and tests written as closures.

use super::*;
use crate::files::bundle;
use crate::stub::{PWD, Stub, StubRuntime, Test, always, decide, thrown};
use gatewright_domain::hooks::{
    AuthenticateDecision, ClaimsDecision, Given, HookDecision, HookInput, Misuse, SelectAcrDecision, Stage,
};
use gatewright_domain::identifiers::Subject;
use serde_json::{Map, Value, json};

fn alice() -> HookDecision {
    let subject = Subject::parse("alice").unwrap();
    HookDecision::Authenticate(AuthenticateDecision::Authenticated { subject, amr: vec![] })
}

fn map(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

/// Plays one test on the script `path` of a bundle with this manifest.
async fn play(
    manifest: &str,
    (path, stub): (&str, Stub),
    test: impl Fn(&mut dyn Stage) -> Result<(), Misuse> + Send + Sync + 'static,
) -> Option<String> {
    let beside = path.replace(".rhai", ".test.rhai");
    let manifest = format!("{PWD}{manifest}");
    let mut files = vec![("policy.toml", manifest.as_str()), (path, ""), (beside.as_str(), "")];
    if path != "pwd.rhai" {
        files.push(("pwd.rhai", ""));
    }
    let runtime = StubRuntime::with_tests(&[(path, stub)], &[(&beside, "test", Arc::new(test) as Test)]);
    let played = rehearse(&bundle(&files), &[runtime as Arc<dyn Runtime>]).await.unwrap();
    let [played] = played.as_slice() else { panic!("{played:?}") };
    assert_eq!((played.file.as_str(), played.test.as_str()), (beside.as_str(), "test"));
    played.failure.as_ref().map(|failure| failure.message.clone())
}

#[tokio::test]
async fn a_test_signs_in_page_by_page() {
    let asks = Stub::Ask("Sign in", Arc::new(|| Ok(alice())));
    let failure = play("", ("pwd.rhai", asks), |stage| {
        let input = stage.sample()?;
        assert_eq!(input["acr"], "pwd");
        let page = stage.run(input)?;
        assert_eq!((&page["page"], &page["title"]), (&json!("form"), &json!("Sign in")));
        let decision = stage.answer(Map::new())?;
        // The same contract as live: the binding's own amr is filled in.
        assert_eq!(decision, json!({ "decision": "authenticated", "subject": "alice", "amr": ["pwd"] }));
        Ok(())
    });
    assert_eq!(failure.await, None);
}

#[tokio::test]
async fn a_fault_is_seen_by_the_test_with_its_reason() {
    let failure = play("", ("pwd.rhai", decide(|_| Err(thrown()))), |stage| {
        let input = stage.sample()?;
        let fault = stage.run(input)?;
        assert_eq!(fault, json!({ "fault": "the hook authenticate/pwd failed: it threw: boom" }));
        Ok(())
    });
    assert_eq!(failure.await, None);
}

#[tokio::test]
async fn a_binding_that_does_not_run_for_an_input_says_so() {
    let claims = always(HookDecision::Claims(ClaimsDecision { claims: map(json!({ "org_name": "W" })) }));
    let manifest = "[[claims]]\nrun = \"org.rhai\"\nscopes = [\"org\"]\nclaims = [\"org_name\"]\n";
    let failure = play(manifest, ("org.rhai", claims), |stage| {
        let mut input = stage.sample()?;
        assert_eq!(input["scope"], json!(["openid", "profile", "org"]), "the sample is one it runs for");
        assert_eq!(stage.run(input.clone())?, json!({ "decision": "claims", "claims": { "org_name": "W" } }));
        input["scope"] = json!(["openid"]);
        assert_eq!(stage.run(input)?, json!({ "asked": false }));
        Ok(())
    });
    assert_eq!(failure.await, None);
}

#[tokio::test]
async fn a_script_that_is_not_bound_is_bound_by_its_test() {
    let wants = decide(|input| match input {
        HookInput::SelectAcr(input) if input.available.iter().any(|acr| acr.acr == "otp") => {
            Ok(HookDecision::SelectAcr(SelectAcrDecision::Pass))
        }
        _ => Err(thrown()),
    });
    let failure = play("", ("x.rhai", wants), |stage| {
        let unbound = stage.sample().unwrap_err().to_string();
        assert!(unbound.starts_with("nothing binds `x.rhai`"), "{unbound}");
        let misread = stage.bind("[[select_acr]]\nrn = \"x.rhai\"").unwrap_err().to_string();
        assert!(misread.starts_with("policy.toml:1:1: a binding lacks `run`"), "{misread}");
        stage
            .bind("[[select_acr]]\nrun = \"x.rhai\"\n[[authenticate]]\nacr = \"otp\"\nlevel = 20\nrun = \"y.rhai\"")?;
        let input = stage.sample()?;
        assert_eq!(stage.run(input)?, json!({ "decision": "pass" }));
        Ok(())
    });
    assert_eq!(failure.await, None);
}

#[tokio::test]
async fn what_a_test_misspells_is_told() {
    let asks = Stub::Ask("Sign in", Arc::new(|| Ok(alice())));
    let failure = play("", ("pwd.rhai", asks), |stage| {
        let mut input = stage.sample()?;
        assert!(stage.answer(Map::new()).unwrap_err().to_string().starts_with("it was not run"));
        input["client"]["nmae"] = json!("x");
        let member = stage.run(input.clone()).unwrap_err().to_string();
        assert_eq!(member, "the input of authenticate has no `client.nmae`");
        input["scope"] = json!(7);
        assert!(stage.run(input).unwrap_err().to_string().starts_with("this is no input of authenticate"));
        let input = stage.sample()?;
        stage.run(input)?;
        let field = stage.answer(map(json!({ "usrname": "alice" }))).unwrap_err().to_string();
        assert_eq!(field, "the page has no field `usrname`");
        let input = stage.sample()?;
        stage.run(input)?;
        stage.answer(Map::new())?;
        let ended = stage.answer(Map::new()).unwrap_err().to_string();
        assert!(ended.starts_with("it shows no page") && ended.contains("\"authenticated\""), "{ended}");
        Ok(())
    });
    assert_eq!(failure.await, None);
}

#[tokio::test]
async fn the_world_takes_only_what_it_knows() {
    let failure = play("", ("pwd.rhai", always(alice())), |stage| {
        let mut said = |given: Given| stage.given(given).err().map(|misuse| misuse.to_string());
        assert_eq!(said(Given::User(map(json!({ "username": "alice", "password": "x", "claims": {} })))), None);
        assert_eq!(said(Given::User(map(json!({ "user": "alice" })))).unwrap(), "a user needs a `username`");
        let more = Given::User(map(json!({ "username": "a", "pasword": "x" })));
        assert_eq!(said(more).unwrap(), "a user has no `pasword`");
        let url = || "https://a.example".to_owned();
        let response = map(json!({ "status": 200, "json": { "score": 1 } }));
        assert_eq!(said(Given::Http { url: url(), response }), None);
        let response = map(json!({ "json": {} }));
        assert_eq!(said(Given::Http { url: url(), response }).unwrap(), "a response needs a `status` such as 200");
        assert_eq!(said(Given::Value { key: "k".into(), value: json!(1) }), None);
        assert_eq!(said(Given::Time(1)), None);
        assert_eq!(said(Given::Secret { name: "n".into(), text: "t".into() }), None);
        assert_eq!(stage.requests(), json!([]));
        assert_eq!(stage.mails(), json!([]));
        Ok(())
    });
    assert_eq!(failure.await, None);
}

#[tokio::test]
async fn what_is_wrong_with_a_given_factor_is_told() {
    let failure = play("", ("pwd.rhai", always(alice())), |stage| {
        stage.given(Given::User(map(json!({ "username": "alice" }))))?;
        let mut said = |factor: Value| match stage.given(Given::Factor(map(factor))) {
            Ok(()) => String::new(),
            Err(misuse) => misuse.to_string(),
        };
        assert_eq!(said(json!({ "user": "alice", "kind": "badge", "reference": "r", "data": { "n": 1 } })), "");
        assert_eq!(said(json!({ "user": "alice", "kind": "totp", "code": "1" })), "");
        assert_eq!(said(json!({ "kind": "totp" })), "a factor needs a `user`");
        assert_eq!(said(json!({ "user": "alice" })), "a factor needs a `kind`");
        assert!(said(json!({ "user": "bob", "kind": "totp" })).starts_with("there is no user `bob`"));
        assert_eq!(
            said(json!({ "user": "alice", "kind": "totp" })),
            "an authenticator app needs a `code`: what it shows"
        );
        assert_eq!(
            said(json!({ "user": "alice", "kind": "passkey", "code": "1" })),
            "a factor of the kind `passkey` has no `code`"
        );
        assert!(said(json!({ "user": "alice", "kind": "recovery", "codes": 7 })).contains("a list of texts"));
        assert!(said(json!({ "user": "alice", "kind": "email" })).contains("`email` claim"));
        assert!(said(json!({ "user": "alice", "kind": "a b" })).contains("visible ASCII"));
        let provider = |signed_in| Given::Provider { name: "corporate".into(), signed_in: map(signed_in) };
        let wrong = stage.given(provider(json!({ "issuer": "https://x.example" }))).unwrap_err().to_string();
        assert_eq!(wrong, "who signs in at a provider needs a `subject`");
        stage.given(Given::Wait { username: "alice".into(), seconds: 7 })
    });
    assert_eq!(failure.await, None);
}

#[tokio::test]
async fn every_failure_is_told_with_its_test() {
    let failing: Test = Arc::new(|_| Err(Misuse::new("expected pass")));
    let passing: Test = Arc::new(|_| Ok(()));
    let tests = [
        ("pwd.test.rhai", "one", failing.clone()),
        ("pwd.test.rhai", "two", passing),
        ("pwd.test.rhai", "three", failing),
    ];
    let runtime = StubRuntime::with_tests(&[], &tests);
    let files = bundle(&[("policy.toml", PWD), ("pwd.rhai", ""), ("pwd.test.rhai", "")]);
    let played = rehearse(&files, &[runtime as Arc<dyn Runtime>]).await.unwrap();
    let failed: Vec<_> = played.iter().map(|played| (played.test.as_str(), played.failure.is_some())).collect();
    assert_eq!(failed, [("one", true), ("two", false), ("three", true)]);
}

#[tokio::test]
async fn a_test_of_nothing_and_a_test_that_does_not_compile_are_refused() {
    let runtime: Arc<dyn Runtime> = StubRuntime::new(&[]);
    let alone = bundle(&[("policy.toml", PWD), ("pwd.rhai", ""), ("gone.test.rhai", ""), ("pwd.test.rhai", "bad")]);
    let wrong = rehearse(&alone, &[runtime]).await.unwrap_err();
    let messages: Vec<_> = wrong.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
    assert_eq!(messages, ["there is no `gone.rhai` that it could test", "it is bad"]);
}
