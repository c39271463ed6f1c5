//! Each resource: what is added is listed, shown, changed and removed, and the server acts on it.

use super::{Operated, header, problem};
use crate::world::{Browser, RelyingParty};
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn a_client_is_added_listed_shown_replaced_and_removed() {
    let operated = Operated::start();
    let new = json!({ "client_id": "almanac", "client_name": "Almanac", "redirect_uris": ["https://a.example/cb"] });
    let added = operated.ask(Method::POST, "/clients", Some(new.clone())).await;
    assert_eq!(added.status, 201, "{}", added.body);
    assert_eq!(added.json()["client_secret"].as_str().unwrap().len(), 43);
    let again = operated.ask(Method::POST, "/clients", Some(new)).await;
    assert_eq!(problem(&again), (409, "client_exists".into()));

    let shown = operated.ask(Method::GET, "/clients/almanac", None).await;
    let etag = header(&shown.headers, "etag").to_owned();
    assert_eq!(etag, format!("\"{}\"", shown.json()["version"].as_str().unwrap()));
    assert!(shown.json().get("client_secret").is_none());
    let listed = operated.get("/clients").await;
    assert!(listed["items"].as_array().unwrap().iter().any(|client| client["client_id"] == "almanac"), "{listed}");

    let mut wanted = shown.json();
    wanted["client_name"] = "Almanach".into();
    wanted["first_party"] = true.into();
    let replaced = operated.change("/clients/almanac", &etag, wanted.clone()).await;
    assert_eq!(replaced.status, 200, "{}", replaced.body);
    assert_eq!((&replaced.json()["client_name"], &replaced.json()["first_party"]), (&json!("Almanach"), &json!(true)));
    let late = operated.change("/clients/almanac", &etag, wanted.clone()).await;
    assert_eq!(problem(&late), (412, "changed".into()));
    let blind = operated.ask(Method::PUT, "/clients/almanac", Some(wanted.clone())).await;
    assert_eq!(problem(&blind), (428, "no_version".into()));
    let etag = header(&replaced.headers, "etag").to_owned();
    let unchanged = operated.change("/clients/almanac", &etag, replaced.json()).await;
    assert_eq!(unchanged.json()["version"], replaced.json()["version"], "what was read can be sent back");
    wanted["client_id"] = "another".into();
    let renamed = operated.change("/clients/almanac", "*", wanted).await;
    assert_eq!(problem(&renamed), (422, "client_refused".into()));

    let removed = operated.ask(Method::DELETE, "/clients/almanac", None).await;
    assert_eq!((removed.status.as_u16(), removed.body.as_str()), (204, ""));
    assert_eq!(problem(&operated.ask(Method::DELETE, "/clients/almanac", None).await), (404, "no_client".into()));
}

#[tokio::test]
async fn a_rotated_secret_is_the_only_one() {
    let operated = Operated::start();
    operated.token_of("worker", "gatewright.status.read", "gatewright.status.read").await;
    let rotated = operated.ask(Method::POST, "/clients/worker/secret", None).await;
    assert_eq!(rotated.status, 200, "{}", rotated.body);
    let secret = rotated.json()["client_secret"].as_str().unwrap().to_owned();
    let scope = "gatewright.status.read";
    assert_eq!(operated.try_client_token("worker", "a secret of its own", scope).await.status, 401);
    assert_eq!(operated.try_client_token("worker", &secret, scope).await.status, 200);
    let public = operated.ask(Method::POST, "/clients/demo-spa/secret", None).await;
    assert_eq!(problem(&public).0, 422);
}

