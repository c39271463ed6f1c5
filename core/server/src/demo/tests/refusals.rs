//! What the relying party does not believe, and the limits it keeps.

use super::super::asked::Asked;
use super::super::memory::{Arrival, Memory, Pending};
use super::super::{PENDING_MAX, PENDING_S, VISITS_MAX};
use super::paper_server::{NOW, Scene, metadata, params, token};
use gatewright_domain::clock::Timestamp;
use gatewright_domain::entropy::Entropy;
use http::StatusCode;
use serde_json::json;
use std::sync::atomic::Ordering;

fn says(page: &crate::pages::Rendered, part: &str) {
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(page.html.contains("You are not signed in here") && page.html.contains(part), "{part} in {}", page.html);
}

#[tokio::test]
async fn a_response_is_for_the_browser_that_asked_and_for_one_use() {
    let scene = Scene::new();
    let state = scene.begin("").await;
    let cookie = scene.cookie.lock().unwrap().take();
    says(&scene.respond(&state).await, "belongs to no request");
    *scene.cookie.lock().unwrap() = cookie.clone();
    says(&scene.respond("other").await, "belongs to no request");
    says(&scene.respond("").await, "belongs to no request");
    assert_eq!(scene.respond(&state).await.status, StatusCode::SEE_OTHER);
    says(&scene.respond(&state).await, "belongs to no request");
}

#[tokio::test]
async fn a_response_in_another_server_s_name_is_not_taken() {
    for iss in ["", "&iss=http%3A%2F%2Fother.example"] {
        let scene = Scene::new();
        let state = scene.begin("").await;
        let response = format!("code=code-1&state={state}{iss}");
        let page = scene.demo.callback(&scene.headers(), &params(&response)).await;
        says(&page, "does not come from http://localhost:8080");
    }
}

#[tokio::test]
async fn a_refusal_is_shown_as_the_server_put_it() {
    let scene = Scene::new();
    let state = scene.begin("").await;
    let iss = "iss=http%3A%2F%2Flocalhost%3A8080";
    let response = format!("error=access_denied&error_description=%3Cno%3E&state={state}&{iss}");
    let page = scene.demo.callback(&scene.headers(), &params(&response)).await;
    says(&page, "The server answered: access_denied");
    says(&page, "&lt;no&gt;");

    let state = scene.begin("").await;
    let unknown = format!("code=code-2&state={state}&{iss}");
    let page = scene.demo.callback(&scene.headers(), &params(&unknown)).await;
    says(&page, "invalid_grant");
    says(&page, "The code is &lt;not&gt; known.");
}

#[tokio::test]
async fn an_id_token_that_is_not_as_it_must_be_signs_nobody_in() {
    for (claim, wrong) in [("iss", json!("x")), ("aud", json!("x")), ("nonce", json!("x")), ("exp", json!(NOW - 300))] {
        let scene = Scene::new();
        let state = scene.begin("").await;
        scene.server.forged.lock().unwrap().insert(claim.into(), wrong);
        says(&scene.respond(&state).await, &format!("its claim {claim}"));
        assert!(scene.start().html.contains("Try signing in"));
    }
}

#[tokio::test]
async fn a_refreshed_id_token_of_another_end_user_is_not_taken() {
    let scene = Scene::new();
    let state = scene.begin("").await;
    scene.respond(&state).await;
    scene.server.forged.lock().unwrap().insert("sub".into(), json!("bob-2"));
    let form = format!("token={}", token(&scene.start()));
    says(&scene.demo.refresh(&scene.headers(), &params(&form)).await, "its claim sub");
    assert!(scene.start().html.contains("holds none that it could use"), "it was used up");
}

