//! What a replay says of a candidate is what the candidate then does.

use super::{candidate, gatewright, printed, server, until};
use crate::world::relying_party::response_of;
use crate::world::server::program;
use crate::world::{Browser, RelyingParty, jwt};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

const GATE: &str = r#"fn after_authentication(login) {
    if login.user.username == "bob" && login.scope.contains("email") { return deny("not with mail"); }
    if login.user.username == "alice" && login.scope.contains("profile") { return step_up("strong"); }
    proceed()
}"#;
const LABEL: &str = r#"fn claims(about) { #{ label: if about.user.username == "bob" { "other" } else { "plain" } } }"#;
const TENANT: &str = r#"fn customize_token(token) {
    keep().claim("tenant", if token.scope.contains("email") { "two" } else { "one" })
}"#;
const SCOPES: [&str; 3] = ["openid", "openid profile", "openid email"];
const PEOPLE: [(&str, &str); 2] = [("alice", "wonderland"), ("bob", "builder")];

/// What came of a login: an error, or what the ID token says.
async fn login(client: &RelyingParty, scope: &str, (username, password): (&str, &str)) -> Value {
    let client = client.asking(scope);
    let answer = Browser::new().sign_in(&client.authorization_url(&[]), username, password).await;
    let response = response_of(&answer);
    let Some(code) = response.get("code") else { return json!({ "error": response["error"] }) };
    let tokens = client.redeem(code).await.json();
    let id_token = jwt::claims(tokens["id_token"].as_str().unwrap());
    json!({ "acr": id_token["acr"], "label": id_token["label"], "tenant": id_token["tenant"] })
}

async fn logins(client: &RelyingParty) -> Vec<Value> {
    let mut all = Vec::new();
    for person in PEOPLE {
        for scope in SCOPES {
            all.push(login(client, scope, person).await);
        }
    }
    all
}

/// How an outcome differs, in the words of a replay.
fn effects(was: &Value, is: &Value) -> Vec<&'static str> {
    if is.get("error").is_some() {
        return vec!["refused"];
    }
    if is["acr"] != was["acr"] {
        return vec!["stepped_up"];
    }
    let differs = [("label", "claims"), ("tenant", "token")].into_iter().filter(|(part, _)| was[*part] != is[*part]);
    differs.map(|(_, effect)| effect).collect()
}

/// What a replay says of each login, in the order they were made.
fn predicted(replay: &Value) -> Vec<Vec<String>> {
    let of_logins = replay["logins"].as_array().unwrap().iter().filter(|login| login["of"] == "login").rev();
    let effects = |login: &Value| {
        let mut effects: Vec<String> = Vec::new();
        for change in login["changes"].as_array().unwrap() {
            let effect = change["effect"].as_str().unwrap().to_owned();
            if !effects.contains(&effect) {
                effects.push(effect);
            }
        }
        effects
    };
    of_logins.map(effects).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replay_predicts_of_each_login_what_the_candidate_then_does() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let server = server(directory, &[("GATEWRIGHT__TRACE__RECORD", "true")]);
    let client = RelyingParty::demo(&server);
    let before = logins(&client).await;
    let folder = candidate(directory, &[("gate.rhai", GATE), ("label.rhai", LABEL), ("tenant.rhai", TENANT)]);
    let count = before.len();
    let replay = ["policy", "replay", &folder, "--since", "1h"];
    // All is written once two looks find the same.
    let seen = std::cell::Cell::new(None);
    let told = until(directory, &replay, |told| {
        let questions = told["questions"].as_u64();
        told["logins"].as_array().is_some_and(|logins| logins.len() == count) && seen.replace(questions) == questions
    });
    let prediction = predicted(&told);

    printed(directory, &["policy", "push", &folder, "--by", "ada", "--activate"]);
    let after = logins(&client).await;
    let outcome: Vec<Vec<&str>> = before.iter().zip(&after).map(|(was, is)| effects(was, is)).collect();
    assert_eq!(prediction, outcome, "{told:#}");
    let expected: [&[&str]; 6] = [&[], &["stepped_up"], &["token"], &["claims"], &["claims"], &["refused"]];
    assert_eq!(outcome, expected);

    let shown = printed(directory, &["policy", "replay", &folder, "--limit", "100"]);
    for part in ["would have been refused", "after_authentication/gate", "claims: label", "deny"] {
        assert!(shown.contains(part), "{part} is not in\n{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_login_is_saved_as_tests_that_hold_for_its_policy_and_not_for_another() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let server = server(directory, &[("GATEWRIGHT__TRACE__RECORD", "true")]);
    login(&RelyingParty::demo(&server), "openid email", PEOPLE[1]).await;
    let policy = directory.join("policy");
    let policy = policy.to_str().unwrap();
    let told = until(directory, &["policy", "replay", policy], |told| told["questions"].as_u64() >= Some(5));
    assert_eq!(told["same"], 1, "a policy answers itself alike: {told:#}");
    let trace = told["logins"][0]["trace"].as_str().unwrap();
    let folder = candidate(directory, &[]);
    let wrote = printed(directory, &["policy", "replay", &folder, "--save", trace, "bob-mail"]);
    assert!(wrote.contains("gate.bob-mail.test.rhai") && wrote.contains("label.bob-mail.1.case.json"), "{wrote}");
    let test = |folder: &str| {
        let output = Command::new(program()).args(["policy", "test", folder]).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let (holds, said) = test(&folder);
    assert!(holds, "{said}");
    std::fs::write(Path::new(&folder).join("gate.rhai"), GATE).unwrap();
    let (holds, said) = test(&folder);
    assert!(!holds && said.contains("after_authentication_1_decides_as_recorded"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_clients_that_are_not_named_nothing_is_recorded() {
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let settings = [("GATEWRIGHT__TRACE__RECORD", "true"), ("GATEWRIGHT__TRACE__RECORD_CLIENTS", "another")];
    let server = server(directory, &settings);
    login(&RelyingParty::demo(&server), "openid", PEOPLE[0]).await;
    let refused = gatewright(directory, &["policy", "replay", "live"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("no recorded login") && said.contains("record = true"),
        "{said}"
    );
}
