//! Policies, traces and the audit log by the API: a policy is pushed, put live, taken back; what was done is written down.

use super::{Operated, problem};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

/// A bundle whose manifest is this.
fn bundle(manifest: &str) -> Value {
    json!({ "files": { "policy.toml": STANDARD.encode(manifest) } })
}

const GOOD: &str = "name = \"second\"\ndefault_acr = \"pwd\"\n\n[[authenticate]]\nacr = \"pwd\"\nlevel = 10\namr = [\"pwd\"]\n\
                    run = \"authentication/password.rhai\"\nlend = [\"users\"]\n";

#[tokio::test]
async fn a_policy_is_pushed_put_live_taken_back_and_what_it_decided_is_ended() {
    let operated = Operated::start();
    let first = operated.get("/policies/status").await["live"]["digest"].as_str().unwrap().to_owned();
    let pushed = operated.ask(Method::POST, "/policies?note=a%20try", Some(bundle(GOOD))).await;
    assert_eq!(pushed.status, 201, "{}", pushed.body);
    assert_eq!((&pushed.json()["author"], &pushed.json()["note"]), (&json!("gatewright-bootstrap"), &json!("a try")));
    let digest = pushed.json()["digest"].as_str().unwrap().to_owned();
    assert_eq!(operated.get("/policies").await["items"][0]["digest"], digest.as_str());
    assert_eq!(operated.get("/status").await["policy"], first.as_str(), "it is not live by that");

    let path = format!("/policies/{}/activation", &digest[..12]);
    let live = operated.ask(Method::POST, &path, Some(json!({}))).await;
    assert_eq!((live.status.as_u16(), &live.json()["state"]), (200, &json!("live")), "{}", live.body);
    let status = operated.get("/policies/status").await;
    assert_eq!(status["live"]["digest"], digest.as_str());
    let refused = operated.ask(Method::POST, &format!("/policies/{digest}/revocation"), None).await;
    assert_eq!(problem(&refused), (409, "still_live".into()), "what is live is not ended");

    let back = operated.ask(Method::POST, "/policies/rollback", Some(json!({}))).await;
    assert_eq!((back.status.as_u16(), &back.json()["digest"]), (200, &json!(first)), "{}", back.body);
    let history = operated.get("/policies/history").await;
    assert_eq!(history["items"][0]["kind"], "rollback");
    let audit = operated.get("/audit").await;
    let targets = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["outcome"] == "done" && entry["action"].as_str().unwrap().starts_with("policy."));
    let targets: Vec<&str> = targets.map(|entry| entry["target"].as_str().unwrap()).collect();
    assert_eq!(targets, [&digest, &digest, &first], "by their whole names, however they were named: {audit}");
    let issued = operated.get(&format!("/policies/{first}/issued")).await;
    assert!(issued["count"]["sessions"].is_u64(), "{issued}");
}

#[tokio::test]
async fn a_policy_with_errors_is_refused_with_what_is_wrong() {
    let operated = Operated::start();
    let ask = async |path: &str, body: Value| problem(&operated.ask(Method::POST, path, Some(body)).await);
    let wrong = bundle(&GOOD.replace("password.rhai", "nothing.rhai"));
    let told = operated.ask(Method::POST, "/policies", Some(wrong)).await;
    assert_eq!(problem(&told), (422, "policy_refused".into()));
    assert_eq!(told.json()["diagnostics"][0]["file"], "policy.toml", "{}", told.body);
    let no_base64 = json!({ "files": { "policy.toml": "*" } });
    assert_eq!(ask("/policies", no_base64).await, (422, "policy_refused".into()));
    let outside = json!({ "files": { "../x": "" } });
    assert_eq!(ask("/policies", outside).await, (422, "policy_refused".into()));
    assert_eq!(ask("/policies/rollback", json!({ "note": "two\nlines" })).await, (400, "bad_request".into()));
    assert_eq!(ask("/policies/00000000/activation", json!({})).await, (404, "no_policy".into()));
    assert_eq!(ask("/policies/rollback", json!({ "to": "x" })).await, (404, "no_policy".into()));
    assert!(!operated.server.log().contains(" ERROR "), "{}", operated.server.log());
}

