//! Bad requests: each is refused with a problem that says what to do, none is a fault of ours.

use super::{HTTP, Operated, header, problem};
use crate::world::Server;
use crate::world::wire::{Reply, say};
use reqwest::Method;
use serde_json::{Value, json};

/// A row: method, path, body, status, kind.
type Row = (&'static str, &'static str, Option<Value>, u16, &'static str);

fn rows() -> impl Iterator<Item = Row> {
    [of_any_resource(), of_clients(), of_users(), of_keys(), of_policies(), of_trials()].into_iter().flatten()
}

fn of_any_resource() -> Vec<Row> {
    vec![
        ("GET", "", None, 404, "no_route"),
        ("GET", "/", None, 404, "no_route"),
        ("GET", "/nothing", None, 404, "no_route"),
        ("GET", "/clients/", None, 404, "no_route"),
        ("GET", "/clients/%00", None, 404, "no_route"),
        ("GET", "/clients/%ff", None, 404, "no_route"),
        ("GET", "/clients/nobody", None, 404, "no_client"),
        ("GET", "/clients/%C3%A9", None, 404, "no_client"),
        ("PATCH", "/clients", None, 405, "wrong_method"),
        ("OPTIONS", "/clients", None, 405, "wrong_method"),
        ("DELETE", "/status", None, 405, "wrong_method"),
        ("GET", "/clients?limit=0", None, 400, "bad_request"),
        ("GET", "/clients?limit=501", None, 400, "bad_request"),
        ("GET", "/clients?limit=1&limit=2", None, 400, "bad_request"),
        ("GET", "/clients?cursor=!", None, 400, "bad_request"),
        ("GET", "/clients?cursor=AA", None, 400, "bad_request"),
        ("GET", "/clients?serach=x", None, 400, "bad_request"),
        ("GET", "/status?x=%ff", None, 400, "bad_request"),
    ]
}

fn of_clients() -> Vec<Row> {
    let redirect = "https://a.example/cb";
    vec![
        ("POST", "/clients", Some(json!([])), 400, "bad_request"),
        ("POST", "/clients", Some(json!({ "first_party": "yes" })), 400, "bad_request"),
        ("POST", "/clients", Some(json!({})), 422, "client_refused"),
        ("POST", "/clients", Some(json!({ "redirect_uris": ["javascript:alert(1)"] })), 422, "client_refused"),
        ("POST", "/clients", Some(json!({ "redirect_uris": redirect })), 422, "client_refused"),
        ("POST", "/clients", Some(json!({ "redirect_uris": [redirect], "client_secret": "short" })), 422, "secret"),
        (
            "POST",
            "/clients",
            Some(json!({ "redirect_uris": [redirect], "admin_scope": "gatewright.nothing" })),
            422,
            "client_refused",
        ),
        (
            "POST",
            "/clients",
            Some(json!({ "redirect_uris": [redirect], "admin_scope": "openid" })),
            422,
            "client_refused",
        ),
        (
            "POST",
            "/clients",
            Some(json!({ "redirect_uris": [redirect], "admin_scope": "gatewright.admin" })),
            422,
            "client_refused",
        ),
        ("POST", "/clients", Some(json!({ "redirect_uris": [redirect], "client_id": "demo" })), 409, "client_exists"),
        (
            "POST",
            "/clients",
            Some(json!({ "redirect_uris": [redirect], "client_id": "gatewright-account" })),
            409,
            "client_exists",
        ),
        (
            "POST",
            "/clients",
            Some(json!({ "redirect_uris": [redirect], "client_id": "gatewright-bootstrap" })),
            409,
            "client_exists",
        ),
        ("POST", "/clients", Some(json!({ "redirect_uris": [redirect], "client_id": "" })), 400, "bad_request"),
        ("GET", "/clients/nobody/grants", None, 404, "no_client"),
        ("GET", "/clients/demo/grants?cursor=IA", None, 400, "bad_request"),
        ("POST", "/clients/nobody/secret", None, 404, "no_client"),
        ("DELETE", "/clients/nobody", None, 404, "no_client"),
    ]
}

fn of_users() -> Vec<Row> {
    let long = "x".repeat(300);
    vec![
        ("POST", "/users", Some(json!({})), 400, "bad_request"),
        ("POST", "/users", Some(json!({ "username": "a", "extra": 1 })), 400, "bad_request"),
        ("POST", "/users", Some(json!({ "username": "  " })), 422, "username"),
        ("POST", "/users", Some(json!({ "username": "a\u{0}b" })), 422, "username"),
        ("POST", "/users", Some(json!({ "username": long })), 422, "username"),
        ("POST", "/users", Some(json!({ "username": "a", "subject": "é" })), 422, "subject"),
        ("POST", "/users", Some(json!({ "username": "a", "claims": { "sub": "b" } })), 422, "claim"),
        ("POST", "/users", Some(json!({ "username": "a", "password": "password1" })), 422, "weak_password"),
        ("POST", "/users", Some(json!({ "username": "ALICE" })), 409, "user_exists"),
        ("GET", "/users/nobody", None, 404, "no_user"),
        ("GET", "/users/%20", None, 404, "no_user"),
        ("GET", "/users?username=a&username=b", None, 400, "bad_request"),
        ("PUT", "/users/nobody/password", Some(json!({ "password": "four words in a row" })), 404, "no_user"),
        ("PUT", "/users/nobody/password", Some(json!({ "password": 1 })), 400, "bad_request"),
        ("POST", "/users/nobody/disable", None, 404, "no_user"),
        ("POST", "/users/nobody/enable", None, 404, "no_user"),
        ("POST", "/users/nobody/unlock", None, 404, "no_user"),
        ("DELETE", "/users/nobody", None, 404, "no_user"),
        ("GET", "/users/nobody/factors", None, 404, "no_user"),
        ("DELETE", "/users/nobody/factors/x", None, 404, "no_user"),
        ("GET", "/users/nobody/sessions", None, 404, "no_user"),
        ("DELETE", "/users/nobody/sessions/x", None, 404, "no_user"),
        ("GET", "/users/nobody/grants", None, 404, "no_user"),
        ("DELETE", "/users/nobody/grants/demo", None, 404, "no_user"),
    ]
}

fn of_keys() -> Vec<Row> {
    vec![
        ("POST", "/keys/rotation", Some(json!({ "algorithms": ["none"] })), 400, "bad_request"),
        ("POST", "/keys/rotation", Some(json!({ "stolen": false, "algoritms": [] })), 400, "bad_request"),
    ]
}

fn of_policies() -> Vec<Row> {
    vec![
        ("GET", "/policies?limit=0", None, 400, "bad_request"),
        ("GET", "/policies?limit=1001", None, 400, "bad_request"),
        ("GET", "/policies?cursor=x", None, 400, "bad_request"),
        ("GET", "/policies/00000000/bundle", None, 404, "no_policy"),
        ("GET", "/policies/live/difference/x", None, 404, "no_policy"),
        ("GET", "/policies/live/issued?limit=0", None, 400, "bad_request"),
        ("POST", "/policies/live/activation", Some(json!({ "within_s": 0 })), 400, "bad_request"),
        ("POST", "/policies/live/activation", Some(json!({ "note": "" })), 400, "bad_request"),
        ("POST", "/policies/rollback", Some(json!({})), 404, "nothing_before"),
        ("POST", "/policies/rollback", Some(json!({ "to": "00000000" })), 404, "no_policy"),
        ("POST", "/policies/live/revocation", None, 409, "still_live"),
        ("POST", "/policies/live/replay", Some(json!({ "limit": 0 })), 400, "bad_request"),
        ("POST", "/policies/live/replay", Some(json!({ "limit": 1001 })), 400, "bad_request"),
        ("POST", "/policies/live/replay", Some(json!({})), 404, "nothing_recorded"),
        ("GET", "/traces?limit=1001", None, 400, "bad_request"),
        ("GET", "/traces?user=%C3%A9", None, 404, "no_user"),
        ("GET", "/audit/export?limit=1", None, 400, "bad_request"),
    ]
}

fn of_trials() -> Vec<Row> {
    let group = json!({ "by": "group", "clients": [], "subjects": [], "claims": [] });
    vec![
        ("GET", "/trials", None, 404, "no_route"),
        ("GET", "/trials/shadow", None, 404, "no_shadow"),
        ("GET", "/trials/shadow/samples", None, 404, "no_shadow"),
        ("DELETE", "/trials/shadow", None, 404, "no_shadow"),
        ("POST", "/trials/shadow", Some(json!({})), 400, "bad_request"),
        ("POST", "/trials/shadow", Some(json!({ "policy": "live", "share": 0 })), 400, "bad_request"),
        ("POST", "/trials/shadow", Some(json!({ "policy": "live", "share": 0.00001 })), 400, "bad_request"),
        ("POST", "/trials/shadow", Some(json!({ "policy": "00000000" })), 404, "no_policy"),
        ("GET", "/trials/canary", None, 404, "no_canary"),
        ("DELETE", "/trials/canary", None, 404, "no_canary"),
        ("PUT", "/trials/canary/share", Some(json!({ "share": 0.5 })), 404, "no_canary"),
        ("PUT", "/trials/canary/share", Some(json!({ "share": 1.1 })), 400, "bad_request"),
        ("POST", "/trials/canary/promotion", Some(json!({})), 404, "no_canary"),
        (
            "POST",
            "/trials/canary",
            Some(json!({ "policy": "live", "chosen": { "by": "client" } })),
            422,
            "canary_for_nobody",
        ),
        ("POST", "/trials/canary", Some(json!({ "policy": "live", "chosen": group })), 422, "canary_for_nobody"),
    ]
}

#[tokio::test]
async fn every_bad_request_is_told_what_is_wrong_and_none_is_a_fault() {
    let operated = Operated::start();
    for (method, path, body, status, kind) in rows() {
        let shown = format!("{method} {path} {body:?}");
        let answer = operated.ask(method.parse().unwrap(), path, body).await;
        assert_eq!(problem(&answer), (status, kind.to_owned()), "{shown}: {}", answer.body);
    }
    unharmed(&operated.server).await;
}

#[tokio::test]
async fn a_body_is_json_whole_and_within_its_limit() {
    let operated = Operated::start();
    let token = format!("Bearer {}", operated.token);
    for (content_type, body, status, kind) in [
        ("text/plain", "{}".to_owned(), 415, "wrong_type"),
        ("application/x-www-form-urlencoded", "username=a".to_owned(), 415, "wrong_type"),
        ("application/json", "{".to_owned(), 400, "bad_request"),
        ("application/json", String::new(), 400, "bad_request"),
        ("application/json; charset=utf-8", "nonsense".to_owned(), 400, "bad_request"),
        ("application/json", format!("{{\"username\":\"{}\"}}", "x".repeat(70_000)), 413, "too_large"),
    ] {
        let request = HTTP.post(operated.at("/users")).header("authorization", &token);
        let response = request.header("content-type", content_type).body(body).send().await.unwrap();
        let (url, status_is, headers) = (response.url().clone(), response.status(), response.headers().clone());
        let answer = crate::world::Answer { url, status: status_is, headers, body: response.text().await.unwrap() };
        assert_eq!(problem(&answer), (status, kind.to_owned()), "{content_type}");
    }
    // What a body holds is not told back: it may be a secret.
    let secret = json!({ "username": "a", "password": ["hush hush"] });
    let told = operated.ask(Method::POST, "/users", Some(secret)).await;
    assert!(told.status == 400 && !told.body.contains("hush"), "{}", told.body);
    assert!(!operated.server.log().contains("hush"));
    unharmed(&operated.server).await;
}

#[tokio::test]
async fn a_token_is_taken_from_one_header_alone_and_a_cookie_from_none() {
    let operated = Operated::start();
    let bearer = format!("authorization: Bearer {}\r\n", operated.token);
    let line = |headers: &str, path: &str| {
        format!("GET /admin/api/v1{path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
    };
    for (headers, path, status) in [
        (bearer.clone(), "/status".to_owned(), 200),
        (bearer.replace("Bearer", "bearer"), "/status".to_owned(), 200),
        (format!("{bearer}{bearer}"), "/status".to_owned(), 401),
        ("authorization: Basic eDp5\r\n".to_owned(), "/status".to_owned(), 401),
        ("authorization: Bearer \r\n".to_owned(), "/status".to_owned(), 401),
        (String::new(), format!("/status?access_token={}", operated.token), 401),
        (format!("cookie: access_token={0}; gatewright_session={0}\r\n", operated.token), "/status".to_owned(), 401),
    ] {
        let reply = Reply::read(&say(&operated.server, line(&headers, &path).as_bytes())).unwrap();
        assert_eq!(reply.status, status, "{headers:?} {path}: {}", reply.body);
    }
}

#[tokio::test]
async fn no_other_origin_is_answered() {
    let operated = Operated::start();
    let token = format!("Bearer {}", operated.token);
    let headers = [("authorization", token.as_str()), ("origin", "https://elsewhere.example")];
    let answer = operated.ask_with(Method::GET, "/status", None, &headers).await;
    assert_eq!(header(&answer.headers, "access-control-allow-origin"), "");
    assert_eq!(header(&answer.headers, "cache-control"), "no-store");
    let preflight = operated.ask_with(Method::OPTIONS, "/clients", None, &headers[1..]).await;
    assert_eq!(problem(&preflight), (405, "wrong_method".into()));
    assert_eq!(header(&preflight.headers, "allow"), "GET, HEAD, POST");
    assert_eq!(header(&preflight.headers, "access-control-allow-methods"), "");
}

async fn unharmed(server: &Server) {
    let ready = HTTP.get(format!("{}/health/ready", server.reach)).send().await.unwrap();
    assert_eq!(ready.status(), 200);
    let log = server.log();
    assert!(!log.contains("panicked") && !log.contains(" ERROR "), "{log}");
}