#[tokio::test]
async fn a_form_of_another_site_refreshes_nothing_and_signs_nobody_out() {
    let scene = Scene::new();
    let state = scene.begin("").await;
    scene.respond(&state).await;
    for form in ["", "token=", "token=guess"] {
        says(&scene.demo.refresh(&scene.headers(), &params(form)).await, "not signed in here any more");
        says(&scene.demo.sign_out(&scene.headers(), &params(form)).await, "not signed in here any more");
    }
    assert!(scene.start().html.contains("Signed in as"));
}

#[tokio::test]
async fn a_server_that_cannot_be_asked_or_read_is_named_with_its_endpoint() {
    let broken = [
        ("/.well-known/openid-configuration", (500, json!({})), "discovery document"),
        ("/.well-known/openid-configuration", (200, json!({"issuer": "x"})), "discovery document"),
        ("/token", (200, json!({"access_token": "a"})), "there is no id_token in it"),
        ("/token", (502, json!("x")), "its status is 502"),
        ("/jwks", (404, json!("x")), "JWKS document"),
    ];
    for (path, answer, said) in broken {
        let scene = Scene::new();
        let discovery = path.starts_with("/.well-known");
        if discovery {
            scene.server.otherwise.lock().unwrap().insert(path.into(), answer);
            says(&scene.demo.sign_in(&scene.headers(), &params("")).await, said);
            continue;
        }
        let state = scene.begin("").await;
        scene.server.otherwise.lock().unwrap().insert(path.into(), answer);
        says(&scene.respond(&state).await, said);
    }
}

#[tokio::test]
async fn metadata_of_another_issuer_is_not_taken_and_asked_for_again() {
    let scene = Scene::new();
    let mut other = metadata();
    other["issuer"] = json!("http://other.example");
    let path = "/.well-known/openid-configuration".to_owned();
    scene.server.otherwise.lock().unwrap().insert(path.clone(), (200, other));
    says(&scene.demo.sign_in(&scene.headers(), &params("")).await, "does not come from");
    scene.server.otherwise.lock().unwrap().remove(&path);
    scene.begin("").await;
}

#[tokio::test]
async fn claims_of_another_end_user_are_not_shown() {
    let scene = Scene::new();
    let state = scene.begin("").await;
    let other = json!({"sub": "bob-2", "email": "bob@example.com"});
    scene.server.otherwise.lock().unwrap().insert("/userinfo".into(), (200, other));
    scene.respond(&state).await;
    let page = scene.start();
    assert!(page.html.contains("it speaks of another end-user") && !page.html.contains("bob@example.com"));
}

#[tokio::test]
async fn a_request_waits_a_quarter_of_an_hour_for_its_response() {
    let scene = Scene::new();
    let state = scene.begin("").await;
    scene.clock.0.store(NOW + i64::try_from(PENDING_S).unwrap(), Ordering::Relaxed);
    says(&scene.respond(&state).await, "belongs to no request");
}

struct Zero;

impl Entropy for Zero {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn pending() -> Pending {
    Pending::draw(&Zero, Asked::parse(&params("")).unwrap()).unwrap()
}

#[test]
fn the_oldest_browser_and_the_oldest_request_make_room() {
    let memory = Memory::default();
    let state = "A".repeat(32);
    fn arrival(cookie: &str, now: i64) -> Arrival<'_> {
        Arrival { cookie, token: String::new(), now: Timestamp(now) }
    }
    for place in 0..=VISITS_MAX {
        memory.keep_pending(arrival(&place.to_string(), i64::try_from(place).unwrap() / 10), pending());
    }
    let mut missing =
        (0..=VISITS_MAX).filter(|place| memory.take_pending(Some(&place.to_string()), &state, Timestamp(60)).is_none());
    assert!(missing.next().is_some_and(|place| place < 10) && missing.next().is_none());

    for _ in 0..=PENDING_MAX {
        memory.keep_pending(arrival("x", 60), pending());
    }
    let kept = (0..=PENDING_MAX).filter(|_| memory.take_pending(Some("x"), &state, Timestamp(60)).is_some());
    assert_eq!(kept.count(), PENDING_MAX);
}