#[tokio::test]
async fn what_is_done_and_what_is_refused_is_written_down_with_who_and_from_where() {
    let operated = Operated::start();
    let scope = "gatewright.users.write";
    let token = operated.token_of("clerk", scope, scope).await;
    let new = json!({ "username": "carol", "subject": "carol-1", "password": "four words in a row" });
    assert_eq!(operated.ask_as(&token, Method::POST, "/users", Some(new)).await.status, 201);
    assert_eq!(operated.ask_as(&token, Method::DELETE, "/users/nobody", None).await.status, 404);
    assert_eq!(operated.ask_as(&token, Method::POST, "/keys/rotation", Some(json!({}))).await.status, 403);
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = operated.get(&format!("/audit?limit=2{cursor}")).await;
        entries.extend(page["items"].as_array().unwrap().iter().cloned());
        match page.get("next") {
            Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
            None => break,
        }
    }
    let told: Vec<(&str, &str, &str)> = entries
        .iter()
        .filter(|entry| entry["actor"]["administrator"] == "clerk")
        .map(|entry| {
            assert_eq!(entry["detail"]["address"], "127.0.0.1", "{entry}");
            let text = |member: &str| entry[member].as_str().unwrap();
            (text("action"), text("target"), text("outcome"))
        })
        .collect();
    let wanted =
        [("user.add", "carol-1", "done"), ("user.remove", "nobody", "refused"), ("keys.rotate", "", "refused")];
    assert_eq!(told, wanted);
    assert!(!json!(entries).to_string().contains("four words"));
}

#[tokio::test]
async fn what_was_asked_for_is_done_and_written_down_though_nobody_waits_for_the_answer() {
    let operated = Operated::start();
    let body = bundle(GOOD).to_string();
    let (token, length) = (&operated.token, body.len());
    let request = format!(
        "POST /admin/api/v1/policies HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let mut connection = crate::world::wire::connect(&operated.server);
    std::io::Write::write_all(&mut connection, request.as_bytes()).unwrap();
    drop(connection);
    let began = std::time::Instant::now();
    loop {
        let entries = operated.get("/audit").await;
        let pushed = |entry: &&Value| entry["action"] == "policy.push" && entry["outcome"] == "done";
        if entries["items"].as_array().unwrap().iter().any(|entry| pushed(&entry)) {
            return;
        }
        assert!(began.elapsed().as_secs() < 60, "{entries}");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn what_a_command_does_beside_the_api_is_written_down_too() {
    let operated = Operated::start();
    assert_eq!(operated.command(&["user", "disable", "bob"]).status, Some(0));
    assert_eq!(operated.remote(&["user", "enable", "bob"], "").status, Some(0));
    let entries = operated.get("/audit").await;
    let of = |action: &str| entries["items"].as_array().unwrap().iter().filter(|one| one["action"] == action).count();
    assert_eq!((of("user.disable"), of("user.enable")), (1, 1), "once each, whichever way: {entries}");
    let disabled = entries["items"].as_array().unwrap().iter().find(|one| one["action"] == "user.disable").unwrap();
    assert!(disabled["actor"]["operator"].is_string(), "{disabled}");
}

#[tokio::test]
async fn traces_are_asked_for_by_what_they_have_and_an_unknown_one_is_told() {
    let operated = Operated::start();
    assert!(operated.get("/traces?failed=true&client=demo&limit=5").await["items"].is_array());
    assert_eq!(problem(&operated.ask(Method::GET, "/traces/nothing", None).await), (404, "no_trace".into()));
    for query in ["failed=perhaps", "since_ms=soon", "client=", "cursor=x"] {
        let answer = operated.ask(Method::GET, &format!("/traces?{query}"), None).await;
        assert_ne!(answer.status.as_u16() / 100, 5, "{query}");
    }
    assert_eq!(problem(&operated.ask(Method::GET, "/audit?cursor=AA", None).await), (400, "bad_request".into()));
}
