//! The walk as it should go.

use super::paper_server::{ISSUER, NOW, Scene, location, params, token};
use http::StatusCode;
use http::header::{HOST, HeaderValue, SET_COOKIE};
use std::sync::atomic::Ordering;
use url::Url;

async fn signed_in() -> Scene {
    let scene = Scene::new();
    let state = scene.begin("scope=profile&scope=email").await;
    assert_eq!(location(&scene.respond(&state).await), "http://localhost:8080/demo");
    scene
}

#[tokio::test]
async fn the_first_page_offers_the_way_in_and_the_accounts() {
    let page = Scene::new().start();
    for part in ["action=\"/demo/sign-in\"", ">Sign in with Gatewright</button>", "<code>alice</code>", "wonderland"] {
        assert!(page.html.contains(part), "{part}");
    }
    let csp = page.headers["content-security-policy"].to_str().unwrap();
    assert!(csp.contains("form-action 'self';") && !csp.contains("script-src"));
    assert_eq!(page.headers["cross-origin-opener-policy"], "same-origin");
}

#[tokio::test]
async fn the_request_carries_pkce_state_and_nonce_and_what_was_chosen() {
    let scene = Scene::new();
    let query = "scope=email&more_scopes=org_name&acr_values=otp&prompt=login";
    let answer = scene.demo.sign_in(&scene.headers(), &params(query)).await;
    let cookie = answer.headers[SET_COOKIE].to_str().unwrap();
    assert!(cookie.ends_with("; Path=/demo; HttpOnly; SameSite=Lax"), "{cookie}");
    let to = Url::parse(location(&answer)).unwrap();
    assert!(to.as_str().starts_with(&format!("{ISSUER}/authorize?")), "where the browser reaches it");
    let value = |name: &str| to.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    for (name, wanted) in [
        ("response_type", "code"),
        ("client_id", "demo"),
        ("redirect_uri", "http://localhost:8080/demo/callback"),
        ("code_challenge_method", "S256"),
        ("scope", "openid email org_name"),
        ("acr_values", "otp"),
        ("prompt", "login"),
    ] {
        assert_eq!(value(name), wanted, "{name}");
    }
    assert_eq!(value("code_challenge").len(), 43);
    assert!(value("state").len() >= 32 && value("nonce").len() >= 32 && value("state") != value("nonce"));
}

#[tokio::test]
async fn what_the_server_gave_is_shown_verified_and_escaped() {
    let scene = signed_in().await;
    let page = scene.start();
    assert_eq!(page.status, StatusCode::OK);
    for part in [
        "Signed in as Alice &lt;b&gt;Liddell&lt;/b&gt;",
        "<code>signature</code> ES256 by key k1",
        "<code>nonce</code> that of the request",
        "How strongly the end-user was authenticated",
        "22 Nov 2026, 21:03:05 UTC (1 minute ago)",
        "It is opaque: only the server that issued it can read it.",
        "alice@example.com",
    ] {
        assert!(page.html.contains(part), "{part} in {}", page.html);
    }
    for secret in ["refresh-0", "demo-secret", "code-1"] {
        assert!(!page.html.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn whoever_knew_the_cookie_before_sign_in_does_not_have_it_after() {
    let scene = Scene::new();
    let state = scene.begin("").await;
    let before = scene.cookie.lock().unwrap().clone();
    scene.respond(&state).await;
    assert_ne!(*scene.cookie.lock().unwrap(), before);
    *scene.cookie.lock().unwrap() = before;
    assert!(scene.start().html.contains("Try signing in"));
}

#[tokio::test]
async fn a_second_tab_can_still_finish_after_the_first_has() {
    let scene = Scene::new();
    let (first, second) = (scene.begin("").await, scene.begin("").await);
    location(&scene.respond(&second).await);
    // The paper server knows one request at a time; the first's nonce is no longer there to be compared.
    let again = scene.respond(&first).await;
    assert!(!again.html.contains("belongs to no request"), "{}", again.html);
}

#[tokio::test]
async fn refreshing_uses_each_refresh_token_once() {
    let scene = signed_in().await;
    for told in ["Refreshed once", "Refreshed 2 times"] {
        let form = format!("token={}", token(&scene.start()));
        assert_eq!(location(&scene.demo.refresh(&scene.headers(), &params(&form)).await), "http://localhost:8080/demo");
        assert!(scene.start().html.contains(told));
    }
    let calls = scene.server.calls.lock().unwrap();
    let used: Vec<_> = calls.iter().filter_map(|(_, form)| form.get("refresh_token").cloned()).collect();
    assert_eq!(used, ["refresh-0", "refresh-1"]);
}

#[tokio::test]
async fn signing_out_forgets_and_tells_the_server_whose_session_ends() {
    let scene = signed_in().await;
    let form = format!("token={}", token(&scene.start()));
    let answer = scene.demo.sign_out(&scene.headers(), &params(&form)).await;
    scene.keep_cookie(&answer);
    let to = Url::parse(location(&answer)).unwrap();
    assert!(to.as_str().starts_with("http://localhost:8080/end_session?id_token_hint=ey"));
    let back = to.query_pairs().find(|(name, _)| name == "post_logout_redirect_uri").unwrap().1.into_owned();
    assert_eq!(back, "http://localhost:8080/demo");
    assert_eq!(*scene.cookie.lock().unwrap(), None);
    let page = scene.demo.start(&scene.headers(), &params("state=signed-out"));
    assert!(page.html.contains("You are signed out, here and at the server."));
}

#[tokio::test]
async fn tokens_are_forgotten_after_an_hour() {
    let scene = signed_in().await;
    scene.clock.0.store(NOW + i64::try_from(super::super::SIGNED_IN_S).unwrap(), Ordering::Relaxed);
    assert!(scene.start().html.contains("Try signing in"));
}

#[tokio::test]
async fn opened_under_another_name_of_this_machine_it_moves_to_its_own() {
    let scene = Scene::new();
    let opened = |host: &'static str| {
        let mut headers = scene.headers();
        headers.insert(HOST, HeaderValue::from_static(host));
        scene.demo.start(&headers, &params(""))
    };
    assert_eq!(location(&opened("127.0.0.1:8080")), "http://localhost:8080/demo");
    for host in ["localhost:8080", "127.0.0.1:9090", "demo.example:8080", "::::", ""] {
        assert_eq!(opened(host).status, StatusCode::OK, "{host}");
    }
}