#[tokio::test]
async fn lists_come_page_by_page() {
    let operated = Operated::start();
    for number in 0..5 {
        let new = json!({ "client_id": format!("p{number}"), "redirect_uris": ["https://a.example/cb"] });
        assert_eq!(operated.ask(Method::POST, "/clients", Some(new)).await.status, 201);
        let new = json!({ "username": format!("Paul{number}") });
        assert_eq!(operated.ask(Method::POST, "/users", Some(new)).await.status, 201);
    }
    for (path, member, whole) in
        [("/clients?", "client_id", 7), ("/users?", "username", 7), ("/users?prefix=paul&", "username", 5)]
    {
        let (mut names, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = operated.get(&format!("{path}limit=2{cursor}")).await;
            let items = page["items"].as_array().unwrap();
            assert!((1..=2).contains(&items.len()), "{page}");
            names.extend(items.iter().map(|item| item[member].as_str().unwrap().to_owned()));
            match page.get("next") {
                Some(next) => cursor = format!("&cursor={}", next.as_str().unwrap()),
                None => break,
            }
        }
        assert_eq!(names.len(), whole, "{names:?}");
        assert!(names.is_sorted_by_key(|name| name.to_lowercase()), "{names:?}");
    }
    let named = operated.get("/users?username=PAUL3").await;
    assert_eq!((named["items"].as_array().unwrap().len(), &named["items"][0]["username"]), (1, &json!("Paul3")));
    let prefix = operated.get("/users?prefix=Paul3").await;
    assert_eq!(prefix["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_end_user_is_added_changed_disabled_and_removed() {
    let operated = Operated::start();
    let new = json!({ "username": "carol", "claims": { "given_name": "Carol" }, "password": "four words in a row" });
    let added = operated.ask(Method::POST, "/users", Some(new.clone())).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let subject = added.json()["subject"].as_str().unwrap().to_owned();
    let path = format!("/users/{subject}");
    assert_eq!(problem(&operated.ask(Method::POST, "/users", Some(new)).await), (409, "user_exists".into()));
    let client = RelyingParty::demo(&operated.server);
    let signs_in = async |password: &str| {
        let answer = Browser::new().sign_in(&client.authorization_url(&[]), "carol", password).await;
        answer.location().is_some_and(|location| location.as_str().contains("code="))
    };
    assert!(signs_in("four words in a row").await);

    let etag = format!("\"{}\"", added.json()["version"].as_str().unwrap());
    let wanted = json!({ "claims": { "given_name": "Caroline" } });
    let changed = operated.change(&path, &etag, wanted.clone()).await;
    assert_eq!(changed.json()["claims"], json!({ "given_name": "Caroline" }), "{}", changed.body);
    assert_eq!(problem(&operated.change(&path, &etag, wanted.clone()).await), (412, "changed".into()));
    let blind = operated.ask(Method::PUT, &path, Some(wanted)).await;
    assert_eq!(problem(&blind), (428, "no_version".into()));

    let password = json!({ "password": "another four words entirely" });
    assert_eq!(operated.ask(Method::PUT, &format!("{path}/password"), Some(password)).await.status, 204);
    assert!(signs_in("another four words entirely").await);
    let disabled = operated.ask(Method::POST, &format!("{path}/disable"), None).await;
    assert_eq!(disabled.json()["disabled"], true);
    assert!(!signs_in("another four words entirely").await);
    let enabled = operated.ask(Method::POST, &format!("{path}/enable"), None).await;
    assert_eq!(enabled.json()["disabled"], false);
    let unlocked = operated.ask(Method::POST, &format!("{path}/unlock"), None).await;
    assert!(unlocked.json()["waited_s"].is_u64(), "{}", unlocked.body);
    let detail = operated.get(&path).await;
    assert!(detail["events"].as_array().unwrap().iter().any(|event| event["what"]["event"] == "password_changed"));
    assert!(!detail.to_string().contains("argon2"), "{detail}");
    assert_eq!(operated.ask(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(problem(&operated.ask(Method::GET, &path, None).await), (404, "no_user".into()));
}

async fn alice(operated: &Operated) -> String {
    let found = operated.get("/users?username=alice").await;
    format!("/users/{}", found["items"][0]["subject"].as_str().unwrap())
}

#[tokio::test]
async fn a_session_is_listed_and_ended_with_its_tokens() {
    let operated = Operated::start();
    let alice = alice(&operated).await;
    let client = RelyingParty::demo(&operated.server);
    let tokens = client.tokens().await;
    let sessions = operated.get(&format!("{alice}/sessions")).await;
    let session = &sessions["items"][0];
    assert_eq!((sessions["items"].as_array().unwrap().len(), &session["acr"]), (1, &json!("pwd")), "{sessions}");
    assert!(session.get("cookie").is_none());
    let path = format!("{alice}/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(operated.ask(Method::DELETE, &path, None).await.status, 204);
    assert_eq!(client.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(problem(&operated.ask(Method::DELETE, &path, None).await), (404, "no_session".into()));
    assert_eq!(operated.get(&format!("{alice}/sessions")).await["items"], json!([]));
}

#[tokio::test]
async fn a_grant_is_listed_by_end_user_and_by_client_and_revoked_with_its_tokens() {
    let operated = Operated::start();
    let alice = alice(&operated).await;
    let client = RelyingParty::demo(&operated.server).asking("openid offline_access");
    let tokens = client.tokens().await;
    let grants = operated.get(&format!("{alice}/grants")).await;
    let grant = &grants["items"][0];
    assert_eq!((&grant["client_id"], grant["token_scope"].is_string()), (&json!("demo"), true), "{grants}");
    let by_client = operated.get("/clients/demo/grants").await;
    assert_eq!(by_client["items"][0]["subject"], grant["subject"], "{by_client}");
    assert_eq!(operated.ask(Method::DELETE, &format!("{alice}/grants/demo"), None).await.status, 204);
    assert_eq!(client.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(client.refresh(tokens["refresh_token"].as_str().unwrap()).await.status, 400);
    let again = operated.ask(Method::DELETE, &format!("{alice}/grants/demo"), None).await;
    assert_eq!(problem(&again), (404, "no_grant".into()));
    assert_eq!(operated.get("/clients/demo/grants").await["items"], json!([]));
}

#[tokio::test]
async fn factors_are_listed_and_none_is_removed_that_is_not_there() {
    let operated = Operated::start();
    let alice = alice(&operated).await;
    assert_eq!(operated.get(&format!("{alice}/factors")).await["items"], json!([]));
    let missing = operated.ask(Method::DELETE, &format!("{alice}/factors/f1"), None).await;
    assert_eq!(problem(&missing), (404, "no_factor".into()));
}

#[tokio::test]
async fn keys_are_listed_and_rotated_and_the_server_publishes_the_new_one() {
    let operated = Operated::start();
    let before = operated.get("/keys").await;
    // Those to sign with, and those that clients encrypt to.
    let is_current = |key: &Value| key["state"] == "signs" || key["state"] == "published";
    assert!(before["items"].as_array().unwrap().iter().all(is_current), "{before}");
    let rotated = operated.ask(Method::POST, "/keys/rotation", Some(json!({ "algorithms": ["ES256"] }))).await;
    assert_eq!(rotated.status, 200, "{}", rotated.body);
    let kid = rotated.json()["rotated"][0]["kid"].clone();
    let after = operated.get("/keys").await;
    let made = after["items"].as_array().unwrap().iter().find(|key| key["kid"] == kid).cloned().unwrap();
    assert_eq!((&made["algorithm"], &made["state"]), (&json!("ES256"), &json!("next")));
    let published: Value = Browser::new().open(&operated.server.at("/jwks")).await.json();
    assert!(published["keys"].as_array().unwrap().iter().any(|key| key["kid"] == kid), "{published}");
    let unknown = operated.ask(Method::POST, "/keys/rotation", Some(json!({ "algorithms": ["EdDSA"] }))).await;
    assert_eq!(problem(&unknown), (422, "no_algorithm".into()));
}
